import { BugError } from '../../../core/base/errors';
import type { FeatureRows } from '../../../core/base/featureRows';
import { isStored } from '../../../core/base/featureRows';
import type { Matrix } from '../../../core/base/matrix';
import { invertLower } from '../../../core/linalg/float64Cholesky';
import { createFloat64LinearAlgebra } from '../../../core/linalg/float64LinearAlgebra';
import type { CholeskyFactor, LinearAlgebra, OnBlock, RowBlocks } from '../../../core/linalg/linearAlgebra';
import type { BlockReader } from './wasmProducts';
import { wasmInverseForms, wasmMultiply, wasmQuadraticForms, wasmWeightedGrams } from './wasmProducts';
import type { WasmTensorflow } from './wasmTensorflow';
import { loadWasmTensorflow } from './wasmTensorflow';

/**
 * Multiply-adds below which the plain backend computes instead, in float64: it takes some 20 ms for them, so speed is
 * no reason to round X. Depends on shapes only.
 */
const smallWork = 5e7;

class WasmRows implements RowBlocks, BlockReader {
  readonly columns: number;
  #features: FeatureRows | undefined;
  #buffer = new Float64Array(0);

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

  /** Numbers of rows [from, from + count) of these, valid until the next call. */
  block(from: number, count: number): Float64Array {
    const features = this.#alive;
    const d = this.columns;
    const first = this.first + from;
    if (!isStored(features)) return features.data.subarray(first * d, (first + count) * d);
    if (this.#buffer.length < count * d) this.#buffer = new Float64Array(count * d);
    features.read(first, count, this.#buffer);
    return this.#buffer;
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
 * The WebAssembly backend: the fast operations in single precision by blocks of rows, summed in double; the exact ones
 * in float64 by the plain backend. One thread. Needs nothing outside node_modules.
 * @throws Error when WebAssembly or its packages are not there.
 */
export async function createWasmLinearAlgebra(tensorflow?: WasmTensorflow): Promise<LinearAlgebra> {
  const wasm = tensorflow ?? (await loadWasmTensorflow());
  const plain = createFloat64LinearAlgebra();
  const inverseLowers = new WeakMap<CholeskyFactor, Matrix>();
  const inverseLowerOf = (factor: CholeskyFactor, onBlock?: OnBlock): Matrix => {
    let inverse = inverseLowers.get(factor);
    if (inverse === undefined) {
      inverse = invertLower(factor, onBlock && (() => onBlock(0, factor.size)));
      inverseLowers.set(factor, inverse);
    }
    return inverse;
  };
  const loadRows = (x: FeatureRows): RowBlocks => new WasmRows(x, 0, x.rows, plain.loadRows(x));
  const exactProducts: Pick<LinearAlgebra, 'multiply' | 'transposeMultiply' | 'multiplyThrough'> = {
    multiply: (x, b, onBlock) => plain.multiply(rowsOf(x).exact, b, onBlock),
    transposeMultiply: (x, v, onBlock) => plain.transposeMultiply(rowsOf(x).exact, v, onBlock),
    multiplyThrough: (x, b, k, map, onBlock) => plain.multiplyThrough(rowsOf(x).exact, b, k, map, onBlock),
  };
  const inFloat64: LinearAlgebra = {
    ...plain,
    name: 'wasm',
    description: `TensorFlow.js ${wasm.version} WebAssembly, float64 by plain TypeScript, 1 thread`,
    get inFloat64() {
      return inFloat64;
    },
    loadRows,
    weightedGrams: (x, weights, onBlock) => plain.weightedGrams(rowsOf(x).exact, weights, onBlock),
    quadraticForms: (x, matrices, onBlock) => plain.quadraticForms(rowsOf(x).exact, matrices, onBlock),
    inverseForms: (x, factor, onBlock) => plain.inverseForms(rowsOf(x).exact, factor, onBlock),
    ...exactProducts,
    multiplyFast: exactProducts.multiply,
    transposeMultiplyFast: exactProducts.transposeMultiply,
    multiplyThroughFast: exactProducts.multiplyThrough,
  };
  return {
    ...inFloat64,
    precision: 'float32',
    description: `TensorFlow.js ${wasm.version} WebAssembly, float32 with double sums, 1 thread`,
    inFloat64,
    weightedGrams: (x, weights, onBlock) => {
      const rows = rowsOf(x);
      for (const w of weights) if (w.length !== x.rows) throw new BugError(`${w.length} weights for ${x.rows} rows.`);
      return isSmall(x, x.columns * weights.length)
        ? plain.weightedGrams(rows.exact, weights, onBlock)
        : wasmWeightedGrams(wasm, rows, weights, onBlock);
    },
    quadraticForms: (x, matrices, onBlock) => {
      const rows = rowsOf(x);
      const d = x.columns;
      for (const b of matrices)
        if (b.rows !== d || b.columns !== d)
          throw new BugError(`A ${b.rows}×${b.columns} form on rows of ${d} numbers.`);
      return isSmall(x, d * matrices.length)
        ? plain.quadraticForms(rows.exact, matrices, onBlock)
        : wasmQuadraticForms(wasm, rows, matrices, onBlock);
    },
    inverseForms: (x, factor, onBlock) => {
      const rows = rowsOf(x);
      if (factor.size !== x.columns)
        throw new BugError(`Forms of a factor of order ${factor.size} on rows of ${x.columns} numbers.`);
      return isSmall(x, x.columns)
        ? plain.inverseForms(rows.exact, factor, onBlock)
        : wasmInverseForms(wasm, rows, inverseLowerOf(factor, onBlock), onBlock);
    },
    multiplyFast: (x, b, onBlock) => {
      const rows = rowsOf(x);
      if (b.rows !== x.columns) throw new BugError(`A product of n×${x.columns} rows with a matrix of ${b.rows} rows.`);
      return isSmall(x, b.columns) ? plain.multiply(rows.exact, b, onBlock) : wasmMultiply(wasm, rows, b, onBlock);
    },
  };
}

/** `perNumber`: multiply-adds for each number of X. */
function isSmall({ rows, columns }: RowBlocks, perNumber: number): boolean {
  return rows * columns * perNumber < smallWork;
}
