import { createRandom } from '../../base/random';
import type { FittedModel } from '../fittedModel';
import { effectsOnGradient } from './rankRowsByEffect';
import { predictRow } from './rowPrediction';
import { logitDifferenceTarget } from './setTarget';

const randomSets = 200;
/** Other rows looked at: as many as this work allows, in multiplications, … */
const comparisonWork = 2e10;
/** … but so many at least and at most. */
const fewestOthers = 10;
const mostOthers = 100;

/**
 * How a flip compares: whether as few rows flip other predictions, and whether any as many rows would flip this one.
 * All by sums of single RIF effects on the margin over the runner-up, which are cheap and alike for all; the exact size
 * of a flip is that of `SmallestFlip`.
 */
export interface FlipComparison {
  /** Training rows that the prediction rests on; null: removing all that hold it up does not flip it. */
  readonly size: number | null;
  /** Other predictions that were looked at, drawn at random from the rows compared with. */
  readonly others: number;
  /** Those that flip without `size` rows or fewer. */
  readonly asFew: number;
  /** Median size of the others, where those that never flip are larger than any; null: the median never flips. */
  readonly median: number | null;
  /** Random sets of `setSize` training rows, as many as the flip has, and those that flip the prediction too. */
  readonly setSize: number;
  readonly randomSets: number;
  readonly randomFlips: number;
}

interface FlipComparisonOptions {
  readonly row: number;
  /** Rows whose predictions are compared with, usually validation rows; `row` itself is left out. */
  readonly candidates: Int32Array;
  /** Rows of a random set. */
  readonly setSize: number;
  readonly rifCoefficients: Float64Array;
  readonly seed: number;
  readonly onShare?: ((share: number) => void) | undefined;
}

/**
 * Beside which other predictions, and which random removals, a flip is to be seen: O(n·d·K + p² + n log n) for each of
 * up to 100 other rows.
 */
export function compareFlip(model: FittedModel, options: FlipComparisonOptions): FlipComparison {
  const { row, setSize, rifCoefficients, seed, onShare } = options;
  const { features, parameters } = model.problem;
  const random = createRandom(seed);
  const own = effectsOnMargin(model, row, rifCoefficients);
  const size = rowsToFlip(own.effects, own.margin);
  const candidates = options.candidates.filter((one) => one !== row);
  random.shuffle(candidates);
  const affordable = Math.floor(comparisonWork / (features.rows * parameters));
  const chosen = candidates.slice(0, Math.min(mostOthers, Math.max(fewestOthers, affordable)));
  const sizes = Array.from(chosen, (other, place) => {
    onShare?.(place / chosen.length);
    const { effects, margin } = effectsOnMargin(model, other, rifCoefficients);
    return rowsToFlip(effects, margin) ?? Number.POSITIVE_INFINITY;
  }).sort((a, b) => a - b);
  const middle = sizes[Math.floor((sizes.length - 1) / 2)];
  return {
    size,
    others: sizes.length,
    asFew: size === null ? sizes.length : sizes.filter((one) => one <= size).length,
    median: middle === undefined || middle === Number.POSITIVE_INFINITY ? null : middle,
    setSize,
    randomSets,
    randomFlips: countRandomFlips(model, own, setSize, random),
  };
}

interface MarginEffects {
  readonly margin: number;
  /** n; of removing each row alone on the margin. */
  readonly effects: Float64Array;
}

function effectsOnMargin(model: FittedModel, row: number, rifCoefficients: Float64Array): MarginEffects {
  const { predicted, runnerUp, margin } = predictRow(model, row);
  const gradient = logitDifferenceTarget(model, row, predicted, runnerUp).gradientAt(model);
  return { margin, effects: effectsOnGradient(model, gradient, rifCoefficients) };
}

/** Rows that hold the margin up most, until their effects add up to more than it; null: they never do. */
function rowsToFlip(effects: Float64Array, margin: number): number | null {
  const falling = effects.filter((effect) => effect < 0).sort();
  let left = margin;
  for (let at = 0; at < falling.length; at++) {
    left += falling[at];
    if (left < 0) return at + 1;
  }
  return null;
}

function countRandomFlips(
  { problem: { weights } }: FittedModel,
  { effects, margin }: MarginEffects,
  setSize: number,
  random: ReturnType<typeof createRandom>,
): number {
  const rows: number[] = [];
  weights.forEach((weight, row) => {
    if (weight !== 0) rows.push(row);
  });
  const size = Math.min(setSize, rows.length);
  let flips = 0;
  for (let set = 0; set < randomSets; set++) {
    let left = margin;
    for (let at = 0; at < size; at++) {
      const other = at + random.integer(rows.length - at);
      [rows[at], rows[other]] = [rows[other], rows[at]];
      left += effects[rows[at]];
    }
    if (left < 0) flips += 1;
  }
  return flips;
}
