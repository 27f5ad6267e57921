/** Rows of about the same suspicion. */
interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** In percent; NaN without rows, as is the next. */
  readonly 'mean suspicion (%)': number;
  readonly 'wrong (%)': number;
}

const edges = [0, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1];

/** The share of wrong labels among the rows of about each suspicion. NaN is left out. */
export function reliabilityTable(suspicions: ArrayLike<number>, wrong: ArrayLike<number>): readonly ReliabilityBin[] {
  return edges.slice(1).map((to, at) => {
    const from = edges[at];
    let rows = 0;
    let sum = 0;
    let errors = 0;
    for (let i = 0; i < suspicions.length; i++) {
      const value = suspicions[i];
      if (!(value >= from && (value < to || (to === 1 && value === 1)))) continue;
      rows++;
      sum += value;
      errors += wrong[i];
    }
    const percent = (part: number): number => Number(((100 * part) / rows).toFixed(1));
    return { from, to, rows, 'mean suspicion (%)': percent(sum), 'wrong (%)': percent(errors) };
  });
}
