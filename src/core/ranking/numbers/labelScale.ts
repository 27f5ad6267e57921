import { median } from '../../base/statistics';

/** On what scale numeric labels are compared: as they are, or by their logarithms (only where all are above 0). */
export type LabelScaleKind = 'plain' | 'logarithmic';

/** A monotone map of labels to numbers around 0 with standard deviation 1, and back. */
export interface LabelScale {
  readonly kind: LabelScaleKind;
  /** Of the labels, or of their logarithms. */
  readonly centre: number;
  /** > 0. */
  readonly deviation: number;
}

/** @param values labels; of the logarithmic scale all above 0 */
export function createLabelScale(kind: LabelScaleKind, values: Float64Array): LabelScale {
  const mapped = kind === 'plain' ? values : values.map(Math.log);
  const centre = median(mapped as unknown as number[]);
  let squares = 0;
  for (const value of mapped) squares += (value - centre) ** 2;
  const deviation = Math.sqrt(squares / mapped.length);
  return { kind, centre, deviation: deviation > 0 ? deviation : 1 };
}

export function toScale({ kind, centre, deviation }: LabelScale, value: number): number {
  return ((kind === 'plain' ? value : Math.log(value)) - centre) / deviation;
}

export function fromScale({ kind, centre, deviation }: LabelScale, value: number): number {
  const mapped = centre + deviation * value;
  return kind === 'plain' ? mapped : Math.exp(mapped);
}

/** log |d toScale / d value|: what makes densities on different scales comparable. */
export function logSlope({ kind, deviation }: LabelScale, value: number): number {
  return -Math.log(deviation) - (kind === 'plain' ? 0 : Math.log(value));
}

/** Robust standard deviations from the middle beyond which a target says no more than that it is far away. */
const clipDeviations = 4;
/** Quartiles of normal numbers lie so many standard deviations apart. */
const quartileRange = 1.349;

/**
 * Targets that a few gross errors cannot drag along: clipped at four robust standard deviations (of the quartiles) from
 * the median. NaN stays NaN. O(n log n).
 */
export function clipTargets(targets: Float64Array): Float64Array {
  const sorted = targets.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  const reach = (clipDeviations * (at(0.75) - at(0.25))) / quartileRange;
  if (!(reach > 0)) return targets.slice();
  const low = at(0.5) - reach;
  const high = at(0.5) + reach;
  return targets.map((value) => (value < low ? low : value > high ? high : value));
}
