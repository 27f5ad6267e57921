import { BugError } from '../base/errors';
import type { HeadKind } from '../models/headKind';

/**
 * What each feature of a row adds to the logit of class `a` over that of class `b`: x_j·(θ_a − θ_b)_j, d numbers whose
 * sum is the margin of the two. `theta` is K×d in the coordinates of the features (the logistic head: d numbers, the
 * logit of class 1). Of centred features it is what the value adds compared with the mean row. O(d).
 */
export function featureContributions(
  { kind, theta }: { readonly kind: Exclude<HeadKind, 'ridge'>; readonly theta: Float64Array },
  x: Float64Array,
  a: number,
  b: number,
): Float64Array {
  const d = x.length;
  if (theta.length % d !== 0) throw new BugError(`A head of ${theta.length} parameters for ${d} features.`);
  if (kind === 'logistic') return x.map((value, j) => (a - b) * value * theta[j]);
  return x.map((value, j) => value * (theta[a * d + j] - theta[b * d + j]));
}
