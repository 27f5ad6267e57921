import type { Spread } from '../../../../contract/review';

/** What a range filter asks for; null: open on that side. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** Where bin `bin` begins; `bin` = the number of bins: where the last one ends. */
export function edgeOfBin({ low, high, counts }: Spread, bin: number): number {
  return bin >= counts.length ? high : low + (bin * (high - low)) / counts.length;
}

/** Where a value stands between the smallest and the largest one, 0 to 1. */
export function placeOf({ low, high }: Spread, value: number): number {
  return high === low ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** The edge nearest to a place from 0 to 1. */
export function boundAt(spread: Spread, place: number): number {
  const bins = spread.counts.length;
  return edgeOfBin(spread, Math.round(Math.min(1, Math.max(0, place)) * bins));
}

/** The bounds after one of them is moved; at its end it asks for nothing, and it stops at the other one. */
export function moveBound({ low, high }: Spread, bounds: Bounds, side: keyof Bounds, value: number): Bounds {
  if (side === 'min') {
    const min = Math.min(value, bounds.max ?? high);
    return { ...bounds, min: min <= low ? null : min };
  }
  const max = Math.max(value, bounds.min ?? low);
  return { ...bounds, max: max >= high ? null : max };
}

/** Whether the middle of a bin lies within the bounds. */
export function binsWithin(spread: Spread, { min, max }: Bounds): (bin: number) => boolean {
  return (bin) => {
    const middle = (edgeOfBin(spread, bin) + edgeOfBin(spread, bin + 1)) / 2;
    return (min === null || middle >= min) && (max === null || middle <= max);
  };
}
