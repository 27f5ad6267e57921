import { InputError } from '../../base/errors';
import { formatCount, formatPlural } from '../../base/format';
import { dot } from '../../base/vectors';
import { countOfWeight } from '../../base/weights';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import { reportTrust, setTrust } from '../trust/trustReport';
import type { MethodEffects, ModelTrust, TrustReport } from '../trust/trustTypes';
import { findAdaptiveSubset } from './adaptiveSubset';
import type { ChangingSet } from './changingSet';
import { findChangingSet } from './changingSet';
import { effectsOnGradient, topPlaces } from './rankRowsByEffect';
import { predictRow } from './rowPrediction';
import { estimateSet } from './setEstimates';
import { logitDifferenceTarget } from './setTarget';

/** Sets of at most this many rows are tried by default, … */
const defaultLimit = 1000;
/** … or of this share of the training rows where that is more. */
const defaultLimitShare = 0.1;
/** The adaptive ranking goes on for this share beyond the row at which its own head flips. */
const adaptiveReserve = 0.25;
/** Looks at all effects, and refits, until the size that the sum of effects suggests. */
const adaptiveBatches = 128;
const adaptiveRefits = 12;

/**
 * How rows are ranked: by their single RIF effects on the margin, or adaptively, with Newton updates (smaller sets,
 * more work).
 */
export type FlipRanking = 'rif' | 'adaptive';

export interface FlipOptions {
  /** Any row of the features, labelled or not. */
  readonly row: number;
  readonly ranking: FlipRanking;
  readonly rifCoefficients: Float64Array;
  readonly trust: ModelTrust;
  /** Default: 1,000 rows or a tenth of the training rows, whichever is more. */
  readonly limit?: number | undefined;
  readonly onBlock?: OnBlock | undefined;
  readonly onFit?: ((fit: number, size: number) => void) | undefined;
}

/** The smallest set found whose removal changes the predicted class of a row. */
export interface SmallestFlip {
  readonly row: number;
  readonly predicted: number;
  readonly runnerUp: number;
  /** z_predicted − z_runnerUp at θ̂. */
  readonly margin: number;
  /** Whether a set was found. */
  readonly flips: boolean;
  /** The set, in the order of the ranking; empty when none was found. */
  readonly rows: Int32Array;
  /**
   * After retraining without `rows` (without the largest set tried when none was found): predicted class, and
   * z_predicted − z_runnerUp of before.
   */
  readonly predictedAfter: number;
  readonly marginAfter: number;
  /** Change of z_predicted − z_runnerUp without `rows`, by each method; null when none was found. */
  readonly estimated: MethodEffects | null;
  /** The size that Newton steps alone would have given. */
  readonly sizeByNewton: number | null;
  readonly largestTried: number;
  readonly fits: number;
  /** For people. */
  readonly summary: string;
  readonly trust: TrustReport;
}

/**
 * How many, and which, training rows would have to go to flip this prediction. Rows are ranked by how much they hold up
 * the predicted class against the runner-up; the set returned flips the prediction by retraining, and with one row less
 * of the ranking it does not. It is the smallest along this ranking: a smaller set of other rows is not excluded.
 * Source: Yang et al., EACL 2023 ("How Many and Which Training Points Would Need to be Removed to Flip this
 * Prediction?"); adaptive ranking: Hu et al. 2024.
 */
export function findSmallestFlip(model: FittedModel, options: FlipOptions): SmallestFlip {
  const { row, rifCoefficients, onBlock } = options;
  const prediction = predictRow(model, row);
  const { predicted, runnerUp, margin } = prediction;
  const { weights } = model.problem;
  const trainRows = countOfWeight(weights);
  const limit = Math.min(
    trainRows - 1,
    options.limit ?? Math.max(defaultLimit, Math.floor(defaultLimitShare * trainRows)),
  );
  if (!(limit >= 1))
    throw new InputError(`The largest set to try must have at least one row, not ${options.limit ?? 0}.`);
  const target = logitDifferenceTarget(model, row, predicted, runnerUp);
  const effects = effectsOnGradient(model, target.gradientAt(model), rifCoefficients, onBlock);
  const supporting = topPlaces(effects, limit, 'lower', (at) => weights[at] !== 0 && effects[at] < 0);
  const guess = sizeBySum(effects, supporting, margin);
  const holds = (change: Float64Array): boolean => prediction.classAt(change) !== predicted;
  const adaptive =
    options.ranking === 'adaptive' ? rankAdaptively(model, prediction, options, limit, guess) : undefined;
  const seek = (ranking: Int32Array, first: number): ChangingSet =>
    findChangingSet(model, { ranking, holds, guess: first, limit, onBlock, onFit: options.onFit });
  let found =
    adaptive === undefined
      ? seek(supporting, guess)
      : seek(adaptive, Math.ceil(adaptive.length / (1 + adaptiveReserve)));
  if (found.rows === null && adaptive !== undefined && adaptive.length < supporting.length) {
    // The adaptive ranking ends soon after its own head has flipped, which may be long before the retrained one does.
    const { fits } = found;
    const wider = seek(supporting, adaptive.length);
    found = { ...wider, fits: fits + wider.fits };
  }
  const rows = found.rows ?? new Int32Array(0);
  const marginAfter = prediction.differenceAt(found.change, predicted, runnerUp);
  const estimates = found.rows === null ? undefined : estimateSet(model, rows, onBlock);
  const estimated =
    estimates === undefined
      ? null
      : {
          if: target.evaluate(estimates.if.change),
          rif: target.evaluate(estimates.rif.change),
          newton: estimates.newton === undefined ? null : target.evaluate(estimates.newton.change),
        };
  const measured = estimated === null ? undefined : { name: target.name, value: target.value, effects: estimated };
  const set = estimates === undefined ? null : setTrust(model, { rows, changes: estimates, measured, onBlock });
  return {
    row,
    predicted,
    runnerUp,
    margin,
    flips: found.rows !== null,
    rows,
    predictedAfter: prediction.classAt(found.change),
    marginAfter,
    estimated,
    sizeByNewton: found.byNewton,
    largestTried: found.tried,
    fits: found.fits,
    summary:
      found.rows === null
        ? `No set of up to ${formatPlural(found.tried, 'row')} flips this prediction: retrained without ${found.tried === 1 ? 'the one' : `the ${formatCount(found.tried)}`} that hold${found.tried === 1 ? 's' : ''} it up most, its margin is ` +
          `${marginAfter.toPrecision(3)} (with them ${margin.toPrecision(3)}).`
        : `Without ${formatPlural(rows.length, 'row')} (${percent(rows.length / trainRows)} of the training rows) the prediction flips; ` +
          'verified by retraining, and with one row less along the ranking it does not.',
    trust: reportTrust(options.trust, set),
  };
}

/** The size at which the sum of the ranking's effects uses up the margin; its length when it never does. */
function sizeBySum(effects: Float64Array, ranking: Int32Array, margin: number): number {
  let left = margin;
  for (let at = 0; at < ranking.length; at++) {
    left += effects[ranking[at]];
    if (left < 0) return at + 1;
  }
  return Math.max(1, ranking.length);
}

/**
 * Adaptive greedy until its own head has flipped, and somewhat further: its head is near, not at, the retrained one.
 */
function rankAdaptively(
  model: FittedModel,
  { row, predicted, runnerUp }: ReturnType<typeof predictRow>,
  options: FlipOptions,
  limit: number,
  guess: number,
): Int32Array {
  const target = logitDifferenceTarget(model, row, predicted, runnerUp);
  const gradient = target.gradientAt(model);
  let flippedAt: number | undefined;
  let found = 0;
  const { rows, effects } = findAdaptiveSubset(model, target, {
    size: limit,
    direction: 'lower',
    batch: Math.ceil(guess / adaptiveBatches),
    refitEvery: Math.ceil(guess / adaptiveRefits),
    rifCoefficients: options.rifCoefficients,
    onBlock: options.onBlock,
    onRows: (rowsFound) => {
      found = rowsFound;
    },
    enough: ({ theta }) => {
      const left = dot(theta, gradient);
      if (flippedAt === undefined && left < 0) flippedAt = found;
      return flippedAt !== undefined && found >= Math.ceil((1 + adaptiveReserve) * flippedAt);
    },
  });
  // Rows chosen for want of better ones, which hold nothing up, are no part of it.
  const end = effects.findIndex((effect) => effect >= 0);
  return end < 0 ? rows : rows.slice(0, end);
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}
