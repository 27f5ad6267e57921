import { listedFrom } from '../../base/listedFrom';
import type { Matrix } from '../../base/matrix';
import { rowsOfWeight } from '../../base/weights';
import type { ClimbOptions } from './climb';
import type { Suspicions } from './labelNoise';
import { climbTransitions, converged, startTransitions } from './labelNoise';
import { fitMonotoneLogistic, logistic } from './monotoneLogistic';
import type { RowsByLabel } from './rowsByLabel';
import { orderByLabel } from './rowsByLabel';

/**
 * Why the posterior of labelNoise.ts needs this: its P is learnt from the given labels, so it is an estimate of p(given
 * label | x), noise included, while q ∝ P T uses it as p(true label | x). The noise is then counted twice against the
 * suspicion: a row whose label was changed is left a share ε/(C−1) of P for its wrong label where ε of the labels are
 * wrong, and comes out near 0.5 instead of near 1. The *order* is good, and stays; the *size* is replaced, in three
 * steps.
 *
 * 1. A model with the noise outside: πᵢⱼ ∝ Pᵢⱼ^τ for the true label, p(given yᵢ) = Σⱼ πᵢⱼ T_{j,yᵢ}. τ takes out of P
 *    what noise and shrinkage flattened; τ and T are fitted to the given labels by maximum likelihood, T by EM for each
 *    τ of a grid. What tells noise from overlap is where labels disagree: noise does so as often in rows that are
 *    certain as in others, and then a large τ with the noise in T fits best; overlap does not, and then τ ≈ 1 with T
 *    ≈ I.
 * 2. s = the posterior probability of a wrong label under that model.
 * 3. Suspicion = σ(a·z + b), z the documented log-odds, a > 0 and b fitted to s by logistic regression (Platt 1999):
 *    the same order, and over the labelled rows Σ suspicion = Σ s.
 *
 * This departs from "suspicion = 1 − q" of the definition. What it is worth is measured in docs/ranking.md. Compared
 * and left: deconvolving each row, Tᵀπ ≈ P (too small still); shifting the log-odds to confident learning's error
 * count (too many false alarms where classes overlap); taking an even floor off P as well as τ (no better, more false
 * alarms); ranking by s itself (average precision up to .02 worse). Where P knows p(given | x) perfectly, "P is the
 * truth and nothing is wrong" explains the labels as well as noise does, and suspicions stay nearly as small as 1 − q.
 * Two classes have a model of their own: twoClassNoise.ts.
 */
interface NoiseModel {
  /** τ > 0, one of {@link exponents}. */
  readonly exponent: number;
  /** C×C, true → given, rows sum to 1. Unlike T on plain P its diagonal is not too large. */
  readonly transitions: Matrix;
}

const exponentsPerOctave = 4;
/** 0.5 … 8 in steps of 2^¼: the likelihood is flat within a step, and above 8 nearly every π is a corner already. */
export const exponents: readonly number[] = Array.from(
  { length: 4 * exponentsPerOctave + 1 },
  (_, k) => 2 ** (k / exponentsPerOctave - 1),
);

/** T at an exponent of the grid: its likelihood is then within 0.01 of the largest. */
const gridClimb: ClimbOptions = { passes: 40, tolerance: 1e-5 };
/** τ is one number: so many rows tell it well enough, and the search stays cheap for many rows or classes. */
const searchRows = { atLeast: 2000, atMost: 8000, cells: 1e6 };
/** Rows between two calls of `onStep`. */
const rowsPerStep = 16_384;
/** Float32 holds no less; keeps every log-odds finite. */
const smallest = 1e-37;

/** Every octave first, then nearer to the best: so many exponents are tried of all. */
const triedExponents = 5 + 2 * Math.log2(exponentsPerOctave);
/** Calls of `onStep` by {@link fitNoiseModel}, about: for progress. */
export const noiseModelSteps = 10 * triedExponents;

/** log P of rows less that of their likeliest class: τ times this is log π but for a constant of the row. O(n·C). */
function fillLogs(mixture: Float32Array, { rows, classes }: RowsByLabel, to: Float32Array, onStep?: () => void): void {
  for (let from = 0; from < rows.length; from += rowsPerStep) {
    fillLogsOf(mixture, rows, classes, from, Math.min(rows.length, from + rowsPerStep), to);
    onStep?.();
  }
}

function fillLogsOf(
  mixture: Float32Array,
  rows: Int32Array,
  classes: number,
  from: number,
  end: number,
  to: Float32Array,
): void {
  for (let at = from; at < end; at++) {
    const start = rows[at] * classes;
    let likeliest = 0;
    for (let c = 0; c < classes; c++) if (mixture[start + c] > likeliest) likeliest = mixture[start + c];
    const largest = Math.max(likeliest, smallest);
    for (let c = 0; c < classes; c++) {
      to[at * classes + c] = Math.log(Math.max(mixture[start + c], smallest) / largest);
    }
  }
}

/** Fills `to` with π (see {@link NoiseModel}) from what {@link fillLogs} gave, but for a factor of each row. O(n·C). */
function fillTrue(logs: Float32Array, classes: number, exponent: number, to: Float32Array, onStep?: () => void): void {
  const run = rowsPerStep * classes;
  for (let from = 0; from < to.length; from += run) {
    fillPowers(logs, exponent, from, Math.min(to.length, from + run), to);
    onStep?.();
  }
}

function fillPowers(logs: Float32Array, exponent: number, from: number, end: number, to: Float32Array): void {
  for (let at = from; at < end; at++) to[at] = Math.exp(exponent * logs[at]);
}

function square(values: Float32Array): void {
  for (let at = 0; at < values.length; at++) values[at] *= values[at];
}

/** Σ over rows of C numbers of the logarithm of their sum. O(n·C). */
function sumOfLogSums(values: Float32Array, classes: number): number {
  let logs = 0;
  let product = 1;
  for (let from = 0; from < values.length; from += classes) {
    let sum = 0;
    for (let at = from; at < from + classes; at++) sum += values[at];
    product *= sum;
    if (product < 1e-100 || product > 1e100) {
      logs += Math.log(product);
      product = 1;
    }
  }
  return logs + Math.log(product);
}

/** Evenly spaced rows of weight, at most as many as {@link searchRows} allows. */
function rowsForSearch(rows: Int32Array, classes: number): Int32Array {
  const limit = Math.min(searchRows.atMost, Math.max(searchRows.atLeast, Math.floor(searchRows.cells / classes)));
  if (rows.length <= limit) return rows;
  return Int32Array.from({ length: limit }, (_, k) => rows[Math.floor((k * rows.length) / limit)]);
}

/**
 * Fits τ and T ({@link NoiseModel}) to the given labels of the rows whose `weights` are not 0, from their out-of-sample
 * probabilities P (n×C); likelihood with the prior on T of labelNoise.ts. τ on at most 8,000 rows, T on all. Some 20
 * passes over all rows and 70 over those: O(C) a row. n·C + 2·8,000·C float32 numbers.
 */
export function fitNoiseModel(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: () => void,
): NoiseModel {
  const rows = rowsOfWeight(weights);
  const order = orderByLabel(rowsForSearch(rows, classes), labels, classes);
  const logs = new Float32Array(order.rows.length * classes);
  fillLogs(mixture, order, logs, onStep);
  const { exponent, transitions } = searchExponent(logs, order, onStep);
  const all = order.rows.length === rows.length ? order : orderByLabel(rows, labels, classes);
  const probabilities = all === order ? logs : new Float32Array(rows.length * classes);
  if (all !== order) fillLogs(mixture, all, probabilities, onStep);
  fillTrue(probabilities, classes, exponent, probabilities, onStep);
  climbTransitions({ order: all, probabilities }, transitions, converged, onStep);
  return { exponent, transitions };
}

/**
 * The exponent of the grid with the largest likelihood, which has one maximum in it, and its T: by octaves, then by
 * halves of the steps.
 */
function searchExponent(logs: Float32Array, order: RowsByLabel, onStep?: () => void): NoiseModel {
  const { classes } = order;
  const probabilities = new Float32Array(logs.length);
  const likelihoods = new Map<number, number>();
  let best = { at: 0, likelihood: Number.NEGATIVE_INFINITY, transitions: startTransitions(classes) };
  const t = startTransitions(classes);
  let filled = -1;
  const visit = (at: number): void => {
    if (at < 0 || at >= exponents.length || likelihoods.has(at)) return;
    // What an octave before was π is its square root.
    if (filled >= 0 && at === filled + exponentsPerOctave) square(probabilities);
    else fillTrue(logs, classes, exponents[at], probabilities, onStep);
    filled = at;
    // The last exponent's T is a good start for the next.
    const reached = climbTransitions({ order, probabilities }, t, gridClimb, onStep);
    const likelihood = reached - sumOfLogSums(probabilities, classes);
    likelihoods.set(at, likelihood);
    if (likelihood > best.likelihood) best = { at, likelihood, transitions: { ...t, data: t.data.slice() } };
  };
  for (let at = 0; at < exponents.length; at += exponentsPerOctave) visit(at);
  for (let step = exponentsPerOctave / 2; step >= 1; step /= 2) {
    const middle = best.at;
    t.data.set(best.transitions.data);
    visit(middle - step);
    visit(middle + step);
  }
  return { exponent: exponents[best.at], transitions: best.transitions };
}

/** {@link Suspicions} with probabilities that can be taken at their word, and how they were made. */
interface CalibratedSuspicions extends Suspicions {
  /** logOdds = slope·(the documented log-odds) + intercept; slope > 0. */
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Suspicions in the order of `documented` (from `computeSuspicions`), sized by `model`; the map is fitted on the rows
 * whose `weights` are not 0 and applied to all labelled rows. The likeliest other label is
 * suggested where the suspicion is at least {@link listedFrom}: suggestion and suspicion never contradict each other.
 * O(n·C).
 */
export function calibrateSuspicions(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  documented: Suspicions,
  model: NoiseModel,
  onStep?: () => void,
): CalibratedSuspicions {
  const n = labels.length;
  const { exponent, transitions } = model;
  const classes = transitions.rows;
  const target = new Float64Array(n).fill(Number.NaN);
  const bestOther = Int32Array.from(documented.suggested);
  const logTransitions = transitions.data.map((value) => Math.log(value));
  const logs = new Float64Array(classes);
  for (let from = 0; from < n; from += rowsPerStep) {
    const end = Math.min(n, from + rowsPerStep);
    fillTargets(mixture, labels, exponent, logTransitions, from, end, logs, target, bestOther);
    onStep?.();
  }
  const { slope, intercept } = fitMonotoneLogistic(documented.logOdds, target, weights, onStep);
  const suspicion = new Float64Array(n).fill(Number.NaN);
  const logOdds = new Float64Array(n).fill(Number.NaN);
  const suggested = Int32Array.from(documented.suggested);
  for (let i = 0; i < n; i++) {
    if (labels[i] < 0) continue;
    logOdds[i] = slope * documented.logOdds[i] + intercept;
    suspicion[i] = logistic(logOdds[i]);
    suggested[i] = suspicion[i] >= listedFrom ? bestOther[i] : labels[i];
  }
  return { suspicion, logOdds, suggested, slope, intercept };
}

/**
 * For the labelled rows [from, end): the probability of a wrong label and the likeliest other class.
 */
function fillTargets(
  mixture: Float32Array,
  labels: Int32Array,
  exponent: number,
  logTransitions: Float64Array,
  from: number,
  end: number,
  logs: Float64Array,
  target: Float64Array,
  bestOther: Int32Array,
): void {
  const C = logs.length;
  for (let i = from; i < end; i++) {
    const y = labels[i];
    if (y < 0) continue;
    let best = y === 0 ? 1 : 0;
    for (let j = 0; j < C; j++) {
      logs[j] = exponent * Math.log(Math.max(mixture[i * C + j], smallest)) + logTransitions[j * C + y];
      if (j !== y && logs[j] > logs[best]) best = j;
    }
    let others = 0;
    for (let j = 0; j < C; j++) if (j !== y) others += Math.exp(logs[j] - logs[best]);
    target[i] = logistic(logs[best] + Math.log(others) - logs[y]);
    bestOther[i] = best;
  }
}
