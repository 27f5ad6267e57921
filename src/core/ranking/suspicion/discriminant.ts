import { NumericalError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { forEachRowBlock } from '../../base/featureRows';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import { rowsOfWeight } from '../../base/weights';
import type { CholeskyFactor, LinearAlgebra, OnBlock, RowBlocks } from '../../linalg/linearAlgebra';
import type { Expert } from './experts';
import { fitSharpness } from './fitSharpness';
import { rowsForPool } from './poolExperts';

/** Fewer rows do not tell how features vary. */
const leastRows = 20;
/** Variance added to every feature, in shares of their mean variance; where the search begins. */
const shrinkages = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const firstShrinkage = shrinkages.indexOf(1);
/** Float32 holds no less. */
const smallest = 1e-37;

/** λ tried, about. */
const shrinkagesTried = 4;

/** Multiply-adds of one judgement, about. */
export function discriminantWork(n: number, d: number, classes: number): number {
  return n * d * (1.5 * d + classes) + (shrinkagesTried * d ** 3) / 2;
}

export interface DiscriminantRows {
  /** n×d, about standardised. */
  readonly features: FeatureRows;
  /** Columns that are not shrunk: the constant. */
  readonly unpenalised: readonly number[];
  /** n class numbers, read where `kept` is not 0. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** n: 1 for the rows to learn from. */
  readonly kept: Float64Array;
}

/**
 * A linear discriminant as an expert: classes are clouds of one shape about centres of their own, the covariance shrunk
 * towards a multiple of the identity. It is found as the ridge regression of the classes, which leaves every row out
 * exactly by one factorisation,
 *
 *     A = XᵀWX + λsm·I      B = A⁻¹XᵀW(Y − 1πᵀ)      fᵢ = (Bᵀxᵢ − hᵢ(yᵢ − π)) / (1 − hᵢ)      hᵢ = xᵢᵀA⁻¹xᵢ
 *
 * π: the shares of the classes among the m kept rows; s: the mean variance of the features; hᵢ = 0 for rows that are
 * not kept. Then P(j) ∝ πⱼ exp a(fᵢⱼ/πⱼ − qⱼ/2), where qⱼ, the mean of fᵢⱼ/πⱼ over the other rows of the class, is how
 * far its centre lies from the middle. λ and a have the least loss on a sample of the kept rows. A row pulls by its
 * distance from what is expected of it, and not the harder the more it is in doubt: wrong labels move it less than they
 * move the head. Rows are judged out of sample, except that the few numbers λ, a, π and s have seen them.
 *
 * O(n·d² + n·d·C), and for each λ tried d³/3 and the sample.
 *
 * @throws NumericalError where there are fewer than 20 rows to learn from; CancelledError
 */
export function discriminantExpert(from: DiscriminantRows, linalg: LinearAlgebra, onBlock: OnBlock): Expert {
  const { features, labels, classes, kept } = from;
  const learnt = rowsOfWeight(kept);
  if (learnt.length < leastRows) throw new NumericalError(`there are fewer than ${leastRows} rows to learn from`);
  const rows = linalg.loadRows(features);
  try {
    const shares = sharesOf(learnt, labels, classes);
    const [gram] = linalg.weightedGrams(rows, [kept], onBlock);
    const sums = classSums(from, shares, onBlock);
    const chosen = chooseShrinkage(from, { gram, sums, shares, rowCount: learnt.length }, linalg, onBlock);
    const scores = linalg.multiplyFast(rows, chosen.coefficients, onBlock).data;
    leaveOut(scores, linalg.inverseForms(rows, chosen.factor, onBlock), { labels, kept, shares });
    const offsets = offsetsOf(scores, learnt, labels, shares);
    const probabilities = new Float32Array(scores.length);
    fillProbabilities(scores, offsets, { labels, kept, shares, sharpness: chosen.sharpness }, probabilities);
    return { name: 'discriminant', probabilities };
  } finally {
    rows.dispose();
  }
}

/** (count + 1/C) / (m + 1): no class is impossible. */
function sharesOf(learnt: Int32Array, labels: Int32Array, classes: number): Float64Array {
  const shares = new Float64Array(classes).fill(1 / classes);
  for (const row of learnt) shares[labels[row]]++;
  return shares.map((count) => count / (learnt.length + 1));
}

/** XᵀW(Y − 1πᵀ), d×C. */
function classSums(
  { features, labels, classes, kept }: DiscriminantRows,
  shares: Float64Array,
  onBlock: OnBlock,
): Matrix {
  const { rows: n, columns: d } = features;
  const byClass = new Float64Array(classes * d);
  forEachRowBlock(features, (block, from, count) => {
    addToClasses(block, from, count, labels, kept, d, byClass);
    onBlock(from + count, n);
  });
  const data = new Float64Array(d * classes);
  for (let j = 0; j < d; j++) {
    let total = 0;
    for (let c = 0; c < classes; c++) total += byClass[c * d + j];
    for (let c = 0; c < classes; c++) data[j * classes + c] = byClass[c * d + j] - shares[c] * total;
  }
  return { rows: d, columns: classes, data };
}

function addToClasses(
  block: Float64Array,
  from: number,
  count: number,
  labels: Int32Array,
  kept: Float64Array,
  d: number,
  sums: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    if (kept[from + i] === 0) continue;
    const to = labels[from + i] * d;
    const at = i * d;
    for (let j = 0; j < d; j++) sums[to + j] += block[at + j];
  }
}

/** What does not depend on λ. */
interface Moments {
  readonly gram: Matrix;
  readonly sums: Matrix;
  readonly shares: Float64Array;
  /** m. */
  readonly rowCount: number;
}

interface Discriminant {
  readonly factor: CholeskyFactor;
  /** d×C. */
  readonly coefficients: Matrix;
  readonly sharpness: number;
  /** Mean over the sample. */
  readonly loss: number;
}

/** Goes from one λ to the next, up or else down, as long as the loss falls. */
function chooseShrinkage(
  from: DiscriminantRows,
  moments: Moments,
  linalg: LinearAlgebra,
  onBlock: OnBlock,
): Discriminant {
  const order = rowsForPool(from.labels, from.kept, from.classes).rows.slice().sort();
  const sampled = linalg.loadRows(gatherRows(from.features, order));
  const labels = order.map((row) => from.labels[row]);
  try {
    const fit = (at: number): Discriminant =>
      fitDiscriminant(moments, shrinkages[at], { from, sampled, labels }, linalg, onBlock);
    let best = fit(firstShrinkage);
    for (const direction of [1, -1]) {
      const before = best;
      for (let at = firstShrinkage + direction; at in shrinkages; at += direction) {
        const next = fit(at);
        if (!(next.loss < best.loss)) break;
        best = next;
      }
      if (best !== before) break;
    }
    return best;
  } finally {
    sampled.dispose();
  }
}

interface SampledRows {
  readonly from: DiscriminantRows;
  readonly sampled: RowBlocks;
  readonly labels: Int32Array;
}

function fitDiscriminant(
  { gram, sums, shares, rowCount }: Moments,
  shrinkage: number,
  { from, sampled, labels }: SampledRows,
  linalg: LinearAlgebra,
  onBlock: OnBlock,
): Discriminant {
  const factor = linalg.cholesky(shrunk(gram, from.unpenalised, shrinkage, rowCount), onBlock);
  const coefficients = linalg.choleskySolve(factor, sums, onBlock);
  const scores = linalg.multiplyFast(sampled, coefficients, onBlock).data;
  const kept = new Float64Array(labels.length).fill(1);
  leaveOut(scores, linalg.inverseForms(sampled, factor, onBlock), { labels, kept, shares });
  const offsets = offsetsOf(scores, Int32Array.from(labels.keys()), labels, shares);
  moveScores(scores, offsets, { labels, kept, shares });
  return { factor, coefficients, ...fitSharpness(scores, labels, shares) };
}

/** Adds shrinkage·s·m to the diagonal, but for what is not shrunk. */
function shrunk(gram: Matrix, unpenalised: readonly number[], shrinkage: number, rowCount: number): Matrix {
  const d = gram.columns;
  const data = gram.data.slice();
  const penalised = Array.from({ length: d }, (_, j) => j).filter((j) => !unpenalised.includes(j));
  const mean = penalised.reduce((sum, j) => sum + data[j * d + j], 0) / Math.max(1, penalised.length);
  // Where no feature varies any number will do.
  const added = shrinkage * (mean > 0 ? mean : rowCount);
  for (const j of penalised) data[j * d + j] += added;
  return { rows: d, columns: d, data };
}

interface ScoredRows {
  readonly labels: Int32Array;
  readonly kept: Float64Array;
  readonly shares: Float64Array;
}

/** Bᵀx → f/π, in place. */
function leaveOut(scores: Float64Array, leverages: Float64Array, { labels, kept, shares }: ScoredRows): void {
  const C = shares.length;
  for (let i = 0, at = 0; i < labels.length; i++) {
    const h = kept[i] === 0 ? 0 : Math.min(leverages[i], 1 - 1e-9);
    for (let c = 0; c < C; c++, at++) {
      const target = (labels[i] === c ? 1 : 0) - shares[c];
      scores[at] = (scores[at] - h * target) / (1 - h) / shares[c];
    }
  }
}

/** For each class Σ fᵢⱼ/πⱼ over its rows, and how many there are. */
interface Offsets {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

function offsetsOf(scores: Float64Array, rows: Int32Array, labels: Int32Array, shares: Float64Array): Offsets {
  const C = shares.length;
  const sums = new Float64Array(C);
  const counts = new Float64Array(C);
  for (const i of rows) {
    sums[labels[i]] += scores[i * C + labels[i]];
    counts[labels[i]]++;
  }
  return { sums, counts };
}

/** f/π → f/π − q/2, in place; a kept row has no part in q. */
function moveScores(scores: Float64Array, { sums, counts }: Offsets, { labels, kept, shares }: ScoredRows): void {
  const C = shares.length;
  for (let i = 0, at = 0; i < labels.length; i++) {
    for (let c = 0; c < C; c++, at++) {
      const own = kept[i] !== 0 && labels[i] === c;
      const count = counts[c] - (own ? 1 : 0);
      if (count > 0) scores[at] -= (sums[c] - (own ? scores[at] : 0)) / count / 2;
    }
  }
}

function fillProbabilities(
  scores: Float64Array,
  offsets: Offsets,
  rows: ScoredRows & { readonly sharpness: number },
  out: Float32Array,
): void {
  moveScores(scores, offsets, rows);
  const C = rows.shares.length;
  const logs = rows.shares.map(Math.log);
  for (let from = 0; from < scores.length; from += C) {
    let largest = -Infinity;
    for (let c = 0; c < C; c++) {
      scores[from + c] = rows.sharpness * scores[from + c] + logs[c];
      if (scores[from + c] > largest) largest = scores[from + c];
    }
    let sum = 0;
    for (let c = 0; c < C; c++) sum += scores[from + c] = Math.exp(scores[from + c] - largest);
    for (let c = 0; c < C; c++) out[from + c] = Math.max(smallest, scores[from + c] / sum);
  }
}
