import { describe, expect, it } from 'vitest';
import { countFound, foundAt, meanListed, shareFound } from './plantedFound';

/** 50 planted rows, one at each of the suspicions 0, 0.02, …, and twice as many rows in all. */
const copy = {
  planted: 50,
  found: Array.from({ length: 101 }, (_, k) => 50 - Math.ceil(k / 2)),
  listed: Array.from({ length: 101 }, (_, k) => 100 - k),
};

describe('planted errors by suspicion', () => {
  it('are counted at a suspicion, and between hundredths by the straight line', () => {
    expect(countFound(copy, 0.5)).toEqual({ planted: 50, found: 25 });
    expect(countFound(copy, 0)).toEqual({ planted: 50, found: 50 });
    expect(meanListed([copy, copy], 0.305)).toBeCloseTo(69.5, 10);
  });

  it('are found by a curve up to its end', () => {
    const curve = { shares: [0, 0.1, 0.2], found: [0, 0.6, 0.8] };
    expect([0, 0.05, 0.1, 0.15].map((share) => foundAt(curve, share))).toEqual([
      0,
      0.3,
      0.6,
      expect.closeTo(0.7, 12) as number,
    ]);
    expect(foundAt(curve, 0.3)).toBeNull();
  });

  it('are a share of all copies with its interval', () => {
    const share = shareFound([copy, copy], 0.5);
    expect(share?.value).toBe(0.5);
    expect(share?.low).toBeGreaterThan(0.4);
    expect(share?.high).toBeLessThan(0.6);
    expect(shareFound([], 0.5)).toBeNull();
  });
});
