import { describe, expect, it } from 'vitest';
import { createRandom, drawNormals } from './random';
import { countBelow, deviationsPerMedianDistance, median, quantile } from './statistics';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('median', () => {
  it('is the middle number, or the mean of the two', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([-7])).toBe(-7);
    expect(median([10, 9, 100])).toBe(10);
    expect(median([infinity, 1, -infinity])).toBe(1);
    expect(median([])).toBeNaN();
  });

  it('leaves the numbers where they are', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('of the distances from it is a share of the deviation of normal numbers', () => {
    const values = Array.from(drawNormals(createRandom(3), 40_000), (value) => 5 + 2 * value);
    const centre = median(values);
    expect(centre).toBeCloseTo(5, 1);
    expect(deviationsPerMedianDistance * median(values.map((value) => Math.abs(value - centre)))).toBeCloseTo(2, 1);
  });
});

describe('quantile', () => {
  it('is taken over numbers only', () => {
    expect(quantile(Float64Array.of(3, nan, 1, 2), 0.5)).toBe(2);
    expect(quantile(Float64Array.of(nan), 0.5)).toBeNaN();
    expect(quantile(new Float64Array(0), 0.5)).toBeNaN();
    expect(quantile(Float64Array.of(infinity, 0, -infinity), 0)).toBe(-infinity);
  });

  it('is the number at its place among the sorted ones, and leaves them where they are', () => {
    for (const distinct of [3, 1000]) {
      const values = Float64Array.from({ length: 501 }, (_, i) => ((i * 7919) % distinct) - 1);
      const before = values.slice();
      const sorted = values.slice().sort();
      for (const q of [0, 0.01, 0.5, 0.9, 1]) {
        expect(quantile(values, q)).toBe(sorted[Math.min(500, Math.floor(501 * q))]);
        expect(quantile(sorted, q)).toBe(sorted[Math.min(500, Math.floor(501 * q))]);
      }
      expect(values).toEqual(before);
    }
  });
});

describe('countBelow', () => {
  it('counts what is smaller, of whole and other numbers', () => {
    for (let length = 0; length < 9; length++) {
      const ascending = Int32Array.from({ length }, (_, i) => i >> 1);
      for (const value of [-1, 0, 0.5, 1, 2, 3, 4, 5]) {
        const expected = ascending.filter((one) => one < value).length;
        expect(countBelow(ascending, value)).toBe(expected);
        expect(countBelow(Float64Array.from(ascending), value)).toBe(expected);
      }
    }
    expect(countBelow(Float64Array.of(-infinity, 0, infinity), infinity)).toBe(2);
  });
});
