import type { Matrix } from '../../base/matrix';
import { mirrorLower, transposed } from '../../linalg/denseKernels';
import { choleskyFactor, solveWithFactor } from '../../linalg/float64Cholesky';
import type { LinearAlgebra, OnBlock, SymmetricEigen } from '../../linalg/linearAlgebra';
import { symmetricEigen, symmetricEigenOf } from '../../linalg/symmetricEigen';
import type { RowCurvatures } from '../../models/curvature/rowCurvature';
import { createRowCurvatures, curvatureTraces, sumCurvatures } from '../../models/curvature/rowCurvature';
import type { HeadProblem } from '../../models/headProblem';
import type { HessianProducts } from './hessianProducts';

/**
 * Smallest eigenvalue, as a share of the largest, with which single precision will do: a hundred times its rounding.
 */
const smallestShare = 1e-3;

/**
 * Directions vⱼ of the outputs and t_k of the features in which Σ wᵢAᵢ ⊗ xᵢxᵢᵀ is close to diagonal: those that
 * diagonalise its two partial traces, Ā = Σ wᵢAᵢ (K×K) and S = Σ wᵢ tr(Aᵢ) xᵢxᵢᵀ (d×d). For K = 1 that is H itself.
 *
 * The t_k diagonalise S and the ridge term together although the intercept goes unpenalised: the penalised features are
 * taken less what the unpenalised ones explain of them, x̃ = x_p − S_pu S_uu⁻¹ x_u, which changes θ_u but not the θ_p
 * that the ridge acts on. So Tᵀ S T is diagonal, and Tᵀ P T too, with P the indicator of penalised features; T is
 * orthogonal up to the unpenalised features. It does not depend on λ.
 */
export interface KroneckerBasis {
  /** J×K, row j is vⱼ: J = K − 1 for softmax, where the gauge (a shift common to all classes) is left out, else 1. */
  readonly outputs: Matrix;
  /** J: vⱼᵀĀvⱼ, as shares of tr Ā. */
  readonly outputShares: Float64Array;
  /** d×d, column k is t_k; and its transpose. */
  readonly features: Matrix;
  readonly featuresTransposed: Matrix;
  /** d: t_kᵀSt_k. */
  readonly featureCurvatures: Float64Array;
}

/**
 * One Gram matrix and one eigen-decomposition of order d. O(n·d²/2 + 9d³ + n·K² + 9K³). `rows` are those of `products`,
 * where they are at hand.
 */
export function createKroneckerBasis(
  { problem, linalg, logits }: HessianProducts,
  onBlock?: OnBlock,
  rows: RowCurvatures = createRowCurvatures(problem, logits),
): KroneckerBasis {
  const [gram] = linalg.weightedGrams(problem.rows, [curvatureTraces(rows)], onBlock);
  const { vectors, curvatures } = featureDirections(gram, problem, linalg, onBlock);
  const { outputs, shares } = outputDirections(rows);
  const d = gram.rows;
  const featuresTransposed = { rows: d, columns: d, data: vectors };
  return {
    outputs,
    outputShares: shares,
    features: transposed(featuresTransposed),
    featuresTransposed,
    featureCurvatures: curvatures,
  };
}

function featureDirections(
  gram: Matrix,
  problem: HeadProblem,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): { readonly vectors: Float64Array; readonly curvatures: Float64Array } {
  const d = gram.rows;
  const s = gram.data;
  const free = problem.unpenalised.filter((j) => s[j * d + j] > 0);
  const rest = Int32Array.from({ length: d }, (_, j) => j).filter((j) => !free.includes(j));
  const u = free.length;
  const q = rest.length;
  // S_uu with a trace of rounding added: constant features may repeat each other.
  const among = { rows: u, columns: u, data: new Float64Array(u * u) };
  free.forEach((a, i) => free.forEach((b, j) => (among.data[i * u + j] = s[a * d + b])));
  for (let i = 0; i < u; i++) among.data[i * u + i] *= 1 + 1e-12;
  const across = { rows: u, columns: q, data: new Float64Array(u * q) };
  free.forEach((a, i) => rest.forEach((b, j) => (across.data[i * q + j] = s[a * d + b])));
  const explained = u === 0 ? across : solveWithFactor(choleskyFactor(among), { ...across, data: across.data.slice() });
  const remaining = new Float64Array(q * q);
  fillRemaining(s, d, rest, across.data, explained.data, u, remaining);
  mirrorLower(remaining, q);
  const own = eigenOf({ rows: q, columns: q, data: remaining }, problem, linalg, onBlock);
  // Row k is t_k.
  const vectors = new Float64Array(d * d);
  const curvatures = new Float64Array(d);
  for (let k = 0; k < q; k++) curvatures[k] = Math.max(0, own.values[k]);
  spreadVectors(own.vectors.data, d, rest, Int32Array.from(free), explained.data, vectors);
  const unpenalised = symmetricEigen(among);
  for (let k = 0; k < u; k++) {
    curvatures[q + k] = Math.max(0, unpenalised.values[k]);
    for (let f = 0; f < u; f++) vectors[(q + k) * d + free[f]] = unpenalised.vectors.data[k * u + f];
  }
  return { vectors, curvatures };
}

/** The lower triangle of S_pp − S_pu S_uu⁻¹ S_up. */
function fillRemaining(
  s: Float64Array,
  d: number,
  rest: Int32Array,
  across: Float64Array,
  explained: Float64Array,
  u: number,
  remaining: Float64Array,
): void {
  const q = rest.length;
  for (let i = 0; i < q; i++) {
    const own = i * q;
    const from = rest[i] * d;
    for (let j = 0; j <= i; j++) remaining[own + j] = s[from + rest[j]];
    for (let k = 0; k < u; k++) {
      const factor = across[k * q + i];
      for (let j = 0; j <= i; j++) remaining[own + j] -= factor * explained[k * q + j];
    }
  }
}

/** Row k of q×q `vectors`, over the penalised features, as t_k over all of them. */
function spreadVectors(
  vectors: Float64Array,
  d: number,
  rest: Int32Array,
  free: Int32Array,
  explained: Float64Array,
  out: Float64Array,
): void {
  const q = rest.length;
  for (let k = 0; k < q; k++) {
    for (let i = 0; i < q; i++) out[k * d + rest[i]] = vectors[k * q + i];
    for (let f = 0; f < free.length; f++) {
      let sum = 0;
      for (let i = 0; i < q; i++) sum -= explained[f * q + i] * vectors[k * q + i];
      out[k * d + free[f]] = sum;
    }
  }
}

/**
 * Directions of several outputs are an approximation, and single precision is enough for them unless its rounding is
 * seen beside the smallest eigenvalue. With one output they are H's own.
 */
function eigenOf(a: Matrix, problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): SymmetricEigen {
  if (problem.outputs > 1 && linalg.symmetricEigenFast !== undefined) {
    const diagonal = Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.rows + i]).sort();
    // The least entry of the diagonal is above the least eigenvalue, the largest below the largest.
    if (isWellScaled(diagonal)) {
      const found = linalg.symmetricEigenFast(a, onBlock);
      if (isWellScaled(found.values)) return found;
    }
  }
  return symmetricEigenOf(linalg, a, onBlock);
}

/** Of ascending values. */
function isWellScaled(values: Float64Array): boolean {
  return values[0] > smallestShare * values[values.length - 1];
}

/** Eigenvectors of Ā without the gauge. */
function outputDirections(rows: RowCurvatures): { readonly outputs: Matrix; readonly shares: Float64Array } {
  const { kind, outputs: K } = rows;
  if (kind !== 'softmax')
    return { outputs: { rows: 1, columns: 1, data: Float64Array.of(1) }, shares: Float64Array.of(1) };
  const mean = sumCurvatures(rows);
  let trace = 0;
  for (let a = 0; a < K; a++) trace += mean[a * K + a];
  // The gauge is lifted above all other eigenvalues, so that it comes last, exactly.
  const lift = trace > 0 ? (2 * trace) / K : 1;
  const lifted = mean.map((value) => value + lift);
  const { values, vectors } = symmetricEigen({ rows: K, columns: K, data: lifted });
  const data = vectors.data.slice(0, (K - 1) * K);
  for (let j = 0; j < K - 1; j++) {
    let sum = 0;
    for (let c = 0; c < K; c++) sum += data[j * K + c];
    for (let c = 0; c < K; c++) data[j * K + c] -= sum / K;
  }
  return {
    outputs: { rows: K - 1, columns: K, data },
    shares: values.slice(0, K - 1).map((value) => (trace > 0 ? Math.max(0, value) / trace : 1 / (K - 1))),
  };
}
