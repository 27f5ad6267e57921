import { reachOfRight } from '../../ranking/numbers/errorMixture';
import { fromScale } from '../../ranking/numbers/labelScale';
import type { Judgement, ScaledLabels } from './judgeNumbers';

interface SuggestedNumbers {
  /** n: half the interval, on the scale. */
  readonly reach: Float64Array;
  /** n: the pooled prediction. */
  readonly value: Float64Array;
  /** n: bounds of the interval that holds nine right labels in ten. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * What rows like each one suggest, rounded to what the interval is worth; no further than that it differs from the
 * given label where the prediction does. O(n).
 */
export function suggestNumbers(
  { predictions, residuals, mixture }: Pick<Judgement, 'predictions' | 'residuals' | 'mixture'>,
  { scale }: Pick<ScaledLabels, 'scale'>,
  labels: Float64Array,
): SuggestedNumbers {
  const reach = residuals.local.map((local) => reachOfRight(mixture, local));
  const value = new Float64Array(predictions.length);
  const low = value.slice();
  const high = value.slice();
  for (let i = 0; i < value.length; i++) {
    const [from, to] = [fromScale(scale, predictions[i] - reach[i]), fromScale(scale, predictions[i] + reach[i])];
    const predicted = fromScale(scale, predictions[i]);
    const rounded = roundTo(predicted, to - from);
    value[i] = rounded === labels[i] ? predicted : rounded;
    low[i] = roundTo(from, to - from);
    high[i] = roundTo(to, to - from);
  }
  return { reach, value, low, high };
}

/** To a decimal place that is a hundredth to a thousandth of the width. */
function roundTo(value: number, width: number): number {
  if (!(width > 0)) return value;
  const place = Math.floor(Math.log10(width)) - 2;
  const unit = 10 ** Math.abs(place);
  const rounded = place < 0 ? Math.round(value * unit) / unit : Math.round(value / unit) * unit;
  return Number.isFinite(rounded) ? rounded : value;
}
