import { describe, expect, it } from 'vitest';
import { growthExponent, median, ratioOfTimes } from './statistics';

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 3, 100])).toBe(3.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('leaves its argument as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('ratioOfTimes', () => {
  it("is the peer's median over Assay's, with the range over rounds", () => {
    const { ratio, range } = ratioOfTimes([1, 2, 10], [3, 4, 5]);
    expect(ratio).toBe(2);
    expect(range).toEqual([0.5, 3]);
  });
});

describe('growthExponent', () => {
  it('finds the power that made the times', () => {
    const points = [1000, 3000, 9000, 50_000].map((rows) => ({ rows, seconds: 0.02 * rows ** 1.07 }));
    expect(growthExponent(points)).toBeCloseTo(1.07, 10);
    expect(growthExponent(points.map(({ rows }) => ({ rows, seconds: 4 })))).toBeCloseTo(0, 12);
  });

  it('needs two sizes', () => {
    expect(growthExponent([{ rows: 10, seconds: 1 }])).toBeNaN();
    expect(
      growthExponent([
        { rows: 10, seconds: 1 },
        { rows: 10, seconds: 2 },
      ]),
    ).toBeNaN();
  });
});
