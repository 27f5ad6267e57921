import { NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { symmetricEigen } from '../linalg/symmetricEigen';
import { factorizeFeatureCurvature } from './curvatureBound';
import { parametersAsColumns } from './evaluateHead';
import type { HeadProblem } from './headProblem';
import { classSumsOf } from './headProblem';
import type { FitMetric } from './quasiNewtonFit';
import { fillSoftmax } from './rowMath';

/** Order of the exact block: some of the classes' directions only where there are many classes. */
const largestBlock = 256;
/** Rows that the block is summed over, for each of its rows: it is then within a half of the whole's in every direction. */
const rowsPerOrder = 20;
/** Added to the block, whose entries are of size 1: rows that are all near certainty leave little of it. */
const leastBlock = 0.01;
/** Directions in which the sums of the classes are smaller than this share of the largest say nothing. */
const leastDirection = 1e-8;
const sampleSeed = 2;

/** Metrics of a softmax head: its Gram matrix and the sums of its classes are computed once. */
export interface HeadMetrics {
  /** At θ: two products of the rows with K vectors, and a factorisation of order d. O(n·d·K + d³/3 + 20·(K·r)³). */
  at(theta: Float64Array, onBlock?: OnBlock): FitMetric;
}

/**
 * Approximations of H of a softmax head: ā·XᵀWX + ridge for each class, ā the mean curvature, save along the directions in which
 * the sums of the classes' rows lie, where H is that of a sample of the rows. Were the rows of each class normal with one covariance, H
 * would be so but for the size of the classes: Aᵢ depends on xᵢ through the K logits alone, and across those directions xᵢ is independent
 * of them.
 * One Gram matrix, O(n·d²/2).
 */
export function createHeadMetrics(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): HeadMetrics {
  const [gram] = linalg.weightedGrams(problem.rows, [problem.weights], onBlock);
  let classSums: Matrix | undefined;
  return {
    at(theta, whenBlock) {
      const isZero = theta.every((value) => value === 0);
      const sample = isZero ? undefined : sampleCurvatures(problem, theta, linalg, whenBlock);
      // At zero all classes are equally likely and H is the product itself.
      const curvature = sample?.mean ?? 1 / problem.outputs;
      const scaled = new Float64Array(gram.data.length);
      for (let k = 0; k < scaled.length; k++) scaled[k] = curvature * gram.data[k];
      const factor = factorizeFeatureCurvature({ ...gram, data: scaled }, problem, linalg, whenBlock);
      classSums ??= classSumsOf(problem, linalg, whenBlock);
      const block = sample && createBlock(problem, linalg, factor, sample, classSums, whenBlock);
      return { solve: (vectors) => solveRows(vectors, factor, block, linalg) };
    },
  };
}

/** Probabilities of some training rows at θ. */
interface SampledCurvatures {
  readonly rows: Int32Array;
  /** Of the sampled rows; they sum to the weight of all. */
  readonly weights: Float64Array;
  /** m×K. */
  readonly probabilities: Float64Array;
  /** tr(Aᵢ)/(K − 1), averaged. */
  readonly mean: number;
}

function blockDirections(outputs: number): number {
  return Math.min(outputs, Math.floor(largestBlock / outputs));
}

function sampleCurvatures(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock: OnBlock | undefined,
): SampledCurvatures {
  const { outputs: K, weights, totalWeight } = problem;
  const right = parametersAsColumns(theta, problem.features.columns, K);
  const logits = linalg.multiplyFast(problem.rows, right, onBlock).data;
  const size = rowsPerOrder * K * Math.max(1, blockDirections(K));
  const rows = chooseRows(weights, size);
  const own = Float64Array.from(rows, (row) => weights[row]);
  const scale = totalWeight / own.reduce((sum, w) => sum + w, 0);
  const probabilities = new Float64Array(rows.length * K);
  let trace = 0;
  for (let at = 0; at < rows.length; at++) {
    own[at] *= scale;
    fillSoftmax(logits, rows[at] * K, K, probabilities, at * K);
    for (let c = 0; c < K; c++) trace += own[at] * probabilities[at * K + c] * (1 - probabilities[at * K + c]);
  }
  return { rows, weights: own, probabilities, mean: Math.max(trace / totalWeight / (K - 1), Number.MIN_VALUE) };
}

/** About `size` rows of those with weight, ascending: one at random of each of as many runs of equal length. */
function chooseRows(weights: Float64Array, size: number): Int32Array {
  const used = new Int32Array(weights.length);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) used[count++] = i;
  if (count <= size) return used.subarray(0, count);
  const random = createRandom(sampleSeed);
  const chosen = new Int32Array(size);
  for (let k = 0; k < size; k++) chosen[k] = used[Math.floor(((k + random.uniform()) * count) / size)];
  return chosen;
}

/** Where the metric is a matrix of its own. */
interface Block {
  /** V (d×r), with VᵀGV = I for the matrix G of the rest of the metric. */
  readonly directions: Matrix;
  /** Kr×Kr, class-major: the inverse of the block, less the identity that G⁻¹ is there. */
  readonly correction: Float64Array;
}

function createBlock(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  factor: CholeskyFactor,
  sample: SampledCurvatures,
  classSums: Matrix,
  onBlock: OnBlock | undefined,
): Block | undefined {
  const directions = orthonormalDirections(classSums, factor, linalg, blockDirections(problem.outputs));
  const order = problem.outputs * directions.columns;
  if (order === 0) return undefined;
  const along = linalg.multiplyFast(problem.rows, directions, onBlock).data;
  const block = sumBlock(problem, linalg, sample, directions, along);
  try {
    const blockFactor = linalg.cholesky(block);
    const unit = new Float64Array(order * order);
    for (let at = 0; at < order; at++) unit[at * order + at] = 1;
    const correction = linalg.choleskySolve(blockFactor, { ...block, data: unit }).data;
    for (let at = 0; at < order; at++) correction[at * order + at]--;
    return { directions, correction };
  } catch (error) {
    // The rest of the metric serves alone.
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
}

/** The most weighty combinations of G⁻¹ times the given sums, at most so many, of length 1 in G: d×r. O(d²·K + d·K² + K³). */
function orthonormalDirections(sums: Matrix, factor: CholeskyFactor, linalg: LinearAlgebra, most: number): Matrix {
  const { rows: d, columns: K } = sums;
  if (most === 0) return { rows: d, columns: 0, data: new Float64Array(0) };
  const solved = linalg.choleskySolve(factor, sums).data;
  const products = new Float64Array(K * K);
  for (let j = 0; j < d; j++) {
    for (let a = 0; a < K; a++) {
      for (let b = 0; b <= a; b++) products[a * K + b] += solved[j * K + a] * sums.data[j * K + b];
    }
  }
  const { values, vectors } = symmetricEigen({ rows: K, columns: K, data: products });
  const largest = values[K - 1];
  const kept = Array.from({ length: most }, (_, k) => K - 1 - k).filter((k) => values[k] > leastDirection * largest);
  const r = kept.length;
  const data = new Float64Array(d * r);
  kept.forEach((from, k) => {
    const scale = 1 / Math.sqrt(values[from]);
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let a = 0; a < K; a++) sum += solved[j * K + a] * vectors.data[from * K + a];
      data[j * r + k] = scale * sum;
    }
  });
  return { rows: d, columns: r, data };
}

/**
 * Σ wᵢ Aᵢ ⊗ zᵢzᵢᵀ + ridge over the sample with zᵢ = Vᵀxᵢ, and the gauge term: Kr×Kr, of which the lower triangle is filled. `along`: n×r.
 * As Aᵢ = diag(p) − ppᵀ, it is the Gram matrix of the rows p ⊗ z less what stands on the diagonal. O(m·(K·r)²).
 */
function sumBlock(
  { outputs: K, ridge }: HeadProblem,
  linalg: LinearAlgebra,
  { rows, weights, probabilities }: SampledCurvatures,
  directions: Matrix,
  along: Float64Array,
): Matrix {
  const { rows: d, columns: r } = directions;
  const order = K * r;
  const spread = new Float64Array(rows.length * order);
  const data = new Float64Array(order * order);
  for (let at = 0; at < rows.length; at++) {
    const z = rows[at] * r;
    for (let c = 0; c < K; c++) {
      const share = probabilities[at * K + c];
      const weight = weights[at] * share;
      const to = at * order + c * r;
      for (let k = 0; k < r; k++) {
        const value = along[z + k];
        spread[to + k] = share * value;
        const inRow = (c * r + k) * order + c * r;
        for (let l = 0; l <= k; l++) data[inRow + l] += weight * value * along[z + l];
      }
    }
  }
  const loaded = linalg.loadRows({ rows: rows.length, columns: order, data: spread });
  const [products] = linalg.inFloat64.weightedGrams(loaded, [weights]);
  loaded.dispose();
  const ridges = new Float64Array(r * r);
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < r; k++) {
      for (let l = 0; l <= k; l++) {
        ridges[k * r + l] += ridge[j] * directions.data[j * r + k] * directions.data[j * r + l];
      }
    }
  }
  for (let at = 0; at < data.length; at++) data[at] -= products.data[at];
  for (let k = 0; k < r; k++) {
    for (let a = 0; a < K; a++) {
      const inRow = (a * r + k) * order;
      for (let b = 0; b <= a; b++) data[inRow + b * r + k] += 1 / K;
      for (let l = 0; l <= k; l++) data[inRow + a * r + l] += ridges[k * r + l];
      data[inRow + a * r + k] += leastBlock;
    }
  }
  return { rows: order, columns: order, data };
}

/** (I ⊗ G⁻¹ + (I ⊗ V)·correction·(I ⊗ Vᵀ))v for each row v. */
function solveRows(
  { rows: m, columns: p, data }: Matrix,
  factor: CholeskyFactor,
  block: Block | undefined,
  linalg: LinearAlgebra,
): Matrix {
  const d = factor.size;
  const width = (m * p) / d;
  const right = new Float64Array(m * p);
  for (let c = 0; c < width; c++) for (let j = 0; j < d; j++) right[j * width + c] = data[c * d + j];
  const solved = linalg.choleskySolve(factor, { rows: d, columns: width, data: right }).data;
  const out = new Float64Array(m * p);
  for (let c = 0; c < width; c++) for (let j = 0; j < d; j++) out[c * d + j] = solved[j * width + c];
  if (block !== undefined) for (let t = 0; t < m; t++) addBlock(block, data, out, t * p, p);
  return { rows: m, columns: p, data: out };
}

/** Adds what the block changes to the solution at `out[from]`. O(p·r + (K·r)²). */
function addBlock(
  { directions, correction }: Block,
  data: Float64Array,
  out: Float64Array,
  from: number,
  p: number,
): void {
  const { rows: d, columns: r, data: v } = directions;
  const order = (p / d) * r;
  const along = new Float64Array(order);
  const moved = new Float64Array(order);
  for (let c = 0, at = from; c * r < order; c++) {
    for (let j = 0; j < d; j++, at++) for (let k = 0; k < r; k++) along[c * r + k] += data[at] * v[j * r + k];
  }
  for (let a = 0; a < order; a++) for (let b = 0; b < order; b++) moved[a] += correction[a * order + b] * along[b];
  for (let c = 0, at = from; c * r < order; c++) {
    for (let j = 0; j < d; j++, at++) for (let k = 0; k < r; k++) out[at] += moved[c * r + k] * v[j * r + k];
  }
}
