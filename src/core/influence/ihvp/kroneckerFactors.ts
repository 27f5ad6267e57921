import { NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { addProductTransposed, transposed, transposePanel } from '../../linalg/denseKernels';
import type { LinearAlgebra, OnBlock, RowBlocks } from '../../linalg/linearAlgebra';
import type { RowCurvatures } from '../../models/curvature/rowCurvature';
import { createRowCurvatures, directionalCurvatures } from '../../models/curvature/rowCurvature';
import type { HessianProducts } from './hessianProducts';
import type { KroneckerBasis } from './kroneckerBasis';

/** Numbers of a block of rows in the basis: 16 MiB. */
const blockNumbers = 2 ** 21;

/** H ≈ (V⊗T)⁻ᵀ·diag(curvatures)·(V⊗T)⁻¹ in a Kronecker basis. */
export interface KroneckerFactors {
  readonly basis: KroneckerBasis;
  /** J×d: the diagonal of H in the basis, the ridge (and a damping) included; positive. */
  readonly curvatures: Matrix;
  /** d: what the ridge and the damping add to each of them. */
  readonly ridge: Float64Array;
  readonly outputs: number;
}

interface KroneckerOptions {
  /**
   * `kfac`: outputSharesⱼ·featureCurvatures_k, the product of the factors (Martens & Grosse 2015); `ekfac`: the
   * diagonal of H in the basis, Σᵢ wᵢ (vⱼᵀAᵢvⱼ)(t_kᵀxᵢ)², one pass over the rows (George et al. 2018, "Fast approximate
   * natural gradient descent in a Kronecker-factored eigenbasis", eq. 7).
   */
  readonly method: 'kfac' | 'ekfac';
  /** Added to H for the solve only. Default 0. */
  readonly damping?: number;
  /** Those of the rows, where they are at hand. */
  readonly rows?: RowCurvatures;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * O(J·d) for kfac, O(n·d² + n·d·J) for ekfac.
 * @throws NumericalError naming λ when a direction has neither data nor ridge.
 */
export function createKroneckerFactors(
  products: HessianProducts,
  basis: KroneckerBasis,
  { method, damping = 0, rows, onBlock }: KroneckerOptions,
): KroneckerFactors {
  const { problem, logits } = products;
  const d = problem.features.columns;
  const count = basis.outputs.rows;
  const curvatures =
    method === 'ekfac'
      ? diagonalInBasis(products, basis, rows ?? createRowCurvatures(problem, logits), onBlock)
      : productOfFactors(basis);
  const t = basis.featuresTransposed.data;
  const ridge = new Float64Array(d);
  for (let k = 0; k < d; k++) {
    let sum = 0;
    for (let j = 0, at = k * d; j < d; j++, at++) sum += (problem.ridge[j] + damping) * t[at] * t[at];
    ridge[k] = sum;
    for (let j = 0; j < count; j++) curvatures[j * d + k] += sum;
  }
  const smallest = curvatures.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  if (!(smallest > 0) || !Number.isFinite(smallest)) {
    throw new NumericalError(
      `The Kronecker-factored Hessian is singular at λ = ${problem.l2.toPrecision(3)}. Choose a larger λ, or drop constant features.`,
      { details: { l2: problem.l2, smallestCurvature: smallest } },
    );
  }
  return { basis, curvatures: { rows: count, columns: d, data: curvatures }, ridge, outputs: problem.outputs };
}

/**
 * What the factors are with `rows` times the curvature of the rows and `ridge` times the ridge: at another λ, or of
 * more rows that are alike. O(J·d).
 */
export function rescale(
  { curvatures, ridge, ...rest }: KroneckerFactors,
  scale: { readonly rows: number; readonly ridge: number },
): KroneckerFactors {
  const d = ridge.length;
  const data = curvatures.data.map((value, at) => {
    const own = ridge[at % d];
    return scale.rows * (value - own) + scale.ridge * own;
  });
  return { ...rest, curvatures: { ...curvatures, data }, ridge: ridge.map((value) => scale.ridge * value) };
}

function productOfFactors({ outputShares, featureCurvatures }: KroneckerBasis): Float64Array {
  const d = featureCurvatures.length;
  return Float64Array.from({ length: outputShares.length * d }, (_, at) => {
    return outputShares[Math.floor(at / d)] * featureCurvatures[at % d];
  });
}

function diagonalInBasis(
  { problem, linalg }: HessianProducts,
  basis: KroneckerBasis,
  curvatures: RowCurvatures,
  onBlock?: OnBlock,
): Float64Array {
  const { rows } = problem;
  const n = rows.rows;
  const d = problem.features.columns;
  const count = basis.outputs.rows;
  const sums = new Float64Array(count * d);
  const height = blockHeight(d);
  for (let from = 0; from < n; from += height) {
    const length = Math.min(height, n - from);
    const along = directionalCurvatures(curvatures, basis.outputs, from, length);
    const part = rangeOf(rows, from, length);
    const values = { rows: length, columns: count, data: along };
    const added = transposeMultiplySquares(part, basis.features, values, linalg).data;
    for (let k = 0; k < d; k++) for (let j = 0; j < count; j++) sums[j * d + k] += added[k * count + j];
    onBlock?.(from + length, n);
  }
  return sums;
}

/** Rows worked on at a time where each takes d numbers. */
export function blockHeight(d: number): number {
  return Math.max(64, Math.floor(blockNumbers / d));
}

/** Rows [from, from + length) of `rows`, themselves where that is all of them. */
export function rangeOf(rows: RowBlocks, from: number, length: number): RowBlocks {
  return from === 0 && length === rows.rows ? rows : rows.range(from, length);
}

/** S·B with S_ik = (t_kᵀxᵢ)², fast. O(n·d·(d + m)), and n·d numbers where the backend has no way of its own. */
export function multiplySquares(rows: RowBlocks, t: Matrix, b: Matrix, linalg: LinearAlgebra): Matrix {
  if (linalg.multiplySquares !== undefined) return linalg.multiplySquares(rows, t, b);
  return withSquares(rows, t, linalg, (squares) => linalg.multiplyFast(squares, b));
}

/** Sᵀ·V; see {@link multiplySquares}. */
function transposeMultiplySquares(rows: RowBlocks, t: Matrix, v: Matrix, linalg: LinearAlgebra): Matrix {
  if (linalg.transposeMultiplySquares !== undefined) return linalg.transposeMultiplySquares(rows, t, v);
  return withSquares(rows, t, linalg, (squares) => linalg.transposeMultiplyFast(squares, v));
}

function withSquares(rows: RowBlocks, t: Matrix, linalg: LinearAlgebra, use: (squares: RowBlocks) => Matrix): Matrix {
  const product = linalg.multiplyFast(rows, t);
  const { data } = product;
  for (let at = 0; at < data.length; at++) data[at] *= data[at];
  const squares = linalg.loadRows(product);
  try {
    return use(squares);
  } finally {
    squares.dispose();
  }
}

/**
 * (V⊗T)·diag(curvatures)⁻¹·(V⊗T)ᵀ·b for each row b of an m×p matrix: the estimate of H⁻¹b. What b has along the gauge
 * of a softmax head is dropped. O(m·(2J·d² + 2J·K·d)).
 */
export function applyKroneckerInverse(
  { basis, curvatures, outputs: K }: KroneckerFactors,
  b: Matrix,
  linalg: LinearAlgebra,
): Matrix {
  const { rows: m, columns: p } = b;
  const d = curvatures.columns;
  const count = curvatures.rows;
  // Rows (t, j) of length d: vⱼᵀB_t, as a product along the classes.
  const mixed = new Float64Array(m * count * d);
  mixOutputs(basis.outputs.data, count, K, b.data, m, d, mixed);
  const inBasis = multiplyRows(mixed, m * count, d, basis.features, linalg);
  for (let t = 0; t < m; t++) {
    const at = t * count * d;
    for (let k = 0; k < count * d; k++) inBasis[at + k] /= curvatures.data[k];
  }
  const back = multiplyRows(inBasis, m * count, d, basis.featuresTransposed, linalg);
  const out = new Float64Array(m * p);
  mixOutputs(transposed(basis.outputs).data, K, count, back, m, d, out);
  return { rows: m, columns: p, data: out };
}

/** From so many numbers to a sum on, products in register tiles beat sums of rows. */
const tiledFrom = 32;

/** out_t = matrix·in_t for m stacked inner×d matrices in_t; matrix is rows×inner. `out` comes filled with zeros. */
function mixOutputs(
  matrix: Float64Array,
  rows: number,
  inner: number,
  input: Float64Array,
  m: number,
  d: number,
  out: Float64Array,
): void {
  if (inner < tiledFrom) {
    for (let t = 0; t < m; t++) addMixed(matrix, rows, inner, input, t * inner * d, d, out, t * rows * d);
    return;
  }
  const turned = new Float64Array(d * inner);
  for (let t = 0; t < m; t++) {
    transposePanel(input, t * inner * d, d, inner, d, turned, inner);
    addProductTransposed(1, rows, d, inner, matrix, 0, inner, turned, 0, inner, out, t * rows * d, d);
  }
}

/** One in_t: rows of it are added up, three at a time. */
function addMixed(
  matrix: Float64Array,
  rows: number,
  inner: number,
  input: Float64Array,
  from: number,
  d: number,
  out: Float64Array,
  to: number,
): void {
  for (let r = 0, own = to; r < rows; r++, own += d) {
    let c = 0;
    for (; c + 3 <= inner; c += 3) {
      const first = matrix[r * inner + c];
      const second = matrix[r * inner + c + 1];
      const third = matrix[r * inner + c + 2];
      const a = from + c * d;
      for (let j = 0; j < d; j++) {
        out[own + j] += first * input[a + j] + second * input[a + d + j] + third * input[a + 2 * d + j];
      }
    }
    for (; c < inner; c++) {
      const factor = matrix[r * inner + c];
      const a = from + c * d;
      for (let j = 0; j < d; j++) out[own + j] += factor * input[a + j];
    }
  }
}

function multiplyRows(data: Float64Array, rows: number, d: number, by: Matrix, linalg: LinearAlgebra): Float64Array {
  const blocks = linalg.loadRows({ rows, columns: d, data });
  try {
    return linalg.multiply(blocks, by).data;
  } finally {
    blocks.dispose();
  }
}

/** cond₂ of the factored Hessian, directions scaled to unit length. */
export function conditionOfFactors({ basis, curvatures }: KroneckerFactors): number {
  const d = curvatures.columns;
  const t = basis.featuresTransposed.data;
  let largest = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < d; k++) {
    let length = 0;
    for (let at = k * d; at < (k + 1) * d; at++) length += t[at] * t[at];
    for (let j = 0; j < curvatures.rows; j++) {
      const value = curvatures.data[j * d + k] / length;
      largest = Math.max(largest, value);
      smallest = Math.min(smallest, value);
    }
  }
  return largest / smallest;
}
