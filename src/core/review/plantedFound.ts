import type { Estimate } from './drawCounts';
import type { PlantedFound } from './missedRows';
import { wilsonInterval } from './wilson';

/** Errors planted in one copy, and trusted rows in all, by suspicion. */
interface PlantedCopy {
  readonly planted: number;
  /** Planted rows with a suspicion of 0, 0.01, …, 1 or more. */
  readonly found: readonly number[];
  /** The same of all trusted rows. */
  readonly listed: readonly number[];
}

/** Planted rows of a copy with at least this suspicion; between hundredths by the straight line. */
export function countFound({ planted, found }: PlantedCopy, suspicion: number): PlantedFound {
  return { planted, found: Math.round(between(found, suspicion)) };
}

/** Share of the planted errors with at least this suspicion, of all copies together, with its Wilson interval. */
export function shareFound(copies: readonly PlantedCopy[], suspicion: number): Estimate | null {
  const counts = copies.map((copy) => countFound(copy, suspicion));
  const planted = counts.reduce((sum, one) => sum + one.planted, 0);
  const found = counts.reduce((sum, one) => sum + one.found, 0);
  return planted === 0 ? null : { value: found / planted, ...wilsonInterval(found, planted) };
}

/** Trusted rows with at least this suspicion, mean over the copies. */
export function meanListed(copies: readonly PlantedCopy[], suspicion: number): number {
  return copies.reduce((sum, { listed }) => sum + between(listed, suspicion), 0) / copies.length;
}

/** What a curve says at a share of the rows, by the straight line; null: beyond what was measured. */
export function foundAt(
  { shares, found }: { readonly shares: readonly number[]; readonly found: readonly number[] },
  share: number,
): number | null {
  const after = shares.findIndex((one) => one >= share);
  const [x, y] = [shares[after], found[after]];
  if (x === undefined || y === undefined) return null;
  const [x0, y0] = [shares[after - 1], found[after - 1]];
  return x0 === undefined || y0 === undefined ? y : y0 + ((share - x0) / (x - x0)) * (y - y0);
}

function between(counts: readonly number[], suspicion: number): number {
  const at = 100 * Math.min(1, Math.max(0, suspicion));
  const below = Math.floor(at);
  const [one = 0, other = one] = [counts[below], counts[below + 1]];
  return one + (at - below) * (other - one);
}
