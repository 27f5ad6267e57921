import { NumericalError } from '../base/errors';
import { createFloat32Rows, readRows } from '../base/featureRows';
import type { FeatureRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HeadProblem } from './headProblem';
import type { FitMetric } from './quasiNewtonFit';
import { complement, fillSoftmax } from './rowMath';

/** Rows of each class whose curvatures are taken as they are, as a share of all rows. */
const ownShare = 0.2;
/** Rows from which the least of these curvatures is estimated. */
const thresholdRows = 2048;
/** Numbers of all blocks together (128 MiB): more classes or features are left to the curvature bound. */
const largestBlockNumbers = 2 ** 24;

/** Whether {@link createClassBlocks} is for this head. */
export function hasClassBlocks({ kind, outputs, features }: HeadProblem): boolean {
  return kind === 'softmax' && outputs * features.columns ** 2 <= largestBlockNumbers;
}

/**
 * The diagonal blocks H_cc = Σᵢ wᵢp_ic(1 − p_ic) xᵢxᵢᵀ + ridge of a softmax head at given logits, with a factor each: a metric near H once θ
 * is near θ̂, as a row is mostly in doubt about one class or two (a third of the passes that the curvature bound takes).
 *
 * Of each class the fifth of the rows with the largest curvatures is summed as it is; all others take their mean, so that XᵀWX serves for
 * them. The result is thrown off where a direction is seen by few rows, but stays positive definite.
 * O(n·d²/2 + K·n·d²/10 + K·d³/3), K·d² numbers; 4n·d/5 bytes at a time.
 * @throws NumericalError when a block is not positive definite in floating point.
 */
export function createClassBlocks(
  problem: HeadProblem,
  logits: Float64Array,
  {
    linalg,
    gram,
    onBlock,
  }: { readonly linalg: LinearAlgebra; readonly gram: Matrix; readonly onBlock?: OnBlock | undefined },
): FitMetric {
  const { outputs, weights, ridge, features } = problem;
  const n = problem.rows.rows;
  const d = features.columns;
  const curvatures = curvaturesByClass(problem, logits);
  const kept = Math.ceil(ownShare * n);
  const factors: CholeskyFactor[] = [];
  for (let c = 0; c < outputs; c++) {
    const own = curvatures.subarray(c * n, (c + 1) * n);
    const { rows, mean } = largest(own, weights, kept);
    const block = ownGram(features, rows, (row) => own[row] - mean * weights[row], linalg, onBlock);
    for (let at = 0; at < d * d; at++) block.data[at] += mean * gram.data[at];
    for (let j = 0; j < d; j++) block.data[j * d + j] += ridge[j];
    factors.push(linalg.cholesky(block, onBlock));
  }
  return { solve: (vectors) => solveBlocks(factors, vectors, linalg) };
}

/** K×n: wᵢp_ic(1 − p_ic). */
function curvaturesByClass({ outputs, weights }: HeadProblem, logits: Float64Array): Float64Array {
  const n = weights.length;
  const out = new Float64Array(outputs * n);
  const p = new Float64Array(outputs);
  for (let i = 0; i < n; i++) {
    if (weights[i] === 0) continue;
    fillSoftmax(logits, i * outputs, outputs, p, 0);
    for (let c = 0; c < outputs; c++) out[c * n + i] = weights[i] * p[c] * complement(p, 0, outputs, c);
  }
  return out;
}

/**
 * Ascending numbers of the rows with the `count` largest curvatures or so, and the mean curvature per weight of the others. How large they are
 * is told from rows at even distances.
 */
function largest(
  curvatures: Float64Array,
  weights: Float64Array,
  count: number,
): { readonly rows: Int32Array; readonly mean: number } {
  const n = curvatures.length;
  const apart = Math.max(1, Math.floor(n / thresholdRows));
  const some = Float64Array.from({ length: Math.floor(n / apart) }, (_, k) => curvatures[k * apart]).sort();
  const threshold = some[Math.max(0, Math.floor(some.length * (1 - count / n)))];
  const rows: number[] = [];
  let rest = 0;
  let restWeight = 0;
  for (let i = 0; i < n; i++) {
    if (weights[i] === 0) continue;
    if (curvatures[i] >= threshold && rows.length < 1.25 * count) {
      rows.push(i);
    } else {
      rest += curvatures[i];
      restWeight += weights[i];
    }
  }
  return { rows: Int32Array.from(rows), mean: restWeight === 0 ? 0 : rest / restWeight };
}

/** Σ weightOf(i)·xᵢxᵢᵀ over the given rows, from a copy of them in single precision. */
function ownGram(
  features: FeatureRows,
  rows: Int32Array,
  weightOf: (row: number) => number,
  linalg: LinearAlgebra,
  onBlock: OnBlock | undefined,
): Matrix {
  const d = features.columns;
  const data = new Float32Array(rows.length * d);
  rows.forEach((row, at) => readRows(features, row, 1, data.subarray(at * d, (at + 1) * d)));
  const blocks = linalg.loadRows(createFloat32Rows(data, rows.length, d));
  try {
    return linalg.weightedGrams(blocks, [Float64Array.from(rows, weightOf)], onBlock)[0];
  } finally {
    blocks.dispose();
  }
}

/** Each class by its own factor; then the mean over the classes is taken off, as it is at zero in every gradient. */
function solveBlocks(factors: readonly CholeskyFactor[], vectors: Matrix, linalg: LinearAlgebra): Matrix {
  const { rows: m, columns: p, data } = vectors;
  const outputs = factors.length;
  const d = p / outputs;
  const out = new Float64Array(m * p);
  for (let t = 0; t < m; t++) {
    const mean = new Float64Array(d);
    for (let c = 0; c < outputs; c++) {
      const at = t * p + c * d;
      const right = { rows: d, columns: 1, data: data.slice(at, at + d) };
      const solved = linalg.choleskySolve(factors[c], right).data;
      out.set(solved, at);
      for (let j = 0; j < d; j++) mean[j] += solved[j] / outputs;
    }
    for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) out[t * p + c * d + j] -= mean[j];
  }
  return { rows: m, columns: p, data: out };
}

/** The metric that `make` gives, or undefined where it cannot be factorised. */
export function metricOrNothing(make: () => FitMetric): FitMetric | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
}
