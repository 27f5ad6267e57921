import { listedFrom } from '../../base/listedFrom';

/** How much better than the class frequencies the out-of-sample probabilities explain the given labels. */
export interface LabelSignal {
  /** Labelled rows compared. */
  readonly rows: number;
  /** Mean over these rows of log P(given label), out of sample (nats). */
  readonly meanLogProbability: number;
  /** The same for the frequencies of the classes among the other rows, weighed as the experts are. */
  readonly meanLogFrequency: number;
  /** meanLogProbability − meanLogFrequency: above 0 where the features tell something about the labels. */
  readonly gain: number;
  /** Standard error of `gain` over rows. */
  readonly standardError: number;
  /** Whether the gain is more than chance gives. */
  readonly found: boolean;
}

/** Standard errors that a gain must exceed: chance does so in one of some forty datasets. */
const deviations = 2;
/**
 * Nats over all rows that a gain must exceed besides: λ and up to five strengths (of numeric labels also the slopes of
 * the spread) were chosen by these very rows, which is worth about one nat for each where there is nothing to find
 * (Akaike's correction). Of 200 sets of noise the best gained 5.3.
 */
const chosenByRows = 6;

/**
 * Compares the out-of-sample probabilities of the given labels with those of an expert that knows no feature: the class
 * frequencies that each row meets when it is left out, in a pool of its own, ∝ (n_c − [c = y] + 1/C)^s, s ≥ 0 fitted to
 * the same rows. Leaving a row out takes it off its own class, so a head with nothing but an intercept, judged by
 * probabilities against ½, would find *every* row of balanced classes wrong; and a pool without strength gives all
 * classes alike and so is better than that by C − 1 nats. Against this baseline neither gains anything. O(n).
 *
 * @param mixture n×C, out of sample
 * @param weights 1 for labelled rows
 */
export function measureLabelSignal(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
): LabelSignal {
  const sizes = new Int32Array(classes);
  let rows = 0;
  for (let i = 0; i < labels.length; i++) {
    if (weights[i] === 0) continue;
    rows++;
    sizes[labels[i]]++;
  }
  const logFrequencies = pooledFrequencies(sizes);
  let probability = 0;
  let frequency = 0;
  let squares = 0;
  for (let i = 0; i < labels.length; i++) {
    if (weights[i] === 0) continue;
    const log = Math.log(Math.max(mixture[i * classes + labels[i]], Number.MIN_VALUE));
    const difference = log - logFrequencies[labels[i]];
    probability += log;
    frequency += logFrequencies[labels[i]];
    squares += difference * difference;
  }
  return signalOf({ rows, probability, frequency, squares });
}

/** Sums over rows of two log-probabilities of each, and of the squares of their differences. */
interface LogSums {
  readonly rows: number;
  /** By the experts. */
  readonly probability: number;
  /** Without any feature. */
  readonly frequency: number;
  readonly squares: number;
}

/** What these sums say; numeric labels are told from chance by the same rule. */
export function signalOf({ rows, probability, frequency, squares }: LogSums): LabelSignal {
  const gain = (probability - frequency) / rows;
  const variance = Math.max(0, squares / rows - gain * gain) / Math.max(1, rows - 1);
  const standardError = Math.sqrt(variance);
  return {
    rows,
    meanLogProbability: probability / rows,
    meanLogFrequency: frequency / rows,
    gain,
    standardError,
    found: gain > deviations * standardError && gain * rows > chosenByRows,
  };
}

/**
 * Why no signal was found, as a sentence that goes on: that there is none, or too little in so few rows.
 * @param nothing what the experts are no better than, where there is none
 */
export function explainNoSignal({ gain, standardError, rows }: LabelSignal, nothing: string): string {
  if (!(gain > deviations * standardError)) {
    return `The features say nothing about these labels: ${nothing}, and no row is listed by its suspicion. `;
  }
  return (
    'What the features say about these labels cannot be told from chance: ' +
    `it gains ${(gain * rows).toFixed(1)} nats over all rows, and what is chosen by the same rows may bring ${chosenByRows}. No row is listed by its suspicion. `
  );
}

const largestStrength = 4;
const strengthSteps = 60;

/**
 * For a row of each class: the log-probability of its label by the frequencies without it, to the power of the strength
 * that suits all rows best (concave: thirds of the interval). O(C) a step.
 */
function pooledFrequencies(sizes: Int32Array): Float64Array {
  let low = 0;
  let high = largestStrength;
  for (let step = 0; step < strengthSteps; step++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (sumOver(sizes, logPowers(sizes, a)) < sumOver(sizes, logPowers(sizes, b))) low = a;
    else high = b;
  }
  return logPowers(sizes, (low + high) / 2);
}

function logPowers(sizes: Int32Array, strength: number): Float64Array {
  const even = 1 / sizes.length;
  let sum = 0;
  for (const size of sizes) sum += (size + even) ** strength;
  return Float64Array.from(sizes, (size) => {
    const own = Math.max(size - 1, 0) + even;
    return strength * Math.log(own) - Math.log(sum - (size + even) ** strength + own ** strength);
  });
}

function sumOver(sizes: Int32Array, logs: Float64Array): number {
  return logs.reduce((sum, log, c) => sum + sizes[c] * log, 0);
}

/** What of suspicions is changed where they cannot be trusted; entry i belongs to row i. */
interface Sizes {
  readonly suspicion: Float64Array;
  readonly logOdds: Float64Array;
  readonly suggested: Int32Array;
}

/** The largest suspicion of a row where the features tell nothing: below every threshold that lists rows by default. */
const largestWithoutSignal = 0.1;
/**
 * More wrong labels than this, and what the noise model calls errors is the overlap of the classes: nothing could tell
 * the two apart.
 */
const mostWrong = 0.4;
/** Share of the labelled rows that stays listed then: the most suspicious ones. */
const listedShare = 0.1;

/**
 * Suspicions where nothing was learnt: the order stays, every one of them at most {@link largestWithoutSignal}, and no
 * label is suggested instead of a given one. Changes the arrays in place. O(n).
 */
export function withdrawSuspicions(sizes: Sizes, labels: Int32Array): void {
  const { logOdds } = sizes;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0 && logOdds[i] > largest) largest = logOdds[i];
  shiftLogOdds(sizes, labels, Math.log(largestWithoutSignal / (1 - largestWithoutSignal)) - largest);
}

/**
 * Where classes overlap so much that the noise model explains most labels as errors, its sizes are worth nothing, and
 * its order is all there is: they are lowered until a tenth of the labelled rows is at ½ or above. Changes the arrays
 * in place; O(n log n) where it does.
 * @returns the share of wrong labels the noise model asked for, or null when it asked for no more than can be
 */
export function holdBackSuspicions(sizes: Sizes, labels: Int32Array, weights: Float64Array): number | null {
  const { suspicion, logOdds } = sizes;
  let rows = 0;
  let expected = 0;
  let listed = 0;
  for (let i = 0; i < labels.length; i++) {
    if (weights[i] === 0) continue;
    rows++;
    expected += suspicion[i];
    if (suspicion[i] >= listedFrom) listed++;
  }
  const share = Math.max(expected, listed) / rows;
  if (!(share > mostWrong)) return null;
  const sorted = logOdds.filter((_, i) => weights[i] !== 0).sort();
  const first = sorted[rows - 1 - Math.floor(listedShare * rows)];
  // Just below ½ for the first row that is not listed.
  if (first >= 0) shiftLogOdds(sizes, labels, -first - 1e-9 * Math.max(1, Math.abs(first)));
  return share;
}

/** A suggestion stays only where its row is still more likely wrong than not. */
function shiftLogOdds({ suspicion, logOdds, suggested }: Sizes, labels: Int32Array, shift: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] < 0) continue;
    logOdds[i] += shift;
    suspicion[i] = 1 / (1 + Math.exp(-logOdds[i]));
    if (suspicion[i] < listedFrom) suggested[i] = labels[i];
  }
}
