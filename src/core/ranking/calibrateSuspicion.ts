import type { Matrix } from '../base/matrix';
import type { Suspicions } from './labelNoise';
import { refineTransitions, startTransitions } from './labelNoise';
import { fitMonotoneLogistic, logistic } from './monotoneLogistic';

/**
 * Why the posterior of labelNoise.ts needs this: its P is learnt from the given labels, so it is an estimate of p(given label | x),
 * noise included, while q ∝ P T uses it as p(true label | x). The noise is then counted twice against the suspicion: a digit
 * whose label was changed is left a share ε/(C−1) of P for its wrong label where ε of the labels are wrong, and comes out near 0.5
 * instead of near 1. Its *order* is good, and stays; its *size* is replaced, in three steps.
 *
 * 1. Model with the noise outside: π_ij ∝ P_ij^τ for the true label, p(given yᵢ) = Σⱼ π_ij T_{j,yᵢ}. One exponent τ takes out of
 *    P the flattening by noise (and by shrinkage); τ and T are fitted together to the given labels by maximum likelihood, T by
 *    EM for each τ of a grid. Noise and overlap are told apart by where the disagreement is: noise disagrees as often in rows
 *    that are certain as in others; overlap does not, and then τ ≈ 1 with T ≈ I fits best.
 * 2. s = the posterior probability of a wrong label under that model.
 * 3. Suspicion = σ(a·z + b), z the documented log-odds, a > 0 and b fitted to s by logistic regression (Platt 1999): the same
 *    order, and over the training rows Σ suspicion = Σ s.
 *
 * This departs from "suspicion = 1 − q" of the definition. Measured with planted errors (2, 5, 10 and 20 %, uniform and asymmetric,
 * three draws; `bench/suspicion`): FIGURES
 */
export interface NoiseModel {
  /** τ, one of {@link exponents}. */
  readonly exponent: number;
  /** C×C, true → given, rows sum to 1. Unlike T on plain P its diagonal is not too large. */
  readonly transitions: Matrix;
}

/** 0.5 … 8 in steps of 2^¼: the likelihood is flat within a step, and above 8 every π is a corner already. */
export const exponents: readonly number[] = Array.from({ length: 17 }, (_, k) => 2 ** ((k - 4) / 4));

const stepsPerExponent = 25;
const finalSteps = 50;
/** τ is one number: so many rows tell it well enough, and the search stays cheap for many rows or classes. */
const searchRows = { atLeast: 2000, atMost: 20_000, cells: 2e6 };
/** Below this a probability is noise of float32. */
const smallest = 1e-37;

/** Steps that {@link fitNoiseModel} reports through `onStep`, for progress. */
export const noiseModelSteps = (exponents.length + 1) * stepsPerExponent + finalSteps;

/** `to` = rows of `from` raised to `exponent` and scaled to sum 1, for the n entries of `rows`; no row underflows. O(n·C). */
function sharpen(
  from: Float32Array,
  rows: Int32Array | null,
  classes: number,
  exponent: number,
  to: Float32Array,
): void {
  const powers = new Float64Array(classes);
  const n = to.length / classes;
  for (let at = 0; at < n; at++) {
    const start = (rows === null ? at : rows[at]) * classes;
    let largest = smallest;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, from[start + c]);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      powers[c] = (Math.max(from[start + c], smallest) / largest) ** exponent;
      sum += powers[c];
    }
    for (let c = 0; c < classes; c++) to[at * classes + c] = powers[c] / sum;
  }
}

/** Evenly spaced rows of weight, at most as many as {@link searchRows} allows. */
function rowsForSearch(weights: Float64Array, classes: number): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) rows.push(i);
  const limit = Math.min(searchRows.atMost, Math.max(searchRows.atLeast, Math.floor(searchRows.cells / classes)));
  if (rows.length <= limit) return Int32Array.from(rows);
  return Int32Array.from({ length: limit }, (_, k) => rows[Math.floor((k * rows.length) / limit)]);
}

/**
 * Fits τ and T ({@link NoiseModel}) to the given labels of the rows whose `weights` are not 0, from their out-of-sample
 * probabilities P (n×C): penalised likelihood as in labelNoise.ts, its prior included. τ on at most 20,000 rows, T on all.
 * O((50·n + 450·20,000)·C) time, n·C float32 numbers.
 */
export function fitNoiseModel(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: () => void,
): NoiseModel {
  const rows = rowsForSearch(weights, classes);
  const chosen = {
    probabilities: new Float32Array(rows.length * classes),
    labels: Int32Array.from(rows, (row) => labels[row]),
    weights: new Float64Array(rows.length).fill(1),
    classes,
  };
  const t = startTransitions(classes);
  let best = { likelihood: Number.NEGATIVE_INFINITY, exponent: 1, data: t.data };
  exponents.forEach((exponent, at) => {
    sharpen(mixture, rows, classes, exponent, chosen.probabilities);
    // The neighbouring exponent's T is a good start for the next; the first has none.
    const likelihood = refineTransitions(chosen, t, (at === 0 ? 2 : 1) * stepsPerExponent, onStep);
    if (likelihood > best.likelihood) best = { likelihood, exponent, data: t.data.slice() };
  });
  const transitions = { ...t, data: best.data };
  const probabilities = new Float32Array(mixture.length);
  sharpen(mixture, null, classes, best.exponent, probabilities);
  refineTransitions({ probabilities, labels, weights, classes }, transitions, finalSteps, onStep);
  return { exponent: best.exponent, transitions };
}

/** {@link Suspicions} with probabilities that can be taken at their word, and how they were made. */
export interface CalibratedSuspicions extends Suspicions {
  /** logOdds = slope·(the documented log-odds) + intercept; slope > 0. */
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Suspicions in the order of `documented` (from `computeSuspicions`), sized by `model`; the map is fitted on the rows whose
 * `weights` are not 0 and applied to all labelled rows. A label other than the given one is suggested where it is more probable
 * than the given one's 1 − suspicion, so suggestion and suspicion never contradict each other. O(n·C).
 */
export function calibrateSuspicions(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  documented: Suspicions,
  model: NoiseModel,
): CalibratedSuspicions {
  const n = labels.length;
  const { exponent, transitions } = model;
  const classes = transitions.rows;
  const target = new Float64Array(n).fill(Number.NaN);
  const bestOther = Int32Array.from(documented.suggested);
  const bestShare = new Float64Array(n);
  const logs = new Float64Array(classes);
  for (let i = 0; i < n; i++) {
    const y = labels[i];
    if (y < 0) continue;
    let best = -1;
    for (let j = 0; j < classes; j++) {
      logs[j] =
        exponent * Math.log(Math.max(mixture[i * classes + j], smallest)) + Math.log(transitions.data[j * classes + y]);
      if (j !== y && (best < 0 || logs[j] > logs[best])) best = j;
    }
    let others = 0;
    for (let j = 0; j < classes; j++) if (j !== y) others += Math.exp(logs[j] - logs[best]);
    target[i] = logistic(logs[best] + Math.log(others) - logs[y]);
    bestOther[i] = best;
    bestShare[i] = 1 / others;
  }
  const { slope, intercept } = fitMonotoneLogistic(documented.logOdds, target, weights);
  const suspicion = new Float64Array(n).fill(Number.NaN);
  const logOdds = new Float64Array(n).fill(Number.NaN);
  const suggested = Int32Array.from(documented.suggested);
  for (let i = 0; i < n; i++) {
    if (labels[i] < 0) continue;
    logOdds[i] = slope * documented.logOdds[i] + intercept;
    suspicion[i] = logistic(logOdds[i]);
    suggested[i] = suspicion[i] * bestShare[i] > logistic(-logOdds[i]) ? bestOther[i] : labels[i];
  }
  return { suspicion, logOdds, suggested, slope, intercept };
}
