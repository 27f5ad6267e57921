import { BugError } from '../../../core/base/errors';
import type { FeatureRows } from '../../../core/base/featureRows';
import type { Matrix } from '../../../core/base/matrix';
import { createFloat64LinearAlgebra } from '../../../core/linalg/float64LinearAlgebra';
import type {
  CholeskyFactor,
  LinearAlgebra,
  MapProducts,
  OnBlock,
  RowBlocks,
  SoftmaxPoint,
  SymmetricEigen,
} from '../../../core/linalg/linearAlgebra';
import { nativeCholesky, nativeSolve } from './nativeCholesky';
import { nativeEigen } from './nativeEigen';
import { nativeInverseProduct, nativeInvertLower } from './nativeInverse';
import type { FactorPanel } from './nativeInverseForms';
import { nativeFactorPanels, nativeInverseForms } from './nativeInverseForms';
import { addInDouble, nativeQuadraticForms, nativeWeightedGrams, readFloats } from './nativeQuadratics';
import type { NativeRows as Rows, ResidentLimits, RowMemory } from './nativeRows';
import { defaultResidentLimits, NativeRows, nativeRowsOf, ResidentMemory, tensorOf } from './nativeRows';
import type { SoftmaxWork } from './nativeSoftmax';
import { nativeSoftmaxChange, nativeSoftmaxCurvature, nativeSoftmaxForms } from './nativeSoftmax';
import { nativeMultiplySquares, nativeTransposeMultiplySquares, turned } from './nativeSquares';
import { PassingRoom } from './passingRoom';
import { addWeightedRows, multiplyRows, multiplyRowsThrough } from './rowPasses';
import type { FloatType, Tensor, Tensorflow, TensorOps } from './tensorflowBinding';
import { loadTensorflow } from './tensorflowBinding';

/**
 * Multiply-adds below which the plain backend computes: about 0.2 ms there, less than handing the work to TensorFlow's
 * threads costs on a busy machine. Depends on shapes only, so results stay the same from run to run.
 */
const smallWork = 3e5;
/**
 * Multiply-adds below which the fast operations stay in double: some 20 ms there, so speed is no reason to round X.
 * Depends on shapes only.
 */
const singleWork = 5e8;
/**
 * The same for passes through the rows, and for products with few vectors, which are far from the peak of the machine
 * in double.
 */
const throughWork = 5e7;
const fewVectors = 32;
/**
 * Up to so many vectors an exact pass through the rows is faster by the kernel that reads the rows themselves, one
 * vector after the other.
 */
const fewThrough = 2;

interface ThroughWork {
  readonly k: number;
  readonly map: MapProducts;
  readonly type: FloatType;
  readonly onBlock: OnBlock | undefined;
}

/** What both precisions of one backend share. */
interface Shared extends RowMemory {
  readonly factorPanels: WeakMap<CholeskyFactor, readonly FactorPanel[]>;
}

/**
 * Native TensorFlow. X is handed over in blocks of a fixed grid, which stay with TensorFlow while there is room for
 * them. Exact operations are float64, for one vector or two by a kernel of WebAssembly that reads the rows themselves
 * (rowPasses.ts); the fast ones compute in single precision within a block of rows and carry the sums on in double,
 * about four times as fast. Every sum runs over blocks whose size depends on the number of columns only, so the same
 * input gives the same bits on every run of a machine.
 */
class NativeLinearAlgebra implements LinearAlgebra {
  readonly name = 'native';
  readonly description: string;
  readonly inFloat64: LinearAlgebra;
  readonly #shared: Shared;
  readonly #plain = createFloat64LinearAlgebra();

  constructor(
    readonly precision: FloatType,
    shared: Shared,
  ) {
    this.#shared = shared;
    const { version, threads } = shared.tensorflow;
    const numbers = precision === 'float64' ? 'float64' : 'float64 and float32';
    this.description = `TensorFlow ${version} native, ${numbers}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    this.inFloat64 = precision === 'float64' ? this : new NativeLinearAlgebra('float64', shared);
  }

  loadRows(x: FeatureRows): RowBlocks {
    return NativeRows.load(x, this.#plain.loadRows(x), this.#shared);
  }

  weightedGrams(x: RowBlocks, weights: readonly Float64Array[], onBlock?: OnBlock): Matrix[] {
    const rows = nativeRowsOf(x);
    const { rows: n, columns: d } = rows;
    for (const w of weights) if (w.length !== n) throw new BugError(`${w.length} weights for ${n} rows.`);
    const work = n * d * d * weights.length;
    if (work < smallWork) return this.#plain.weightedGrams(rows.plain, weights, onBlock);
    return nativeWeightedGrams(rows, weights, this.#fast(work, onBlock));
  }

  quadraticForms(x: RowBlocks, matrices: readonly Matrix[], onBlock?: OnBlock): Float64Array[] {
    const rows = nativeRowsOf(x);
    const { rows: n, columns: d } = rows;
    for (const b of matrices)
      if (b.rows !== d || b.columns !== d) throw new BugError(`A ${b.rows}×${b.columns} form on rows of ${d} numbers.`);
    const work = n * d * d * matrices.length;
    if (work < smallWork) return this.#plain.quadraticForms(rows.plain, matrices, onBlock);
    return nativeQuadraticForms(rows, matrices, this.#fast(work, onBlock));
  }

  inverseForms(x: RowBlocks, factor: CholeskyFactor, onBlock?: OnBlock): Float64Array {
    const rows = nativeRowsOf(x);
    const { rows: n, columns: d } = rows;
    if (factor.size !== d) throw new BugError(`Forms of a factor of order ${factor.size} on rows of ${d} numbers.`);
    const work = n * d * d;
    if (work < smallWork) return this.#plain.inverseForms(rows.plain, factor, onBlock);
    return nativeInverseForms(rows, this.#factorPanels(factor), this.#fast(work, onBlock));
  }

  multiply(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix {
    return this.#multiply(nativeRowsOf(x), b, 'float64', onBlock);
  }

  multiplyFast(x: RowBlocks, b: Matrix, onBlock?: OnBlock): Matrix {
    const rows = nativeRowsOf(x);
    const type = this.#typeForProduct(rows, b.columns);
    return this.#multiply(rows, b, type, onBlock);
  }

  #multiply(x: Rows, b: Matrix, type: FloatType, onBlock?: OnBlock): Matrix {
    const { rows: n, columns: d } = x;
    if (b.rows !== d) throw new BugError(`A product of n×${d} rows with a matrix of ${b.rows} rows.`);
    const m = b.columns;
    if (n * d * m < smallWork) return this.#plain.multiply(x.plain, b, onBlock);
    if (m === 1 && type === 'float64') return { rows: n, columns: 1, data: multiplyRows(x, b.data, onBlock) };
    const out = new Float64Array(n * m);
    this.#shared.tensorflow.scope((ops) => {
      const right = tensorOf(ops, b.data, [d, m], type);
      const visit = (block: Tensor, from: number, count: number): void => {
        const product = ops.matMul(block, right);
        out.set(readFloats(ops, product), from * m);
        ops.free(product);
        onBlock?.(from + count, n);
      };
      x.forEachBlock(ops, type, visit, rowsForProduct(d, m));
    });
    return { rows: n, columns: m, data: out };
  }

  multiplySquares(x: RowBlocks, t: Matrix, b: Matrix, onBlock?: OnBlock): Matrix {
    const rows = nativeRowsOf(x);
    const { rows: n, columns: d } = rows;
    if (t.rows !== d || t.columns !== d || b.rows !== d)
      throw new BugError(`Squares of n×${d} rows by ${t.rows}×${t.columns} and ${b.rows} rows.`);
    return nativeMultiplySquares(rows, t, b, this.#fast(n * d * (d + b.columns), onBlock));
  }

  transposeMultiplySquares(x: RowBlocks, t: Matrix, v: Matrix, onBlock?: OnBlock): Matrix {
    const rows = nativeRowsOf(x);
    const { rows: n, columns: d } = rows;
    if (t.rows !== d || t.columns !== d || v.rows !== n)
      throw new BugError(`Squares of ${n}×${d} rows by ${t.rows}×${t.columns} and ${v.rows} rows.`);
    return nativeTransposeMultiplySquares(rows, t, v, this.#fast(n * d * (d + v.columns), onBlock));
  }

  transposeMultiply(x: RowBlocks, v: Matrix, onBlock?: OnBlock): Matrix {
    return this.#transposeMultiply(nativeRowsOf(x), v, 'float64', onBlock);
  }

  transposeMultiplyFast(x: RowBlocks, v: Matrix, onBlock?: OnBlock): Matrix {
    const rows = nativeRowsOf(x);
    const type = this.#typeForProduct(rows, v.columns);
    return this.#transposeMultiply(rows, v, type, onBlock);
  }

  #transposeMultiply(rows: Rows, v: Matrix, type: FloatType, onBlock?: OnBlock): Matrix {
    const { rows: n, columns: d } = rows;
    if (v.rows !== n) throw new BugError(`A product of ${n} transposed rows with a matrix of ${v.rows} rows.`);
    const m = v.columns;
    if (n * d * m < smallWork) return this.#plain.transposeMultiply(rows.plain, v, onBlock);
    if (m === 1) return { rows: d, columns: 1, data: addWeightedRows(rows, v.data, onBlock) };
    return this.#shared.tensorflow.scope((ops) => {
      let sum: Tensor | undefined;
      const visit = (block: Tensor, from: number, count: number): void => {
        const values = tensorOf(ops, v.data.subarray(from * m, (from + count) * m), [count, m], type);
        sum = addInDouble(ops, sum, ops.matMul(values, block, { a: true }));
        ops.free(values);
        onBlock?.(from + count, n);
      };
      rows.forEachBlock(ops, type, visit, rowsForProduct(d, m));
      return turned(ops, sum, d, m);
    });
  }

  multiplyThrough(x: RowBlocks, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix {
    return this.#multiplyThrough(nativeRowsOf(x), b, { k, map, type: 'float64', onBlock });
  }

  multiplyThroughFast(x: RowBlocks, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix {
    const rows = nativeRowsOf(x);
    const type = rows.rows * rows.columns * (b.columns + k) < throughWork ? 'float64' : this.precision;
    return this.#multiplyThrough(rows, b, { k, map, type, onBlock });
  }

  #multiplyThrough(rows: Rows, b: Matrix, { k, map, type, onBlock }: ThroughWork): Matrix {
    const { rows: n, columns: d } = rows;
    if (b.rows !== d) throw new BugError(`A product of n×${d} rows with a matrix of ${b.rows} rows.`);
    const m = b.columns;
    if (n * d * (m + k) < smallWork) return this.#plain.multiplyThrough(rows.plain, b, k, map, onBlock);
    if (type === 'float64' && m <= fewThrough && k <= fewThrough) return multiplyRowsThrough(rows, b, k, map, onBlock);
    return this.#shared.tensorflow.scope((ops) => {
      const right = tensorOf(ops, b.data, [d, m], type);
      const height = rowsForProduct(d, m + k);
      const buffers = createThroughBuffers(Math.min(height, n), m, k, type);
      let sum: Tensor | undefined;
      const visit = (block: Tensor, from: number, count: number): void => {
        const product = ops.matMul(block, right);
        const mapped = buffers.mapped(count);
        map(buffers.products(readFloats(ops, product)), mapped, from, count);
        const values = buffers.tensor(ops, mapped, [count, k]);
        sum = addInDouble(ops, sum, ops.matMul(values, block, { a: true }));
        ops.free(product, values);
        onBlock?.(from + count, n);
      };
      rows.forEachBlock(ops, type, visit, height);
      return turned(ops, sum, d, k);
    });
  }

  softmaxChange(
    x: RowBlocks,
    point: SoftmaxPoint,
    step: Matrix,
    onBlock?: OnBlock,
  ): { readonly loss: number; readonly gradient: Matrix } {
    return nativeSoftmaxChange(nativeRowsOf(x), point, step, this.#softmaxWork(step, onBlock));
  }

  softmaxCurvature(x: RowBlocks, point: SoftmaxPoint, vectors: Matrix, onBlock?: OnBlock): Matrix {
    return nativeSoftmaxCurvature(nativeRowsOf(x), point, vectors, this.#softmaxWork(vectors, onBlock));
  }

  softmaxForms(x: RowBlocks, point: SoftmaxPoint, vectors: Matrix, onBlock?: OnBlock): Float64Array {
    return nativeSoftmaxForms(nativeRowsOf(x), point, vectors, this.#softmaxWork(vectors, onBlock));
  }

  #softmaxWork({ rows: width, columns: d }: Matrix, onBlock: OnBlock | undefined): SoftmaxWork {
    return { tensorflow: this.#shared.tensorflow, most: rowsForProduct(d, 2 * width), onBlock };
  }

  cholesky(a: Matrix, onBlock?: OnBlock): CholeskyFactor {
    if (a.rows ** 3 / 6 < smallWork) return this.#plain.cholesky(a, onBlock);
    return nativeCholesky(this.#shared.tensorflow, a, onBlock);
  }

  choleskySolve(factor: CholeskyFactor, b: Matrix, onBlock?: OnBlock): Matrix {
    // For one right-hand side, copying the factor into a tensor would take as long as the solve.
    if (b.columns === 1 || factor.size ** 2 * b.columns < smallWork) {
      return this.#plain.choleskySolve(factor, b, onBlock);
    }
    return nativeSolve(this.#shared.tensorflow, factor, b, onBlock);
  }

  symmetricEigen(a: Matrix, onBlock?: OnBlock): SymmetricEigen {
    return nativeEigen(this.#shared.tensorflow, a, onBlock);
  }

  symmetricEigenFast(a: Matrix, onBlock?: OnBlock): SymmetricEigen {
    return nativeEigen(this.#shared.tensorflow, a, onBlock, this.precision);
  }

  choleskyInverse(factor: CholeskyFactor, onBlock?: OnBlock): Matrix {
    const { size } = factor;
    if (size ** 3 / 3 < smallWork && this.#plain.choleskyInverse) return this.#plain.choleskyInverse(factor, onBlock);
    return nativeInverseProduct(
      this.#shared.tensorflow,
      nativeInvertLower(this.#shared.tensorflow, factor, onBlock),
      onBlock,
    );
  }

  /** Kept while the factor is: leverages are asked for in ranges of rows and for single sets. */
  #factorPanels(factor: CholeskyFactor): readonly FactorPanel[] {
    const { tensorflow, factorPanels } = this.#shared;
    let panels = factorPanels.get(factor);
    if (panels === undefined) {
      panels = nativeFactorPanels(tensorflow, factor);
      factorPanels.set(factor, panels);
    }
    return panels;
  }

  #typeForProduct({ rows: n, columns: d }: RowBlocks, vectors: number): FloatType {
    return n * d * vectors < (vectors <= fewVectors ? throughWork : singleWork) ? 'float64' : this.precision;
  }

  #fast(
    work: number,
    onBlock: OnBlock | undefined,
  ): { readonly tensorflow: Tensorflow; readonly type: FloatType; readonly onBlock: OnBlock | undefined } {
    return { tensorflow: this.#shared.tensorflow, type: work < singleWork ? 'float64' : this.precision, onBlock };
  }
}

/**
 * What passes between TensorFlow and a map, in arrays used again for every block: new ones would cost as much as the
 * map.
 */
function createThroughBuffers(
  height: number,
  m: number,
  k: number,
  type: FloatType,
): {
  products(values: Float64Array | Float32Array): Float64Array;
  mapped(count: number): Float64Array;
  tensor(ops: TensorOps, values: Float64Array, shape: readonly number[]): Tensor;
} {
  const single = type === 'float32';
  const wide = new Float64Array(single ? height * m : 0);
  const zeros = new Float64Array(height * k);
  const rounded = new Float32Array(single ? height * k : 0);
  return {
    products: (values) => {
      if (values instanceof Float64Array) return values;
      wide.set(values);
      return wide.subarray(0, values.length);
    },
    mapped: (count) => zeros.subarray(0, count * k).fill(0),
    tensor: (ops, values, shape) => {
      if (!single) return ops.float64(values, shape);
      rounded.set(values);
      return ops.float32(rounded.subarray(0, values.length), shape);
    },
  };
}

/**
 * The native backend: TensorFlow through the addon of tfjs-node. `resident` bounds what it keeps of the matrices it is
 * handed.
 * @throws Error when native TensorFlow is not installed or cannot be loaded.
 */
export function createNativeLinearAlgebra(
  tensorflow: Tensorflow = loadTensorflow(),
  resident: ResidentLimits = defaultResidentLimits,
): LinearAlgebra {
  const shared: Shared = {
    tensorflow,
    memory: new ResidentMemory(resident),
    passing: new PassingRoom(),
    factorPanels: new WeakMap(),
  };
  return new NativeLinearAlgebra('float32', shared);
}

/**
 * Rows of one product with d + m numbers a row: bounds the temporary matrices of wide products, and the time of one
 * call.
 */
function rowsForProduct(d: number, m: number): number {
  return Math.max(16, Math.min(Math.floor(2 ** 21 / m), Math.floor(2e9 / (d * m))));
}
