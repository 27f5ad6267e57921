import { describe, expect, it } from 'vitest';
import { binsWithin, boundAt, edgeOfBin, moveBound, placeOf } from './spreadBounds';

const spread = { low: -1, high: 4, counts: [3, 0, 1, 0, 2], empty: 0 };
const open = { min: null, max: null };

describe('bounds on a spread', () => {
  it('stand on the edges of bins', () => {
    expect([0, 1, 4, 5].map((bin) => edgeOfBin(spread, bin))).toEqual([-1, 0, 3, 4]);
    expect([-0.2, 0.05, 0.45, 0.93, 2].map((place) => boundAt(spread, place))).toEqual([-1, -1, 1, 4, 4]);
    expect([-5, -1, 1.5, 4, 9].map((value) => placeOf(spread, value))).toEqual([0, 0, 0.5, 1, 1]);
    const single = { low: 2, high: 2, counts: [7], empty: 0 };
    expect([placeOf(single, 2), boundAt(single, 0.3), binsWithin(single, open)(0)]).toEqual([0, 2, true]);
  });

  it('ask for nothing at their ends, and do not pass each other', () => {
    expect(moveBound(spread, open, 'min', 1)).toEqual({ min: 1, max: null });
    expect(moveBound(spread, { min: 1, max: 2 }, 'min', -1)).toEqual({ min: null, max: 2 });
    expect(moveBound(spread, { min: 1, max: 2 }, 'min', 3)).toEqual({ min: 2, max: 2 });
    expect(moveBound(spread, { min: 1, max: 2 }, 'max', 0)).toEqual({ min: 1, max: 1 });
    expect(moveBound(spread, { min: 1, max: 2 }, 'max', 4)).toEqual({ min: 1, max: null });
  });

  it('say which bins are between them', () => {
    const within = binsWithin(spread, { min: 0, max: 3 });
    expect([0, 1, 2, 3, 4].map(within)).toEqual([false, true, true, true, false]);
  });
});
