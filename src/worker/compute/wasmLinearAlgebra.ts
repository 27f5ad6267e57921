import { BugError } from '../../core/base/errors';
import type { FeatureRows } from '../../core/base/featureRows';
import { isStored } from '../../core/base/featureRows';
import type { Matrix } from '../../core/base/matrix';
import { mirrorLower } from '../../core/linalg/denseKernels';
import { createFloat64LinearAlgebra } from '../../core/linalg/float64LinearAlgebra';
import type { LinearAlgebra, OnBlock, RowBlocks } from '../../core/linalg/linearAlgebra';
import { loadWasmTensorflow } from './wasmTensorflow';
import type { WasmTensorflow } from './wasmTensorflow';

/**
 * Rows summed in single precision before a sum is carried on in double. Its rounding dominates the error of a Gram matrix: 64
 * rows halve that of 256 (1e-8 of the diagonal on 300 × 256, 2e-9 on larger problems) for a tenth more time. Part of the
 * definition of the results.
 */
const blockRows = 64;
/**
 * Multiply-adds below which the plain backend computes instead, in float64: it takes some 20 ms for them, so speed is no reason
 * to round X.
 */
const smallWork = 5e7;
/** Numbers of a stack of scaled copies of a row block: 4 MiB in float32. */
const stackNumbers = 2 ** 20;

class WasmRows implements RowBlocks {
  readonly columns: number;
  #features: FeatureRows | undefined;

  /** `exact`: the same rows for the exact operations, which are those of the plain backend. */
  constructor(
    features: FeatureRows,
    readonly first: number,
    readonly rows: number,
    readonly exact: RowBlocks,
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
    return new WasmRows(this.#alive, this.first + from, count, this.exact.range(from, count));
  }

  dispose(): void {
    this.exact.dispose();
    this.#features = undefined;
  }
}

function rowsOf(x: RowBlocks): WasmRows {
  if (x instanceof WasmRows) return x;
  throw new BugError('These row blocks belong to another backend.');
}

/**
 * The WebAssembly backend: the two fast operations in single precision by blocks of {@link blockRows} rows, summed in double;
 * the exact ones in float64 by the plain backend. One thread. Needs nothing outside node_modules.
 * @throws Error when WebAssembly or its packages are not there.
 */
export async function createWasmLinearAlgebra(tensorflow?: WasmTensorflow): Promise<LinearAlgebra> {
  const wasm = tensorflow ?? (await loadWasmTensorflow());
  const plain = createFloat64LinearAlgebra();
  const loadRows = (x: FeatureRows): RowBlocks => new WasmRows(x, 0, x.rows, plain.loadRows(x));
  const exactProducts: Pick<LinearAlgebra, 'multiply' | 'transposeMultiply' | 'multiplyThrough'> = {
    multiply: (x, b, onBlock) => plain.multiply(rowsOf(x).exact, b, onBlock),
    transposeMultiply: (x, v, onBlock) => plain.transposeMultiply(rowsOf(x).exact, v, onBlock),
    multiplyThrough: (x, b, k, map, onBlock) => plain.multiplyThrough(rowsOf(x).exact, b, k, map, onBlock),
  };
  const inFloat64: LinearAlgebra = {
    ...plain,
    get inFloat64() {
      return inFloat64;
    },
    loadRows,
    weightedGrams: (x, weights, onBlock) => plain.weightedGrams(rowsOf(x).exact, weights, onBlock),
    quadraticForms: (x, matrices, onBlock) => plain.quadraticForms(rowsOf(x).exact, matrices, onBlock),
    ...exactProducts,
    multiplyFast: exactProducts.multiply,
  };
  return {
    ...exactProducts,
    name: 'wasm',
    precision: 'float32',
    description: `TensorFlow.js ${wasm.version} WebAssembly, float32 with double sums, 1 thread`,
    inFloat64,
    loadRows,
    weightedGrams: (x, weights, onBlock) =>
      isSmall(x, weights.length)
        ? plain.weightedGrams(rowsOf(x).exact, weights, onBlock)
        : weightedGrams(wasm, rowsOf(x), weights, onBlock),
    quadraticForms: (x, matrices, onBlock) =>
      isSmall(x, matrices.length)
        ? plain.quadraticForms(rowsOf(x).exact, matrices, onBlock)
        : quadraticForms(wasm, rowsOf(x), matrices, onBlock),
    multiplyFast: exactProducts.multiply,
    cholesky: plain.cholesky,
    choleskySolve: plain.choleskySolve,
    ...(plain.choleskyInverse === undefined ? {} : { choleskyInverse: plain.choleskyInverse }),
  };
}

function isSmall({ rows, columns }: RowBlocks, count: number): boolean {
  return rows * columns ** 2 * count < smallWork;
}

function weightedGrams(
  wasm: WasmTensorflow,
  x: WasmRows,
  weights: readonly Float64Array[],
  onBlock?: OnBlock,
): Matrix[] {
  const { rows: n, columns: d } = x;
  for (const w of weights) if (w.length !== n) throw new BugError(`${w.length} weights for ${n} rows.`);
  const grams = weights.map(() => new Float64Array(d * d));
  const perStack = stackSize(d, weights.length);
  for (let from = 0; from < n; from += blockRows) {
    const rows = Math.min(blockRows, n - from);
    const data = x.block(from, rows);
    const transposed = transposeBlock(data, rows, d);
    for (let g0 = 0; g0 < weights.length; g0 += perStack) {
      const part = weights.slice(g0, g0 + perStack);
      const product = wasm.multiply(transposed, scaleBlock(data, part, from, rows, d), d, rows, part.length * d);
      part.forEach((_, k) => addPanel(product, part.length * d, k * d, grams[g0 + k], d));
      onBlock?.(from + Math.floor((rows * Math.min(weights.length, g0 + perStack)) / weights.length), n);
    }
  }
  for (const gram of grams) mirrorLower(gram, d);
  return grams.map((gram) => ({ rows: d, columns: d, data: gram }));
}

function quadraticForms(
  wasm: WasmTensorflow,
  x: WasmRows,
  matrices: readonly Matrix[],
  onBlock?: OnBlock,
): Float64Array[] {
  const { rows: n, columns: d } = x;
  for (const b of matrices)
    if (b.rows !== d || b.columns !== d) throw new BugError(`A ${b.rows}×${b.columns} form on rows of ${d} numbers.`);
  const forms = matrices.map(() => new Float64Array(n));
  const perStack = stackSize(d, matrices.length);
  const stacks: Float32Array[] = [];
  for (let g0 = 0; g0 < matrices.length; g0 += perStack) stacks.push(sideBySide(matrices.slice(g0, g0 + perStack), d));
  for (let from = 0; from < n; from += blockRows) {
    const rows = Math.min(blockRows, n - from);
    const data = x.block(from, rows);
    const block = Float32Array.from(data);
    stacks.forEach((stack, s) => {
      const width = stack.length / d;
      const product = wasm.multiply(block, stack, rows, d, width);
      for (let k = 0; k * d < width; k++) {
        const out = forms[s * perStack + k];
        for (let r = 0; r < rows; r++) {
          const row = r * d;
          const at = r * width + k * d;
          let sum = 0;
          for (let j = 0; j < d; j++) sum += data[row + j] * product[at + j];
          out[from + r] = sum;
        }
      }
      onBlock?.(from + Math.floor((rows * (s + 1)) / stacks.length), n);
    });
  }
  return forms;
}

function stackSize(d: number, count: number): number {
  return Math.max(1, Math.min(count, Math.floor(stackNumbers / (d * Math.max(d, blockRows)))));
}

/** d×rows, single precision. */
function transposeBlock(data: Float64Array, rows: number, d: number): Float32Array {
  const out = new Float32Array(d * rows);
  for (let r = 0; r < rows; r++) {
    const row = r * d;
    for (let j = 0; j < d; j++) out[j * rows + r] = data[row + j];
  }
  return out;
}

/** [diag(w₁)X diag(w₂)X …] of a row block, rows×(k·d); products in double, rounded once. */
function scaleBlock(
  data: Float64Array,
  weights: readonly Float64Array[],
  from: number,
  rows: number,
  d: number,
): Float32Array {
  const width = weights.length * d;
  const out = new Float32Array(rows * width);
  weights.forEach((weight, k) => {
    for (let r = 0; r < rows; r++) {
      const w = weight[from + r];
      const row = r * d;
      const at = r * width + k * d;
      for (let j = 0; j < d; j++) out[at + j] = w * data[row + j];
    }
  });
  return out;
}

/** [B₁ B₂ …], d×(k·d), single precision. */
function sideBySide(matrices: readonly Matrix[], d: number): Float32Array {
  const width = matrices.length * d;
  const out = new Float32Array(d * width);
  matrices.forEach((b, k) => {
    for (let i = 0; i < d; i++) out.set(b.data.subarray(i * d, (i + 1) * d), i * width + k * d);
  });
  return out;
}

/** sum += columns [left, left + d) of a product with `width` columns. */
function addPanel(product: Float32Array, width: number, left: number, sum: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    const from = i * width + left;
    for (let j = 0; j < d; j++) sum[i * d + j] += product[from + j];
  }
}
