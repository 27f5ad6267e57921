import { quantile } from '../../base/statistics';
import { type LabelSignal, signalOf } from '../suspicion/labelSignal';
import { type ErrorMixture, fitErrorMixture, logDensity, type Residuals } from './errorMixture';

/**
 * How much likelier the labels are around the experts' predictions than around one number, either way with errors as a
 * mixture of their own: the model of no feature at all. That number is the median, or the mean of what experts learn
 * from without the row itself, whichever makes the labels likelier. O(n log n) beside the mixtures' fits.
 *
 * @param targets n labels on the scale of the residuals
 * @param train n: rows that experts learnt from
 * @param rows labelled ones, ascending
 */
export function measureNumberSignal(
  targets: Float64Array,
  residuals: Residuals,
  mixture: ErrorMixture,
  { rows, train }: { readonly rows: Int32Array; readonly train: Float64Array },
  onStep?: () => void,
): LabelSignal {
  const { baseline, plain } = [aroundTheMean(targets, rows, train), aroundTheMedian(targets, rows)]
    .map((residuals) => ({ baseline: residuals, plain: fitErrorMixture(residuals, rows, onStep) }))
    .reduce((best, one) => (sumLogDensity(one, rows) > sumLogDensity(best, rows) ? one : best));
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
  return signalOf({ rows: rows.length, probability: predicted, frequency, squares });
}

interface Baseline {
  readonly baseline: Residuals;
  readonly plain: ErrorMixture;
}

function sumLogDensity({ baseline, plain }: Baseline, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += logDensity(plain, baseline.values[row], 1);
  return sum;
}

/** Each label less the mean of the others that train. */
function aroundTheMean(targets: Float64Array, rows: Int32Array, train: Float64Array): Residuals {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    if (train[row] === 0) continue;
    sum += targets[row];
    count++;
  }
  return around(targets, rows, (row) =>
    train[row] === 0 ? sum / count : (sum - targets[row]) / Math.max(1, count - 1),
  );
}

function aroundTheMedian(targets: Float64Array, rows: Int32Array): Residuals {
  const middle = quantile(
    Float64Array.from(rows, (row) => targets[row]),
    0.5,
  );
  return around(targets, rows, () => middle);
}

function around(targets: Float64Array, rows: Int32Array, middle: (row: number) => number): Residuals {
  const values = new Float64Array(targets.length).fill(Number.NaN);
  for (const row of rows) values[row] = targets[row] - middle(row);
  return { values, local: new Float64Array(targets.length).fill(1) };
}
