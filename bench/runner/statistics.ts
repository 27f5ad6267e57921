/** The middle value; of an even number of values the mean of the two in the middle. NaN without values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface RatioOfTimes {
  /** Median of the peer's times / median of Assay's: above 1 = Assay is faster. */
  readonly ratio: number;
  /** Smallest and largest ratio of two times of one round: how far the machine's noise moves it. */
  readonly range: readonly [number, number];
}

/** `own[r]` and `peer[r]` are the seconds of round r. */
export function ratioOfTimes(own: readonly number[], peer: readonly number[]): RatioOfTimes {
  const byRound = peer.slice(0, own.length).map((seconds, round) => seconds / own[round]);
  return { ratio: median(peer) / median(own), range: [Math.min(...byRound), Math.max(...byRound)] };
}

/** b of the least-squares line log(seconds) = a + b·log(rows): time grows as rows^b. NaN for fewer than two sizes. */
export function growthExponent(points: readonly { readonly rows: number; readonly seconds: number }[]): number {
  if (new Set(points.map(({ rows }) => rows)).size < 2) return Number.NaN;
  const x = points.map(({ rows }) => Math.log(rows));
  const y = points.map(({ seconds }) => Math.log(seconds));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, at) => sum + (value - mx) * (y[at] - my), 0);
  return covariance / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}
