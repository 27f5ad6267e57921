import type { LabelSignal } from '../suspicion/labelSignal';
import { type ErrorMixture, fitErrorMixture, logDensity, type Residuals } from './errorMixture';

/** Standard errors that a gain must exceed: chance does so in one of some forty datasets. */
const deviations = 2;
/**
 * Nats over all rows that a gain must exceed besides: λ, the experts' weights and the slopes of the spread were chosen
 * by these very rows, which is worth about one nat each where there is nothing to find (Akaike's correction).
 */
const chosenByRows = 6;

/**
 * How much likelier the labels are around the experts' predictions than around the mean of the other labels, either way
 * with errors as a mixture of their own: the model of no feature at all. O(n) beside the mixture's fit.
 *
 * @param targets n labels on the scale of the residuals
 * @param rows labelled ones, ascending
 */
export function measureNumberSignal(
  targets: Float64Array,
  residuals: Residuals,
  mixture: ErrorMixture,
  rows: Int32Array,
  onStep?: () => void,
): LabelSignal {
  const baseline = aroundTheMean(targets, rows);
  const plain = fitErrorMixture(baseline, rows, onStep);
  let predicted = 0;
  let frequency = 0;
  let squares = 0;
  for (const row of rows) {
    const withFeatures = logDensity(mixture, residuals.values[row], residuals.local[row]);
    const without = logDensity(plain, baseline.values[row], 1);
    predicted += withFeatures;
    frequency += without;
    squares += (withFeatures - without) ** 2;
  }
  const count = rows.length;
  const gain = (predicted - frequency) / count;
  const variance = Math.max(0, squares / count - gain * gain) / Math.max(1, count - 1);
  const standardError = Math.sqrt(variance);
  return {
    rows: count,
    meanLogProbability: predicted / count,
    meanLogFrequency: frequency / count,
    gain,
    standardError,
    found: gain > deviations * standardError && gain * count > chosenByRows,
  };
}

/** Each label less the mean of the others. */
function aroundTheMean(targets: Float64Array, rows: Int32Array): Residuals {
  let sum = 0;
  for (const row of rows) sum += targets[row];
  const values = new Float64Array(targets.length).fill(Number.NaN);
  const others = Math.max(1, rows.length - 1);
  for (const row of rows) values[row] = targets[row] - (sum - targets[row]) / others;
  return { values, local: new Float64Array(targets.length).fill(1) };
}
