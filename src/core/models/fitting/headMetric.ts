import { NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { sumOf } from '../../base/vectors';
import { rowsOfWeight } from '../../base/weights';
import { choleskySolveRows } from '../../linalg/choleskySolveRows';
import { transposed } from '../../linalg/denseKernels';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { symmetricEigenOf } from '../../linalg/symmetricEigen';
import { factorizeFeatureCurvature } from '../curvature/curvatureBound';
import { parametersAsColumns } from '../evaluateHead';
import type { HeadProblem } from '../headProblem';
import { classSumsOf } from '../headProblem';
import { fillSoftmax } from '../rowMath';
import type { FitMetric } from './fitMetric';

/**
 * Beyond so many classes the metric is the Gram matrix alone; their directions, at most so many; and the multiply-adds
 * of all blocks.
 */
const mostClasses = 256;
const mostDirections = 64;
const blockWork = 4e9;
/** Rows that the blocks are summed over: some hundreds count for each class. */
const sampleSize = 4000;
/** Added to the blocks, whose entries are of size 1: rows that are all near certainty leave little of them. */
const leastBlock = 0.01;
/** The mean curvature is at least this: that of a sample says nothing smaller of the whole. */
const leastCurvature = 1e-6;
/** Directions in which the sums of the classes are smaller than this share of the largest say nothing. */
const leastDirection = 1e-8;
const sampleSeed = 2;

/** Metrics of a softmax head: its Gram matrix and the sums of its classes are computed once. */
export interface HeadMetrics {
  /**
   * Of a problem at θ: two products of its rows with at most K vectors, and a factorisation of order d. O(n·d·K + d³/3
   * + 4000·K·r²) for r directions. The problem is that of the metrics, or one of the same features that differs in its
   * λ and some of its weights: then the Gram matrix of the first, scaled to its weight, and the directions of the first
   * stand for its own, and curvatures and ridge are its own.
   * @throws NumericalError naming λ when the Gram matrix with the ridge is not positive definite.
   */
  at(problem: HeadProblem, theta: Float64Array, onBlock?: OnBlock): FitMetric;
}

/**
 * Approximations of H of a softmax head, one matrix for each class: ā·XᵀWX + ridge, ā the mean curvature, save along
 * the directions in which the sums of the classes' rows lie, where it is Σ wᵢpᵢ(1 − pᵢ)xᵢxᵢᵀ + ridge over a sample of
 * the rows. Were the rows of each class normal with one covariance, H would be a multiple of XᵀWX but there: a row's
 * curvature depends on its K logits alone, and across those directions xᵢ is independent of them.
 * One Gram matrix, O(n·d²/2).
 */
export function createHeadMetrics(first: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): HeadMetrics {
  const [gram] = linalg.weightedGrams(first.rows, [first.weights], onBlock);
  const { totalWeight } = first;
  let classSums: Matrix | undefined;
  return {
    at(problem, theta, whenBlock) {
      const isZero = theta.every((value) => value === 0);
      const sample = isZero ? undefined : sampleCurvatures(problem, theta, linalg, whenBlock);
      // At zero all classes are equally likely and H is the product itself.
      const curvature = sample?.mean ?? 1 / problem.outputs;
      const scaled = scaledBy(curvature * (problem.totalWeight / totalWeight), gram);
      const factor = factorizeFeatureCurvature(scaled, problem, linalg, whenBlock);
      classSums ??= classSumsOf(problem, linalg, whenBlock);
      const blocks = sample && createBlocks(problem, linalg, factor, sample, classSums, whenBlock);
      return { solve: (vectors) => solveRows(vectors, factor, blocks, linalg) };
    },
  };
}

function scaledBy(factor: number, { rows, columns, data }: Matrix): Matrix {
  const scaled = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) scaled[at] = factor * data[at];
  return { rows, columns, data: scaled };
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

function sampleCurvatures(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock: OnBlock | undefined,
): SampledCurvatures {
  const { outputs: K, weights, totalWeight } = problem;
  const right = parametersAsColumns(theta, problem.features.columns);
  const logits = linalg.multiplyFast(problem.rows, right, onBlock).data;
  const rows = chooseRows(weights, sampleSize);
  const own = Float64Array.from(rows, (row) => weights[row]);
  const scale = totalWeight / sumOf(own);
  const probabilities = new Float64Array(rows.length * K);
  let trace = 0;
  for (let at = 0; at < rows.length; at++) {
    own[at] *= scale;
    fillSoftmax(logits, rows[at] * K, K, probabilities, at * K);
    for (let c = 0; c < K; c++) trace += own[at] * probabilities[at * K + c] * (1 - probabilities[at * K + c]);
  }
  return { rows, weights: own, probabilities, mean: Math.max(leastCurvature, trace / totalWeight / (K - 1)) };
}

/** About `size` rows of those with weight, ascending: one at random of each of as many runs of equal length. */
function chooseRows(weights: Float64Array, size: number): Int32Array {
  const used = rowsOfWeight(weights);
  if (used.length <= size) return used;
  const random = createRandom(sampleSeed);
  const chosen = new Int32Array(size);
  for (let k = 0; k < size; k++) chosen[k] = used[Math.floor(((k + random.uniform()) * used.length) / size)];
  return chosen;
}

/** Where each class has a matrix of its own. */
interface ClassBlocks {
  /** V (d×r), with VᵀGV = I for the matrix G of the rest of the metric. */
  readonly directions: Matrix;
  /** Vᵀ. */
  readonly turned: Matrix;
  /** K of r×r: the inverse of the class's block, less the identity that G⁻¹ is there. */
  readonly corrections: Float64Array;
}

function createBlocks(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  factor: CholeskyFactor,
  sample: SampledCurvatures,
  classSums: Matrix,
  onBlock: OnBlock | undefined,
): ClassBlocks | undefined {
  const { outputs: K } = problem;
  if (K > mostClasses) return undefined;
  const most = Math.min(K, mostDirections, Math.floor(Math.sqrt(blockWork / (sampleSize * K))));
  const directions = orthonormalDirections(classSums, factor, linalg, most);
  const r = directions.columns;
  if (r === 0) return undefined;
  const along = linalg.multiplyFast(problem.rows, directions, onBlock).data;
  const blocks = sumBlocks(problem, linalg, sample, directions, along);
  const corrections = new Float64Array(K * r * r);
  const unit = new Float64Array(r * r);
  for (let k = 0; k < r; k++) unit[k * r + k] = 1;
  try {
    blocks.forEach((block, c) => {
      const inverse = linalg.choleskySolve(linalg.cholesky(block), { ...block, data: unit.slice() }).data;
      for (let at = 0; at < r * r; at++) corrections[c * r * r + at] = inverse[at] - unit[at];
    });
  } catch (error) {
    // The rest of the metric serves alone.
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
  return { directions, turned: transposed(directions), corrections };
}

/**
 * The most weighty combinations of G⁻¹ times the given sums, at most so many, of length 1 in G: d×r. O(d²·K + d·K² +
 * K³).
 */
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
  const { values, vectors } = symmetricEigenOf(linalg, { rows: K, columns: K, data: products });
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
 * Σ wᵢpᵢ(1 − pᵢ)zᵢzᵢᵀ·K/(K − 1) + ridge of each class over the sample, r×r each, with zᵢ = Vᵀxᵢ (`along`, n×r). At even
 * odds that is what H does to sums of zero over the classes. O(m·K·r²).
 */
function sumBlocks(
  { outputs: K, ridge }: HeadProblem,
  linalg: LinearAlgebra,
  { rows, weights, probabilities }: SampledCurvatures,
  { rows: d, columns: r, data: v }: Matrix,
  along: Float64Array,
): Matrix[] {
  const m = rows.length;
  const z = new Float64Array(m * r);
  for (let at = 0; at < m; at++) for (let k = 0; k < r; k++) z[at * r + k] = along[rows[at] * r + k];
  const curvatures = Array.from({ length: K }, (_, c) => {
    const own = new Float64Array(m);
    for (let at = 0; at < m; at++) {
      const p = probabilities[at * K + c];
      own[at] = (weights[at] * p * (1 - p) * K) / (K - 1);
    }
    return own;
  });
  const loaded = linalg.loadRows({ rows: m, columns: r, data: z });
  const blocks = linalg.weightedGrams(loaded, curvatures);
  loaded.dispose();
  const ridges = new Float64Array(r * r);
  for (let j = 0; j < d; j++) {
    for (let k = 0; k < r; k++) for (let l = 0; l < r; l++) ridges[k * r + l] += ridge[j] * v[j * r + k] * v[j * r + l];
  }
  for (let k = 0; k < r; k++) ridges[k * r + k] += leastBlock;
  for (const { data } of blocks) for (let at = 0; at < r * r; at++) data[at] += ridges[at];
  return blocks;
}

/** B⁻¹v of each row v: G⁻¹ and the blocks' corrections for each class, then without the sum over the classes. */
function solveRows(
  { rows: m, columns: p, data }: Matrix,
  factor: CholeskyFactor,
  blocks: ClassBlocks | undefined,
  linalg: LinearAlgebra,
): Matrix {
  const d = factor.size;
  const classRows = { rows: (m * p) / d, columns: d, data };
  const out = choleskySolveRows(factor, classRows, linalg).data;
  if (blocks !== undefined) {
    addCorrections(blocks, classRows, out, linalg);
    for (let t = 0; t < m; t++) removeClassMean(out, t * p, d, p / d);
  }
  return { rows: m, columns: p, data: out };
}

/** Adds what the blocks change to the solutions for mK rows of d numbers. O(m·K·r·(d + r)). */
function addCorrections(
  { directions, turned, corrections }: ClassBlocks,
  rows: Matrix,
  out: Float64Array,
  linalg: LinearAlgebra,
): void {
  const r = directions.columns;
  const classes = corrections.length / (r * r);
  const along = multiplyOnce(rows, directions, linalg).data;
  const moved = new Float64Array(along.length);
  for (let t = 0; t < rows.rows; t++) {
    const block = (t % classes) * r * r;
    for (let k = 0; k < r; k++) {
      let sum = 0;
      for (let l = 0; l < r; l++) sum += corrections[block + k * r + l] * along[t * r + l];
      moved[t * r + k] = sum;
    }
  }
  const added = multiplyOnce({ rows: rows.rows, columns: r, data: moved }, turned, linalg).data;
  for (let at = 0; at < added.length; at++) out[at] += added[at];
}

function multiplyOnce(a: Matrix, b: Matrix, linalg: LinearAlgebra): Matrix {
  const rows = linalg.loadRows(a);
  try {
    return linalg.multiply(rows, b);
  } finally {
    rows.dispose();
  }
}

/** As `removeGauge`, which divides before it sums: every fit depends on this to the last bit. */
function removeClassMean(out: Float64Array, from: number, d: number, classes: number): void {
  for (let j = from; j < from + d; j++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += out[j + c * d];
    for (let c = 0; c < classes; c++) out[j + c * d] -= sum / classes;
  }
}
