import { listedFrom } from '../../base/listedFrom';
import type { Matrix } from '../../base/matrix';
import { rowsOfWeight } from '../../base/weights';
import type { ClimbOptions } from './climb';
import { climb } from './climb';
import type { RowsByLabel } from './rowsByLabel';
import { gatherByLabel, orderByLabel } from './rowsByLabel';

/** 20 passes get here mostly; 100 plain steps of EM, as the definition has it, are as close at best. */
export const converged: ClimbOptions = { passes: 100, tolerance: 1e-9 };
/** Pseudo-counts of the weak prior on T of {@link climbTransitions}, as a share of the mean class size. */
const priorShare = 0.03;
/** Of {@link estimateTransitions}: measured, from .3 to .5 is as good, .1 and 1 are worse. */
const shrinkage = 0.3;
const shrunkStart = 0.9;
const shrunkPasses = 40;
/** A class most of whose rows are called something else is another class: T with such a row names classes anew. */
const leastKept = 0.5;
const errorRates = { least: 0.001, most: 0.5 };
/** Rows between two calls of `onStep`: a multiple of 4. */
const rowsPerRun = 65_536;

/** Transition matrix that an EM starts from: `kept` on the diagonal, the rest spread evenly. */
export function startTransitions(classes: number, kept = 0.8): Matrix {
  const data = new Float64Array(classes * classes).fill((1 - kept) / (classes - 1));
  for (let j = 0; j < classes; j++) data[j * classes + j] = kept;
  return { rows: classes, columns: classes, data };
}

/** What {@link climbTransitions} learns T from. */
interface TransitionRows {
  readonly order: RowsByLabel;
  /**
   * Of the rows of `order`, in that order (see `gatherByLabel`), C each: taken as the probabilities of the *true*
   * class. They need not sum to 1.
   */
  readonly probabilities: Float32Array;
}

/**
 * Takes T, in place, towards the maximum of the penalised log-likelihood
 *
 *     Σᵢ log Σⱼ Pᵢⱼ T_{j,yᵢ} + Σⱼ (a log T_jj + a/20 Σ_c log T_jc)        a = 0.03·n/C
 *
 * over matrices whose rows sum to 1 and keep half on the diagonal, by accelerated EM (climb.ts). It is concave, so the
 * start does not matter for where this goes. A step of EM:
 *
 *     qᵢⱼ ∝ Pᵢⱼ T_{j,yᵢ}        T_{jc} ∝ Σ_{i: yᵢ=c} qᵢⱼ + a·[j = c] + a/20
 *
 * O(n·C) a pass. `onStep` is told of every pass, and within long ones.
 * @returns the penalised log-likelihood a step or two before the last.
 */
export function climbTransitions(
  from: TransitionRows,
  transitions: Matrix,
  options: ClimbOptions,
  onStep?: () => void,
): number {
  return climb(transitions.data, (t, next) => emStep(from, t, next, onStep), options);
}

function emStep(from: TransitionRows, t: Float64Array, next: Float64Array, onStep?: () => void): number {
  const { classes, rows } = from.order;
  let likelihood = countTransitions(from, t, next, onStep);
  const prior = (priorShare * rows.length) / classes;
  for (let j = 0; j < classes; j++) {
    for (let c = 0; c < classes; c++) {
      const pseudoCount = (j === c ? prior : 0) + prior / 20;
      likelihood += pseudoCount * Math.log(t[j * classes + c]);
      next[j * classes + c] += pseudoCount;
    }
  }
  normaliseRows(next, classes);
  onStep?.();
  return likelihood;
}

/**
 * counts_jc ← Σ_{i: yᵢ=c} qᵢⱼ, qᵢⱼ ∝ Pᵢⱼ T_jc. O(n·C).
 * @returns Σᵢ log Σⱼ Pᵢⱼ T_{j,yᵢ}
 */
function countTransitions(
  { order, probabilities }: TransitionRows,
  t: Float64Array,
  counts: Float64Array,
  onStep?: () => void,
): number {
  const { classes, starts } = order;
  const column = new Float64Array(classes);
  const sums = new Float64Array(classes);
  let likelihood = 0;
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j < classes; j++) column[j] = t[j * classes + c];
    sums.fill(0);
    const end = starts[c + 1];
    for (let row = starts[c]; row < end; row += rowsPerRun) {
      likelihood += addShares(probabilities, row, Math.min(end, row + rowsPerRun), column, sums);
      if (row + rowsPerRun < end) onStep?.();
    }
    // All q of a label have the factor T_jc in common.
    for (let j = 0; j < classes; j++) counts[j * classes + c] = column[j] * sums[j];
  }
  return likelihood;
}

/**
 * Counts → the likeliest T among those whose diagonal is at least {@link leastKept}, in place: where a class would keep
 * its name less often, the others share the rest as they were counted.
 */
function normaliseRows(t: Float64Array, classes: number): void {
  for (let j = 0; j < classes; j++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += t[j * classes + c];
    const kept = t[j * classes + j] / sum;
    const scale = kept >= leastKept ? 1 / sum : (1 - leastKept) / (sum - t[j * classes + j]);
    for (let c = 0; c < classes; c++) t[j * classes + c] *= scale;
    if (kept < leastKept) t[j * classes + j] = leastKept;
  }
}

/**
 * sumsⱼ += Σᵢ Pᵢⱼ / (Pᵢ·column) over the rows [from, to): four at a time, which share what is read of the column and of
 * the sums.
 * @returns Σᵢ log(Pᵢ·column), of products of factors: a logarithm takes as long as all the rest.
 */
function addShares(
  probabilities: Float32Array,
  from: number,
  to: number,
  column: Float64Array,
  sums: Float64Array,
): number {
  const C = column.length;
  let logs = 0;
  let product = 1;
  let row = from;
  for (; row + 4 <= to; row += 4) {
    const a = row * C;
    const b = a + C;
    const c = b + C;
    const d = c + C;
    let sa = 0;
    let sb = 0;
    let sc = 0;
    let sd = 0;
    for (let j = 0; j < C; j++) {
      const t = column[j];
      sa += probabilities[a + j] * t;
      sb += probabilities[b + j] * t;
      sc += probabilities[c + j] * t;
      sd += probabilities[d + j] * t;
    }
    product *= sa * sb * (sc * sd);
    // Four factors of the least that float32 holds, times the least of T, are still above the least that float64 holds.
    if (product < 1e-100 || product > 1e100) {
      logs += Math.log(product);
      product = 1;
    }
    sa = 1 / sa;
    sb = 1 / sb;
    sc = 1 / sc;
    sd = 1 / sd;
    for (let j = 0; j < C; j++) {
      sums[j] +=
        probabilities[a + j] * sa + probabilities[b + j] * sb + (probabilities[c + j] * sc + probabilities[d + j] * sd);
    }
  }
  for (; row < to; row++) {
    const a = row * C;
    let sa = 0;
    for (let j = 0; j < C; j++) sa += probabilities[a + j] * column[j];
    logs += Math.log(sa);
    for (let j = 0; j < C; j++) sums[j] += probabilities[a + j] / sa;
  }
  return logs + Math.log(product);
}

/**
 * Label transition matrix T (true class → given label, rows sum to 1) learnt from out-of-sample probabilities P (n×C)
 * over the rows whose `weights` are not 0. Its rows are shrunk to one rate of errors ε that all classes share, spread
 * evenly: free rows would learn the confusions of the experts. From T = .9 on the diagonal, 40 times:
 *
 *     qᵢⱼ ∝ Pᵢⱼ T_{j,yᵢ}    N_jc = Σ_{i: yᵢ=c} qᵢⱼ    ε = 1 − tr N / n, within [.001, .5]
 *     T_jc ∝ N_jc + m·(j = c ? 1 − ε : ε/(C − 1))        m = .3·n/C
 *
 * with at least half on the diagonal. Plain EM: as ε moves there is no one objective that an accelerated step could be
 * held to. P is taken as it is, as if it knew nothing of label noise: T and the posterior under it give a good order,
 * but too small a probability (see calibrateSuspicion.ts). O(n·C) a pass; n·C float32 numbers.
 */
export function estimateTransitions(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: () => void,
): Matrix {
  const order = orderByLabel(rowsOfWeight(weights), labels, classes);
  const from: TransitionRows = { order, probabilities: gatherByLabel(mixture, order) };
  const transitions = startTransitions(classes, shrunkStart);
  const counts = new Float64Array(classes * classes);
  const pseudoRows = (shrinkage * order.rows.length) / classes;
  for (let pass = 0; pass < shrunkPasses; pass++) {
    countTransitions(from, transitions.data, counts, onStep);
    shrinkTransitions(counts, pseudoRows, order.rows.length, transitions.data);
    onStep?.();
  }
  return transitions;
}

function shrinkTransitions(counts: Float64Array, pseudoRows: number, rows: number, t: Float64Array): void {
  const classes = Math.sqrt(counts.length);
  let kept = 0;
  for (let j = 0; j < classes; j++) kept += counts[j * classes + j];
  const errors = Math.min(errorRates.most, Math.max(errorRates.least, 1 - kept / rows));
  for (let j = 0; j < classes; j++) {
    for (let c = 0; c < classes; c++) {
      t[j * classes + c] = counts[j * classes + c] + pseudoRows * (j === c ? 1 - errors : errors / (classes - 1));
    }
  }
  normaliseRows(t, classes);
}

/** Whether a row's given label is wrong, for all rows. */
export interface Suspicions {
  /** 1 − q_{i,yᵢ}; NaN for unlabelled rows. Larger = more suspicious. */
  readonly suspicion: Float64Array;
  /** log(Σ_{j≠y} qⱼ / q_y); NaN for unlabelled rows. */
  readonly logOdds: Float64Array;
  /**
   * The likeliest of the other labels where the suspicion is at least {@link listedFrom}, else the given one; argmax P
   * for unlabelled rows.
   */
  readonly suggested: Int32Array;
}

/**
 * The posterior q over true classes given P and the given label, with T (or without: q = P). Neither suspicion nor its
 * odds is formed by subtraction from 1. O(n·C).
 */
export function computeSuspicions(
  mixture: Float32Array,
  labels: Int32Array,
  classes: number,
  transitions: Matrix | null,
): Suspicions {
  const n = labels.length;
  const suspicion = new Float64Array(n).fill(Number.NaN);
  const logOdds = new Float64Array(n).fill(Number.NaN);
  const suggested = new Int32Array(n);
  // Without T, and for rows without a label, every class counts as it is.
  const through = transitions?.data ?? new Float64Array(classes * classes).fill(1);
  fillSuspicions(mixture, labels, classes, through, suspicion, logOdds, suggested);
  return { suspicion, logOdds, suggested };
}

function fillSuspicions(
  mixture: Float32Array,
  labels: Int32Array,
  C: number,
  transitions: Float64Array,
  suspicion: Float64Array,
  logOdds: Float64Array,
  suggested: Int32Array,
): void {
  for (let i = 0, from = 0; i < labels.length; i++, from += C) {
    const y = labels[i];
    let own = 0;
    let others = 0;
    let largest = -1;
    let best = y === 0 ? 1 : 0;
    for (let j = 0; j < C; j++) {
      const q = y < 0 ? mixture[from + j] : mixture[from + j] * transitions[j * C + y];
      if (j === y) {
        own = q;
        continue;
      }
      others += q;
      if (q > largest) {
        largest = q;
        best = j;
      }
    }
    if (y < 0) {
      suggested[i] = best;
      continue;
    }
    suspicion[i] = others / (own + others);
    suggested[i] = suspicion[i] >= listedFrom ? best : y;
    logOdds[i] = Math.log(Math.max(others, Number.MIN_VALUE)) - Math.log(Math.max(own, Number.MIN_VALUE));
  }
}
