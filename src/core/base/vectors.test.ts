import { describe, expect, it } from 'vitest';
import { createRandom, drawNormals } from './random';
import {
  addScaled,
  dot,
  indexOfLargest,
  isAllFinite,
  largestOf,
  norm,
  relativeDistance,
  scaleAndAdd,
  subtract,
  sumOf,
} from './vectors';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const none = new Float64Array(0);

describe('vectors', () => {
  const random = createRandom(1);
  const a = drawNormals(random, 9);
  const b = drawNormals(random, 9);

  it('add up from the first number to the last', () => {
    // 1 is lost beside 1e16 unless it meets the 1 before it.
    expect(sumOf(Float64Array.of(1, 1, 1e16))).toBe(1e16 + 2);
    expect(sumOf(Float64Array.of(1e16, 1, 1))).toBe(1e16);
    expect(dot(Float64Array.of(1, 1, 1e8), Float64Array.of(1, 1, 1e8))).toBe(1e16 + 2);
    expect(dot(a, b)).toBe(a.reduce((sum, value, at) => sum + value * b[at], 0));
    expect(norm(a)).toBe(Math.sqrt(a.reduce((sum, value) => sum + value * value, 0)));
    expect([sumOf(none), dot(none, none), norm(none)]).toEqual([0, 0, 0]);
    expect(norm(Float64Array.of(3, nan))).toBeNaN();
    expect(norm(Float64Array.of(3, -infinity))).toBe(infinity);
  });

  it('are added and subtracted entry by entry', () => {
    expect(subtract(a, b)).toEqual(a.map((value, at) => value - b[at]));
    const sum = a.slice();
    addScaled(sum, -0.3, b);
    expect(sum).toEqual(a.map((value, at) => value - 0.3 * b[at]));
    const turned = a.slice();
    scaleAndAdd(turned, 0.3, b);
    expect(turned).toEqual(a.map((value, at) => 0.3 * value + b[at]));
  });

  it('are as far apart as the second one is long', () => {
    expect(relativeDistance(Float64Array.of(3, 5), Float64Array.of(3, 4))).toBeCloseTo(0.2, 15);
    expect(relativeDistance(b, b)).toBe(0);
    expect(relativeDistance(a, new Float64Array(9))).toBeNaN();
    expect(relativeDistance(Float64Array.of(nan), Float64Array.of(1))).toBeNaN();
  });

  it('have a largest number, and the first place where it is', () => {
    expect(largestOf(Float64Array.of(0.5, 2, 1))).toBe(2);
    expect(largestOf(Float64Array.of(1, infinity))).toBe(infinity);
    expect(largestOf(none)).toBe(0);
    for (const at of [0, 1, 2]) {
      const withNaN = Float64Array.of(1, 2, 3);
      withNaN[at] = nan;
      expect(largestOf(withNaN)).toBeNaN();
    }
    expect(indexOfLargest(Float64Array.of(9, -3, -1, -1, -2, 9), 1, 4)).toBe(1);
    expect(indexOfLargest(Float64Array.of(-infinity, -infinity), 0, 2)).toBe(0);
  });

  it('are finite, or not, wherever the number is that is not', () => {
    for (let length = 0; length <= 9; length++) {
      const v = new Float64Array(length).fill(-Number.MAX_VALUE);
      expect(isAllFinite(v)).toBe(true);
      for (const odd of [nan, infinity, -infinity]) {
        for (let at = 0; at < length; at++) {
          const damaged = v.slice();
          damaged[at] = odd;
          expect(isAllFinite(damaged)).toBe(false);
        }
      }
    }
  });
});
