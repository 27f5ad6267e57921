import type { LabelBeliefs } from '../influence/measurements/measuredLabels';

/** How the labels that somebody gave go with what these are believed to be. */
interface BelievedConfusion {
  /** C×C, expected rows: believed class × given class, row-major. */
  readonly counts: Float64Array;
  readonly classes: number;
}

/**
 * Expected confusions of the given labels of rows: one of suspicion s counts 1 − s where the label is right, and s
 * where the believed class is the likeliest other one. Labels must be class numbers. O(rows).
 */
export function believedConfusion(
  { suspicion, others }: Pick<LabelBeliefs, 'suspicion' | 'others'>,
  labels: ArrayLike<number>,
  rows: Iterable<number>,
  classes: number,
): BelievedConfusion {
  const counts = new Float64Array(classes * classes);
  for (const row of rows) {
    const given = labels[row];
    const other = others[row];
    const wrong = other >= 0 ? Math.min(1, Math.max(0, suspicion[row])) : 0;
    counts[given * classes + given] += 1 - wrong;
    if (wrong > 0) counts[other * classes + given] += wrong;
  }
  return { counts, classes };
}

/**
 * Cohen's κ between given and believed labels: (p_o − p_e)/(1 − p_e), 1 = all are believed right, 0 = as many as by
 * chance with the same shares of classes. NaN where one class is all there is. Cohen (1960).
 */
export function kappaOf({ counts, classes: C }: BelievedConfusion): number {
  let total = 0;
  let same = 0;
  const believed = new Float64Array(C);
  const given = new Float64Array(C);
  for (let t = 0; t < C; t++) {
    for (let g = 0; g < C; g++) {
      const count = counts[t * C + g];
      total += count;
      believed[t] += count;
      given[g] += count;
      if (t === g) same += count;
    }
  }
  let byChance = 0;
  for (let c = 0; c < C; c++) byChance += (believed[c] / total) * (given[c] / total);
  return byChance >= 1 ? Number.NaN : (same / total - byChance) / (1 - byChance);
}
