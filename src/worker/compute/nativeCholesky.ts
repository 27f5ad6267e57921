import { BugError } from '../../core/base/errors';
import type { Matrix } from '../../core/base/matrix';
import { choleskyFactor } from '../../core/linalg/float64Cholesky';
import type { CholeskyFactor, OnBlock } from '../../core/linalg/linearAlgebra';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** Order of the tiles of a large factorisation: a call on one takes about 50 ms, so that cancelling takes effect. */
const largeTile = 1024;
/** Up to this order tiles are small: TensorFlow factors and solves on one thread, but multiplies on all. */
const largestOfSmallTiles = 2048;
const smallTile = 256;
/** Multiply-adds of one triangular solve: about 100 ms. */
const solveWork = 2e9;

/** Where the tiles of a matrix of this order start, and their orders. */
export function tileStarts(size: number): { readonly starts: readonly number[]; lengthOf(tile: number): number } {
  const tile = size <= largestOfSmallTiles ? smallTile : largeTile;
  const starts = Array.from({ length: Math.ceil(size / tile) }, (_, i) => i * tile);
  return { starts, lengthOf: (at) => Math.min(tile, size - starts[at]) };
}

/**
 * A = L·Lᵀ on native TensorFlow; one tile in one call, more of them right-looking.
 * @throws NumericalError when a pivot is not positive.
 */
export function nativeCholesky(tensorflow: Tensorflow, a: Matrix, onBlock?: OnBlock): CholeskyFactor {
  const size = a.rows;
  if (a.columns !== size) throw new BugError(`Cholesky of a ${a.rows}×${a.columns} matrix.`);
  const data =
    size <= smallTile ? factorAtOnce(tensorflow, a) : tensorflow.scope((ops) => factorTiles(ops, a, onBlock));
  // TensorFlow fails with an error or with NaN and names no pivot: the plain factorisation does, with a NumericalError.
  if (data === undefined) return choleskyFactor(a, onBlock);
  onBlock?.(size, size);
  return { size, lower: { rows: size, columns: size, data } };
}

function factorAtOnce(tensorflow: Tensorflow, a: Matrix): Float64Array | undefined {
  return tensorflow.scope((ops) => {
    const factor = tryCholesky(ops, ops.float64(a.data, [a.rows, a.rows]));
    return factor && ops.readFloat64(factor);
  });
}

/** undefined when the matrix is not positive definite. */
function tryCholesky(ops: TensorOps, matrix: Tensor): Tensor | undefined {
  let factor: Tensor;
  try {
    factor = ops.cholesky(matrix);
  } catch (error) {
    if (error instanceof Error && /cholesky/i.test(error.message)) return undefined;
    throw error;
  }
  const size = matrix.shape[0];
  const data = ops.readFloat64(factor);
  for (let i = 0; i < size; i++) {
    const pivot = data[i * size + i];
    if (!(pivot > 0) || !Number.isFinite(pivot)) return undefined;
  }
  return factor;
}

function factorTiles(ops: TensorOps, a: Matrix, onBlock?: OnBlock): Float64Array | undefined {
  const size = a.rows;
  const { starts, lengthOf } = tileStarts(size);
  // Tiles on the diagonal are copied whole: TensorFlow's Cholesky reads their lower triangle only.
  const tiles = starts.map((_, i) =>
    starts.slice(0, i + 1).map((_column, j) => {
      const [height, width] = [lengthOf(i), lengthOf(j)];
      return ops.float64(copyTile(a, starts[i], starts[j], height, width), [height, width]);
    }),
  );
  const count = starts.length;
  const steps = (count * (count + 1) * (count + 2)) / 6;
  let step = 0;
  const report = (): void => onBlock?.(Math.floor((++step / steps) * size), size);
  const out = new Float64Array(size * size);
  for (let k = 0; k < count; k++) {
    const diagonal = tryCholesky(ops, tiles[k][k]);
    if (diagonal === undefined) return undefined;
    pasteTile(ops.readFloat64(diagonal), out, size, starts[k], starts[k], lengthOf(k), lengthOf(k));
    report();
    const transposedColumn: Tensor[] = [];
    for (let i = k + 1; i < count; i++) {
      // L_ik = A_ik·L_kk⁻ᵀ, kept transposed: L_kk⁻¹·A_ikᵀ.
      const turned = ops.transpose(tiles[i][k]);
      const solved = ops.triangularSolve(diagonal, turned);
      const straight = ops.transpose(solved);
      pasteTile(ops.readFloat64(straight), out, size, starts[i], starts[k], lengthOf(i), lengthOf(k));
      transposedColumn[i] = solved;
      ops.free(turned, straight, tiles[i][k]);
      report();
    }
    for (let i = k + 1; i < count; i++) {
      for (let j = k + 1; j <= i; j++) {
        const product = ops.matMul(transposedColumn[i], transposedColumn[j], { a: true });
        const updated = ops.sub(tiles[i][j], product);
        ops.free(product, tiles[i][j]);
        tiles[i][j] = updated;
        report();
      }
    }
    ops.free(diagonal, tiles[k][k], ...transposedColumn.slice(k + 1));
  }
  return out;
}

export function copyTile(a: Matrix, top: number, left: number, height: number, width: number): Float64Array {
  const tile = new Float64Array(height * width);
  for (let r = 0; r < height; r++) {
    const from = (top + r) * a.columns + left;
    tile.set(a.data.subarray(from, from + width), r * width);
  }
  return tile;
}

export function pasteTile(
  tile: Float64Array,
  out: Float64Array,
  size: number,
  top: number,
  left: number,
  height: number,
  width: number,
): void {
  for (let r = 0; r < height; r++) out.set(tile.subarray(r * width, (r + 1) * width), (top + r) * size + left);
}

/** A⁻¹·B from the factor of A, a few columns of B a call. */
export function nativeSolve(tensorflow: Tensorflow, factor: CholeskyFactor, b: Matrix, onBlock?: OnBlock): Matrix {
  const { size } = factor;
  if (b.rows !== size) throw new BugError(`A solve with a factor of order ${size} and ${b.rows} right-hand rows.`);
  const count = b.columns;
  const width = Math.max(1, Math.min(count, Math.floor(solveWork / (size * size))));
  return tensorflow.scope((ops) => {
    const lower = ops.float64(factor.lower.data, [size, size]);
    const out = new Float64Array(size * count);
    for (let from = 0; from < count; from += width) {
      const columns = Math.min(width, count - from);
      const right = ops.float64(columns === count ? b.data : copyTile(b, 0, from, size, columns), [size, columns]);
      const half = ops.triangularSolve(lower, right);
      const solved = ops.triangularSolve(lower, half, true);
      pasteTile(ops.readFloat64(solved), out, count, 0, from, size, columns);
      ops.free(right, half, solved);
      onBlock?.(Math.floor((size * (from + columns)) / count), size);
    }
    return { rows: size, columns: count, data: out };
  });
}
