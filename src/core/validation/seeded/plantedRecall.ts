/** How well an order of rows finds the planted ones. */
interface PlantedRecall {
  /** Share of the planted rows among the first rows, for each share of the rows asked for. */
  readonly found: number[];
  /** Mean over the planted rows of the share of planted ones among those up to them: 0 … 1. */
  readonly averagePrecision: number;
}

/**
 * Of rows ordered by falling scores (NaN last). Rows with equal scores are in no order: what is expected of a random
 * one is told. O(m log m) in the rows.
 */
export function measurePlantedRecall(
  scores: ArrayLike<number>,
  rows: Int32Array,
  planted: ReadonlySet<number>,
  shares: readonly number[],
): PlantedRecall {
  const scoreOf = (row: number): number => (Number.isNaN(scores[row]) ? -Infinity : scores[row]);
  const order = rows.slice().sort((a, b) => {
    const [one, other] = [scoreOf(a), scoreOf(b)];
    return one === other ? 0 : other > one ? 1 : -1;
  });
  /** Planted rows expected among the first rows, by their number. */
  const cumulated = new Float64Array(order.length + 1);
  let precisions = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && scoreOf(order[end]) === scoreOf(order[start])) end += 1;
    const size = end - start;
    let hits = 0;
    for (let at = start; at < end; at++) if (planted.has(order[at])) hits += 1;
    const before = cumulated[start];
    for (let k = 0; k < size; k++) {
      cumulated[start + k + 1] = before + (hits * (k + 1)) / size;
      // A planted row at this place has so many of the others of its group before it.
      const among = size === 1 ? 0 : (k * (hits - 1)) / (size - 1);
      if (hits > 0) precisions += ((hits / size) * (before + among + 1)) / (start + k + 1);
    }
    start = end;
  }
  const total = cumulated[order.length];
  const found = shares.map((share) => {
    const at = Math.min(order.length, Math.max(0, share * order.length));
    const whole = Math.min(order.length - 1, Math.floor(at));
    if (total === 0 || whole < 0) return 0;
    return (cumulated[whole] + (at - whole) * (cumulated[whole + 1] - cumulated[whole])) / total;
  });
  return { found, averagePrecision: total === 0 ? 0 : precisions / total };
}
