import { quantile } from '../base/statistics';

/** Every score of an issue is ½ where the issue begins: from there on the row has it as a reason. */
export const issueFrom = 0.5;

/** A limit that does not depend on the data: the score is 0 at `none`, ½ at `limit`, 1 at `worst`, linear between. */
export interface AbsoluteLimit {
  readonly none: number;
  readonly limit: number;
  readonly worst: number;
}

/** 0–1; NaN of NaN. */
export function beyondLimit(value: number, { none, limit, worst }: AbsoluteLimit): number {
  const towards = (value - none) / (limit - none);
  if (towards < 1) return issueFrom * Math.max(0, towards);
  const beyond = (value - limit) / (worst - limit);
  return issueFrom + (1 - issueFrom) * Math.min(1, beyond);
}

/** What is far from most others. */
export interface Fence {
  readonly side: 'low' | 'high' | 'both';
  /** Distance from the nearer quartile in interquartile ranges at which the score is ½: Tukey's 1.5 or 3. */
  readonly reach: number;
  /** The interquartile range counts for at least so much: where nearly all are alike, small differences are not odd. */
  readonly leastSpread: number;
}

/**
 * How far values lie outside the quartiles of all of them, e interquartile ranges: e / (e + reach), so 0 between the
 * quartiles, ½ on the fence, towards 1 far outside. NaN of NaN. What more than a quarter of the values are is never
 * odd. O(n). Source: Tukey, "Exploratory Data Analysis", 1977.
 */
export function outsideFence(values: Float64Array, { side, reach, leastSpread }: Fence): Float64Array {
  const low = quantile(values, 0.25);
  const high = quantile(values, 0.75);
  const spread = Math.max(high - low, leastSpread);
  return values.map((value) => {
    const below = side === 'high' ? 0 : (low - value) / spread;
    const above = side === 'low' ? 0 : (value - high) / spread;
    const outside = Math.max(0, below, above);
    return outside / (outside + reach);
  });
}
