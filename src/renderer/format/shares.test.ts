import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatShares } from './shares';

const sumOf = (shares: readonly string[]): number => shares.reduce((sum, share) => sum + Number.parseInt(share, 10), 0);

describe('formatShares', () => {
  it('adds up to 100 %, where rounding each share would not', () => {
    expect(formatShares([335, 335, 330], 1_000)).toEqual(['34 %', '33 %', '33 %']);
    expect(formatShares([1, 1, 1], 3)).toEqual(['34 %', '33 %', '33 %']);
    expect(formatShares([5, 5], 10)).toEqual(['50 %', '50 %']);
  });

  it('counts classes that are not listed, and calls nothing that is there nothing', () => {
    expect(formatShares([500, 494], 1_000)).toEqual(['50 %', '49 %']);
    expect(formatShares([999, 1], 1_000)).toEqual(['100 %', '< 1 %']);
    expect(formatShares([0], 0)).toEqual(['0 %']);
  });

  it('is never off by a whole per cent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 12 }), (counts) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        const shares = formatShares(counts, total);
        const shown = shares.filter((share) => share !== '< 1 %');
        expect(sumOf(shown)).toBe(100);
        counts.forEach((count, at) => {
          if (shares[at] === '< 1 %') expect(count / total).toBeLessThan(0.01);
          else expect(Math.abs(Number.parseInt(shares[at], 10) - (100 * count) / total)).toBeLessThan(1);
        });
      }),
      { seed: 1 },
    );
  });
});
