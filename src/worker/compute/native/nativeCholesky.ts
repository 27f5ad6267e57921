import { BugError } from '../../../core/base/errors';
import type { Matrix } from '../../../core/base/matrix';
import { choleskyFactor } from '../../../core/linalg/float64Cholesky';
import type { CholeskyFactor, OnBlock } from '../../../core/linalg/linearAlgebra';
import { pasteTile, smallTile, tileStarts } from './nativeTiles';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** Multiply-adds of one triangular solve: about 100 ms. */
const solveWork = 2e9;
/**
 * Columns of a system of equations that pays to be solved beside others, and so many systems at once, as a power of
 * two.
 */
const leastColumns = 32;
const mostDoublings = 3;
/**
 * A = L·Lᵀ on native TensorFlow, right-looking by tiles: its own Cholesky, one-threaded, only factors the small ones on
 * the diagonal.
 * @throws NumericalError when a pivot is not positive.
 */
export function nativeCholesky(tensorflow: Tensorflow, a: Matrix, onBlock?: OnBlock): CholeskyFactor {
  const size = a.rows;
  if (a.columns !== size) throw new BugError(`Cholesky of a ${a.rows}×${a.columns} matrix.`);
  const data = tensorflow.scope((ops) => factorTiles(ops, a, onBlock));
  // TensorFlow fails with an error or with NaN and names no pivot: the plain factorisation does, with a NumericalError.
  if (data === undefined) return choleskyFactor(a, onBlock);
  onBlock?.(size, size);
  return { size, lower: { rows: size, columns: size, data } };
}

/** L of the lower triangle of A; undefined when A is not positive definite. */
function factorTiles(ops: TensorOps, a: Matrix, onBlock?: OnBlock): Float64Array | undefined {
  const size = a.rows;
  if (size <= smallTile) return factorAtOnce(ops, a);
  const { starts, lengthOf } = tileStarts(size);
  const count = starts.length;
  // Strip j: the columns of tile j from the diagonal down. Of tiles on the diagonal only the lower triangles are read.
  const whole = ops.float64(a.data, [size, size]);
  const strips = starts.map((start, j) => ops.slice(whole, start, start, size - start, lengthOf(j)));
  ops.free(whole);
  const steps = (count * (count + 1)) / 2;
  let step = 0;
  const report = (): void => onBlock?.(Math.floor((++step / steps) * size), size);
  const out = new Float64Array(size * size);
  for (let k = 0; k < count; k++) {
    const [start, width] = [starts[k], lengthOf(k)];
    const next = start + width;
    const diagonal = ops.slice(strips[k], 0, 0, width, width);
    const lower = factorTiles(ops, { rows: width, columns: width, data: ops.readFloat64(diagonal) });
    if (lower === undefined) return undefined;
    pasteTile(lower, out, size, start, start, width, width);
    report();
    if (k + 1 === count) break;
    // The rows below, L_·k = A_·k·L_kk⁻ᵀ, kept transposed: L_kk⁻¹·A_·kᵀ.
    const factor = ops.float64(lower, [width, width]);
    const below = ops.slice(strips[k], width, 0, size - next, width);
    const turned = ops.transpose(below);
    const solved = ops.triangularSolve(factor, turned);
    const straight = ops.transpose(solved);
    pasteTile(ops.readFloat64(straight), out, size, next, start, size - next, width);
    ops.free(diagonal, factor, below, turned, strips[k]);
    for (let j = k + 1; j < count; j++) {
      const rows = ops.slice(straight, starts[j] - next, 0, size - starts[j], width);
      const columns = ops.slice(solved, 0, starts[j] - next, width, lengthOf(j));
      const product = ops.matMul(rows, columns);
      const updated = ops.sub(strips[j], product);
      ops.free(rows, columns, product, strips[j]);
      strips[j] = updated;
      report();
    }
    ops.free(solved, straight);
  }
  return out;
}

function factorAtOnce(ops: TensorOps, a: Matrix): Float64Array | undefined {
  const { rows: size, data } = a;
  const matrix = ops.float64(data, [size, size]);
  let factor: Tensor;
  try {
    factor = ops.cholesky(matrix);
  } catch (error) {
    if (error instanceof Error && /cholesky/i.test(error.message)) return undefined;
    throw error;
  }
  const lower = ops.readFloat64(factor);
  ops.free(matrix, factor);
  for (let i = 0; i < size; i++) {
    const pivot = lower[i * size + i];
    if (!(pivot > 0) || !Number.isFinite(pivot)) return undefined;
  }
  return lower;
}

/**
 * A⁻¹·B from the factor of A. TensorFlow solves one system of equations on one thread, but several at once on all: the
 * columns of B are handed over as a few systems.
 */
export function nativeSolve(tensorflow: Tensorflow, factor: CholeskyFactor, b: Matrix, onBlock?: OnBlock): Matrix {
  const { size } = factor;
  if (b.rows !== size) throw new BugError(`A solve with a factor of order ${size} and ${b.rows} right-hand rows.`);
  const count = b.columns;
  const systems = systemsFor(count);
  // Of one system; the last ones may be partly or wholly filled up with zeros.
  const width = Math.max(1, Math.min(Math.ceil(count / systems), Math.floor(solveWork / (systems * size * size))));
  const part = size * width;
  return tensorflow.scope((ops) => {
    const matrix = ops.float64(factor.lower.data, [size, size]);
    const lower = ops.reshape(matrix, [1, size, size]);
    const right = new Float64Array(systems * part);
    const out = new Float64Array(size * count);
    for (let from = 0; from < count; from += systems * width) {
      const end = Math.min(count, from + systems * width);
      right.fill(0);
      eachSystem(from, end, width, (first, columns, system) => {
        copyBlock(b.data, first, count, right, system * part, width, size, columns);
      });
      const given = ops.float64(right, [systems, size, width]);
      const half = ops.triangularSolve(lower, given);
      const solved = ops.triangularSolve(lower, half, true);
      const values = ops.readFloat64(solved);
      eachSystem(from, end, width, (first, columns, system) => {
        copyBlock(values, system * part, width, out, first, count, size, columns);
      });
      ops.free(given, half, solved);
      onBlock?.(Math.floor((size * end) / count), size);
    }
    return { rows: size, columns: count, data: out };
  });
}

/** rows×columns numbers from one matrix into another, each from a place on and with its own distance between rows. */
function copyBlock(
  source: Float64Array,
  sourceAt: number,
  sourceStride: number,
  target: Float64Array,
  targetAt: number,
  targetStride: number,
  rows: number,
  columns: number,
): void {
  for (let i = 0; i < rows; i++) {
    const from = sourceAt + i * sourceStride;
    const to = targetAt + i * targetStride;
    for (let j = 0; j < columns; j++) target[to + j] = source[from + j];
  }
}

/** Depends on the number of columns only, whatever the number of threads. */
function systemsFor(columns: number): number {
  return 2 ** Math.max(0, Math.min(mostDoublings, Math.floor(Math.log2(columns / leastColumns))));
}

function eachSystem(
  from: number,
  end: number,
  width: number,
  visit: (first: number, columns: number, system: number) => void,
): void {
  for (let first = from, system = 0; first < end; first += width, system++) {
    visit(first, Math.min(width, end - first), system);
  }
}
