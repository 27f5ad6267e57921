import type { ExtremeValue, NumberTally } from './numberTally';

interface SuspectValue {
  readonly extreme: ExtremeValue;
  /** Cells between which the others lie, as the file spells them. */
  readonly from: string;
  readonly to: string;
  /** It looks like what programs write for missing: -999, 9999, 1e30, … */
  readonly isMarker: boolean;
}

/** Values needed to say what is usual. */
const leastValues = 10;
/**
 * So many interquartile ranges beyond the quartiles, a number that looks like a marker is one, and any other decides
 * the scale alone.
 */
const markerDistance = 10;
const outlierDistance = 1000;
const knownMarkers: ReadonlySet<number> = new Set([
  ...[2147483647, -2147483648, 2147483648, 4294967295, 32767, -32768, 65535, -2147483647],
  ...[
    9223372036854775807, -9223372036854775808, 1e20, -1e20, 1e30, -1e30, 1e31, 1e34, 1e36, 1e37, -1e37, 1e99, 1e100,
    -1e100,
  ],
]);

/**
 * Extreme values that most likely are no measurements, or make the others look alike: the farthest first, at most the
 * extremes kept at either end.
 */
export function findSuspects(tally: NumberTally): SuspectValue[] {
  const { sample } = tally;
  if (sample.length < leastValues) return [];
  const quartile = (share: number): number => sample[Math.floor(share * (sample.length - 1))] ?? 0;
  const [lower, upper] = [quartile(0.25), quartile(0.75)];
  const spread = spreadOf(sample, upper - lower);
  if (!(spread > 0)) return [];
  const distance = ({ value }: ExtremeValue): number =>
    value > upper ? value / spread - upper / spread : lower / spread - value / spread;
  const isSuspect = (extreme: ExtremeValue): boolean => {
    const far = distance(extreme);
    return far > outlierDistance || (far > markerDistance && looksLikeMarker(extreme));
  };
  const low = ordinary(tally.low, isSuspect);
  const high = ordinary(tally.high, isSuspect);
  const suspects = [...tally.low, ...tally.high].filter(isSuspect).sort((a, b) => distance(b) - distance(a));
  return suspects.map((extreme) => ({
    extreme,
    from: low ?? String(lower),
    to: high ?? String(upper),
    isMarker: looksLikeMarker(extreme),
  }));
}

/** The interquartile range; where more than half of the values are the same, the range of what is not extreme. */
function spreadOf(sample: readonly number[], quartiles: number): number {
  if (quartiles > 0) return quartiles;
  const at = (share: number): number => sample[Math.floor(share * (sample.length - 1))] ?? 0;
  return at(0.95) - at(0.05);
}

function ordinary(
  extremes: readonly ExtremeValue[],
  isSuspect: (extreme: ExtremeValue) => boolean,
): string | undefined {
  return extremes.find((extreme) => !isSuspect(extreme))?.text.trim();
}

/**
 * Nines only (-99, 999, 9999.99), the same digit again and again (-8888), or the largest number of some type; more than
 * once, or huge.
 */
function looksLikeMarker({ value, count }: ExtremeValue): boolean {
  const size = Math.abs(value);
  if (knownMarkers.has(value) || size > 1e300 || Math.abs(size - 3.4028234663852886e38) < 1e33) return true;
  const digits = String(size).replace('.', '');
  return count > 1 && (/^9{2,}$/.test(digits) || /^(\d)\1{2,}0*$/.test(digits));
}
