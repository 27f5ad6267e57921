import { BugError } from '../../core/base/errors';
import type { FeatureRows } from '../../core/base/featureRows';
import { isStored } from '../../core/base/featureRows';
import type { Matrix } from '../../core/base/matrix';
import { mirrorLower } from '../../core/linalg/denseKernels';
import { createFloat64LinearAlgebra } from '../../core/linalg/float64LinearAlgebra';
import type {
  CholeskyFactor,
  LinearAlgebra,
  MapProducts,
  OnBlock,
  RowBlocks,
  SymmetricEigen,
} from '../../core/linalg/linearAlgebra';
import { nativeCholesky, nativeSolve } from './nativeCholesky';
import { nativeEigen } from './nativeEigen';
import { loadTensorflow } from './tensorflowBinding';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/**
 * Rows that one call works on, for matrices of `width` numbers a row: about 2 MiB of them, so that a call ends within tens of
 * milliseconds. Part of the definition of the results: it fixes the order of summation.
 */
function blockRowsFor(width: number, least: number): number {
  return Math.max(least, Math.min(8192, Math.floor(2 ** 18 / width)));
}

/**
 * Multiply-adds below which the plain backend computes: about 0.2 ms there, less than handing the work to TensorFlow's
 * threads costs on a busy machine. Depends on shapes only, so results stay the same from run to run.
 */
const smallWork = 3e5;

/** Numbers of a stack of scaled copies of a row block: 16 MiB in float64. */
const stackNumbers = 2 ** 21;

class NativeRows implements RowBlocks {
  readonly columns: number;
  #features: FeatureRows | undefined;

  /** `plain`: the same rows for small work. */
  constructor(
    features: FeatureRows,
    readonly first: number,
    readonly rows: number,
    readonly plain: RowBlocks,
  ) {
    this.columns = features.columns;
    this.#features = features;
  }

  get #alive(): FeatureRows {
    if (this.#features === undefined) throw new BugError('These row blocks have been disposed of.');
    return this.#features;
  }

  /** Numbers of rows [from, from + count) of these. */
  block(from: number, count: number): Float64Array {
    const features = this.#alive;
    const d = this.columns;
    const first = this.first + from;
    if (!isStored(features)) return features.data.subarray(first * d, (first + count) * d);
    const out = new Float64Array(count * d);
    features.read(first, count, out);
    return out;
  }

  range(from: number, count: number): RowBlocks {
    return new NativeRows(this.#alive, this.first + from, count, this.plain.range(from, count));
  }

  dispose(): void {
    this.plain.dispose();
    this.#features = undefined;
  }
}

/**
 * Native TensorFlow, float64 throughout. X stays where it is: blocks of rows are handed over as they are needed, which costs a
 * fraction of the work done on them and keeps one copy of X in memory. Every sum runs over blocks whose size depends on
 * the number of columns only, so the same input gives the same bits on every run of a machine.
 */
class NativeLinearAlgebra implements LinearAlgebra {
  readonly name = 'native';
  readonly precision = 'float64';
  readonly description: string;
  readonly #tensorflow: Tensorflow;
  readonly #plain = createFloat64LinearAlgebra();

  constructor(tensorflow: Tensorflow) {
    this.#tensorflow = tensorflow;
    const { version, threads } = tensorflow;
    this.description = `TensorFlow ${version} native, float64, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  }

  get inFloat64(): LinearAlgebra {
    return this;
  }

  loadRows(x: FeatureRows): RowBlocks {
    return new NativeRows(x, 0, x.rows, this.#plain.loadRows(x));
  }

  weightedGrams(x: RowBlocks, weights: readonly Float64Array[], onBlock?: OnBlock): Matrix[] {
    const blocks = rowsOf(x);
    const { rows: n, columns: d } = blocks;
    for (const w of weights) if (w.length !== n) throw new BugError(`${w.length} weights for ${n} rows.`);
    if (n * d * d * weights.length < smallWork) return this.#plain.weightedGrams(rowsOf(x).plain, weights, onBlock);
    const height = blockRowsFor(d, 256);
    const perStack = Math.max(1, Math.floor(stackNumbers / (height * d)));
    const parts = chunks(weights, perStack);
    return this.#tensorflow.scope((ops) => {
      const sums: (Tensor | undefined)[] = parts.map(() => undefined);
      forEachBlock(n, height, (from, rows) => {
        const block = ops.float64(blocks.block(from, rows), [rows, d]);
        const spread = ops.reshape(block, [rows, 1, d]);
        parts.forEach((part, index) => {
          const packed = ops.float64(interleave(part, from, rows), [rows, part.length, 1]);
          const stack = ops.mul(spread, packed);
          const flat = ops.reshape(stack, [rows, part.length * d]);
          const product = ops.matMul(block, flat, { a: true });
          sums[index] = addInto(ops, sums[index], product);
          ops.free(packed, stack, flat);
          onBlock?.(from + Math.floor((rows * (index + 1)) / parts.length), n);
        });
        ops.free(block, spread);
      });
      return parts.flatMap((part, index) => splitGrams(ops, sums[index], part.length, d));
    });
  }

  quadraticForms(x: RowBlocks, matrices: readonly Matrix[], onBlock?: OnBlock): Float64Array[] {
    const blocks = rowsOf(x);
    const { rows: n, columns: d } = blocks;
    for (const b of matrices)
      if (b.rows !== d || b.columns !== d) throw new BugError(`A ${b.rows}×${b.columns} form on rows of ${d} numbers.`);
    if (n * d * d * matrices.length < smallWork) return this.#plain.quadraticForms(rowsOf(x).plain, matrices, onBlock);
    const height = blockRowsFor(d, 256);
    const perStack = Math.max(1, Math.floor(stackNumbers / (height * d)));
    const parts = chunks(matrices, perStack);
    const forms = matrices.map(() => new Float64Array(n));
    return this.#tensorflow.scope((ops) => {
      const stacked = parts.map((part) => ops.float64(sideBySide(part, d), [d, part.length * d]));
      forEachBlock(n, height, (from, rows) => {
        const block = ops.float64(blocks.block(from, rows), [rows, d]);
        const spread = ops.reshape(block, [rows, 1, d]);
        parts.forEach((part, index) => {
          const product = ops.matMul(block, stacked[index]);
          const deep = ops.reshape(product, [rows, part.length, d]);
          const terms = ops.mul(deep, spread);
          const sums = ops.sum(terms, 2);
          const values = ops.readFloat64(sums);
          part.forEach((_, k) => {
            const out = forms[index * perStack + k];
            for (let r = 0; r < rows; r++) out[from + r] = values[r * part.length + k];
          });
          ops.free(product, deep, terms, sums);
          onBlock?.(from + Math.floor((rows * (index + 1)) / parts.length), n);
        });
        ops.free(block, spread);
      });
      return forms;
    });
  }

  multiply(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix {
    const blocks = rowsOf(x);
    const { rows: n, columns: d } = blocks;
    if (b.rows !== d) throw new BugError(`A product of n×${d} rows with a matrix of ${b.rows} rows.`);
    const m = b.columns;
    if (n * d * m < smallWork) return this.#plain.multiply(rowsOf(x).plain, b, onBlock);
    const out = new Float64Array(n * m);
    this.#tensorflow.scope((ops) => {
      const right = ops.float64(b.data, [d, m]);
      forEachBlock(n, blockRowsFor(Math.max(d, m), 16), (from, rows) => {
        const block = ops.float64(blocks.block(from, rows), [rows, d]);
        const product = ops.matMul(block, right);
        out.set(ops.readFloat64(product), from * m);
        ops.free(block, product);
        onBlock?.(from + rows, n);
      });
    });
    return { rows: n, columns: m, data: out };
  }

  multiplyFast(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix {
    return this.multiply(x, b, onBlock);
  }

  transposeMultiply(x: RowBlocks, v: Matrix, onBlock?: OnBlock): Matrix {
    const blocks = rowsOf(x);
    const { rows: n, columns: d } = blocks;
    if (v.rows !== n) throw new BugError(`A product of ${n} transposed rows with a matrix of ${v.rows} rows.`);
    const m = v.columns;
    if (n * d * m < smallWork) return this.#plain.transposeMultiply(rowsOf(x).plain, v, onBlock);
    return this.#tensorflow.scope((ops) => {
      let sum: Tensor | undefined;
      forEachBlock(n, blockRowsFor(Math.max(d, m), 16), (from, rows) => {
        const left = ops.float64(blocks.block(from, rows), [rows, d]);
        const right = ops.float64(v.data.subarray(from * m, (from + rows) * m), [rows, m]);
        sum = addInto(ops, sum, ops.matMul(left, right, { a: true }));
        ops.free(left, right);
        onBlock?.(from + rows, n);
      });
      return { rows: d, columns: m, data: sum === undefined ? new Float64Array(d * m) : ops.readFloat64(sum) };
    });
  }

  multiplyThrough(x: RowBlocks, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix {
    const blocks = rowsOf(x);
    const { rows: n, columns: d } = blocks;
    if (b.rows !== d) throw new BugError(`A product of n×${d} rows with a matrix of ${b.rows} rows.`);
    const m = b.columns;
    if (n * d * (m + k) < smallWork) return this.#plain.multiplyThrough(blocks.plain, b, k, map, onBlock);
    return this.#tensorflow.scope((ops) => {
      const right = ops.float64(b.data, [d, m]);
      let sum: Tensor | undefined;
      forEachBlock(n, blockRowsFor(Math.max(d, m, k), 16), (from, rows) => {
        const block = ops.float64(blocks.block(from, rows), [rows, d]);
        const product = ops.matMul(block, right);
        const mapped = new Float64Array(rows * k);
        map(ops.readFloat64(product), mapped, from, rows);
        const values = ops.float64(mapped, [rows, k]);
        sum = addInto(ops, sum, ops.matMul(block, values, { a: true }));
        ops.free(block, product, values);
        onBlock?.(from + rows, n);
      });
      return { rows: d, columns: k, data: sum === undefined ? new Float64Array(d * k) : ops.readFloat64(sum) };
    });
  }

  cholesky(a: Matrix, onBlock?: OnBlock): CholeskyFactor {
    if (a.rows ** 3 / 6 < smallWork) return this.#plain.cholesky(a, onBlock);
    return nativeCholesky(this.#tensorflow, a, onBlock);
  }

  choleskySolve(factor: CholeskyFactor, b: Matrix, onBlock?: OnBlock): Matrix {
    if (factor.size ** 2 * b.columns < smallWork) return this.#plain.choleskySolve(factor, b, onBlock);
    return nativeSolve(this.#tensorflow, factor, b, onBlock);
  }

  symmetricEigen(a: Matrix, onBlock?: OnBlock): SymmetricEigen {
    return nativeEigen(this.#tensorflow, a, onBlock);
  }

  choleskyInverse(factor: CholeskyFactor, onBlock?: OnBlock): Matrix {
    const { size } = factor;
    if (size ** 3 / 3 < smallWork && this.#plain.choleskyInverse) return this.#plain.choleskyInverse(factor, onBlock);
    const identity = new Float64Array(size * size);
    for (let i = 0; i < size; i++) identity[i * size + i] = 1;
    const inverse = nativeSolve(this.#tensorflow, factor, { rows: size, columns: size, data: identity }, onBlock);
    mirrorLower(inverse.data, size);
    return inverse;
  }
}

/**
 * The native backend: TensorFlow through the addon of tfjs-node.
 * @throws Error when native TensorFlow is not installed or cannot be loaded.
 */
export function createNativeLinearAlgebra(tensorflow: Tensorflow = loadTensorflow()): LinearAlgebra {
  return new NativeLinearAlgebra(tensorflow);
}

function rowsOf(x: RowBlocks): NativeRows {
  if (x instanceof NativeRows) return x;
  throw new BugError('These row blocks belong to another backend.');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}

function forEachBlock(n: number, height: number, work: (from: number, rows: number) => void): void {
  for (let from = 0; from < n; from += height) work(from, Math.min(height, n - from));
}

/** Adds a block's result to the sum so far and frees both; the new sum. */
function addInto(ops: TensorOps, sum: Tensor | undefined, term: Tensor): Tensor {
  if (sum === undefined) return term;
  const next = ops.add(sum, term);
  ops.free(sum, term);
  return next;
}

/** Entries [from, from + rows) of k arrays as a rows×k matrix. */
function interleave(arrays: readonly Float64Array[], from: number, rows: number): Float64Array {
  const k = arrays.length;
  const out = new Float64Array(rows * k);
  for (let j = 0; j < k; j++) {
    const array = arrays[j];
    for (let r = 0; r < rows; r++) out[r * k + j] = array[from + r];
  }
  return out;
}

/** [B₁ B₂ …], d×(k·d). */
function sideBySide(matrices: readonly Matrix[], d: number): Float64Array {
  const width = matrices.length * d;
  const out = new Float64Array(d * width);
  matrices.forEach((b, k) => {
    for (let i = 0; i < d; i++) out.set(b.data.subarray(i * d, (i + 1) * d), i * width + k * d);
  });
  return out;
}

/** The k Gram matrices that stand side by side in a d×(k·d) tensor, each made symmetric to the last bit. */
function splitGrams(ops: TensorOps, stacked: Tensor | undefined, k: number, d: number): Matrix[] {
  const all = stacked === undefined ? new Float64Array(d * k * d) : ops.readFloat64(stacked);
  return Array.from({ length: k }, (_, g) => {
    const gram = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      const at = i * k * d + g * d;
      gram.set(all.subarray(at, at + d), i * d);
    }
    mirrorLower(gram, d);
    return { rows: d, columns: d, data: gram };
  });
}
