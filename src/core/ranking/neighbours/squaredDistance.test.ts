import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { squaredDistance } from './squaredDistance';

describe('squaredDistance', () => {
  it.each([1, 3, 4, 7, 31, 32, 33, 40, 71, 100])('adds the squares of %i differences, wherever the rows begin', (d) => {
    const random = createRandom(d);
    const a = Float64Array.from({ length: 3 * d + 5 }, () => random.normal());
    const b = Float32Array.from(a, (value) => 2 * value);
    let expected = 0;
    for (let t = 0; t < d; t++) expected += (a[d + t] - b[5 + t]) ** 2;
    expect(squaredDistance(a, d, b, 5, d, Infinity)).toBeCloseTo(expected, 10);
    expect(squaredDistance(b, 5, a, d, d, Infinity)).toBe(squaredDistance(a, d, b, 5, d, Infinity));
    expect(squaredDistance(a, d, a, d, d, 0)).toBe(0);
    expect(squaredDistance(a, d, b, 5, d, expected / 3)).toBeGreaterThan(expected / 3);
  });
});
