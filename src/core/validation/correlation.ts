import { median } from '../base/statistics';
/**
 * How well predicted changes agree with actual ones (docs/mathematics.md, "How estimates compare with retraining"). All
 * take two arrays of the same length, predicted first; pairs with a NaN on either side are left out.
 */

/** Agreement over the pairs of one group. NaN (null in JSON) where a figure is not defined. */
export interface Agreement {
  /** Pairs that both have a number. */
  readonly pairs: number;
  /** −1 … 1; NaN where either side does not vary. */
  readonly pearson: number;
  /** The same of the ranks. */
  readonly spearman: number;
  /**
   * Of the regression line of predicted (ordinate) against actual (abscissa); below 1 = the effect is understated. NaN
   * where actual does not vary.
   */
  readonly slope: number;
  /** Median of |predicted − actual| / |actual| over the pairs whose actual change is not 0; NaN without any. */
  readonly medianRelativeError: number;
  /** ‖predicted − actual‖₂ / ‖actual‖₂ over the pairs; NaN where no actual change differs from 0. */
  readonly relativeError: number;
}

/** All figures of agreement. O(m log m) for m pairs. */
export function measureAgreement(predicted: ArrayLike<number>, actual: ArrayLike<number>): Agreement {
  const pairs = completePairs(predicted, actual);
  return {
    pairs: pairs.x.length,
    pearson: pearson(pairs.x, pairs.y),
    spearman: spearman(pairs.x, pairs.y),
    slope: slopeAgainst(pairs.x, pairs.y),
    medianRelativeError: medianRelativeError(pairs.x, pairs.y),
    relativeError: relativeError(pairs.x, pairs.y),
  };
}

function completePairs(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): { readonly x: number[]; readonly y: number[] } {
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < predicted.length; i++) {
    if (Number.isNaN(predicted[i]) || Number.isNaN(actual[i])) continue;
    x.push(predicted[i]);
    y.push(actual[i]);
  }
  return { x, y };
}

interface Moments {
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

/** Sums of squares and products about the means; two passes, so that a large common offset costs no digits. */
function centredMoments(x: ArrayLike<number>, y: ArrayLike<number>): Moments {
  const m = x.length;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < m; i++) {
    meanX += x[i] / m;
    meanY += y[i] / m;
  }
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < m; i++) {
    const dx = x[i] - meanX;
    const dy = y[i] - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return { xx: varies(x) ? xx : 0, yy: varies(y) ? yy : 0, xy };
}

/** Equal numbers have no variance, even where their mean is rounded. */
function varies(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return true;
  return false;
}

/** Pearson's r, −1 … 1; NaN with fewer than two pairs or where either side does not vary. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const { xx, yy, xy } = centredMoments(x, y);
  if (xx === 0 || yy === 0) return Number.NaN;
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/** Spearman's ρ: Pearson's r of the ranks, equal values sharing the mean of theirs. NaN as {@link pearson}. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(meanRanks(x), meanRanks(y));
}

/** Ranks from 1 (smallest); equal values get the mean of the ranks they fill. O(m log m). */
export function meanRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let at = from; at < to; at++) ranks[order[at]] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Slope of the least-squares line of `predicted` on `actual` (with intercept); NaN where `actual` does not vary. */
export function slopeAgainst(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const { yy, xy } = centredMoments(predicted, actual);
  return yy === 0 ? Number.NaN : xy / yy;
}

/** Median of |predicted − actual| / |actual|, pairs without an actual change left out; NaN without any. */
export function medianRelativeError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const errors: number[] = [];
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] !== 0) errors.push(Math.abs(predicted[i] - actual[i]) / Math.abs(actual[i]));
  }
  return median(errors);
}

/** ‖predicted − actual‖₂ / ‖actual‖₂; NaN where `actual` is 0 throughout. Large changes decide, not the median one. */
export function relativeError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let missed = 0;
  let all = 0;
  for (let i = 0; i < actual.length; i++) {
    missed += (predicted[i] - actual[i]) ** 2;
    all += actual[i] ** 2;
  }
  return all === 0 ? Number.NaN : Math.sqrt(missed / all);
}
