import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { leastOnSimplex, poolPredictions, poolWeights } from './poolPredictions';

describe('weights of experts', () => {
  it('are the least of wᵀQw on the simplex, as a grid finds it', () => {
    const random = createRandom(3);
    for (let draw = 0; draw < 20; draw++) {
      const factor = Array.from({ length: 9 }, () => random.normal());
      const gram = Float64Array.from({ length: 9 }, (_, at) => {
        const [a, b] = [Math.floor(at / 3), at % 3];
        return [0, 1, 2].reduce((sum, k) => sum + factor[a * 3 + k] * factor[b * 3 + k], a === b ? 0.01 : 0);
      });
      const value = (w: ArrayLike<number>): number => {
        let sum = 0;
        for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) sum += w[a] * gram[a * 3 + b] * w[b];
        return sum;
      };
      const found = leastOnSimplex(gram, 3);
      expect(found.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
      let least = Number.POSITIVE_INFINITY;
      for (let a = 0; a <= 100; a++) {
        for (let b = 0; a + b <= 100; b++) least = Math.min(least, value([a / 100, b / 100, 1 - (a + b) / 100]));
      }
      expect(value(found)).toBeLessThanOrEqual(least + 1e-9);
      expect(value(found)).toBeGreaterThan(least - 0.05 * (1 + least));
    }
  });

  it('favour the better expert, whatever a few gross errors say, and look at training rows only', () => {
    const n = 400;
    const random = createRandom(5);
    const truth = Float64Array.from({ length: n }, () => random.normal());
    const good = truth.map((value) => value + 0.1 * random.normal());
    const poor = truth.map((value) => value + random.normal());
    const targets = truth.map((value, i) => (i % 20 === 0 ? value + 50 : value));
    const train = truth.map((_, i) => (i < 300 ? 1 : 0));
    const weights = poolWeights([poor, good], targets, train);
    expect(weights[1]).toBeGreaterThan(0.95);
    expect(weights[0] + weights[1]).toBeCloseTo(1, 12);
    const spoilt = targets.map((value, i) => (i < 300 ? value : 1e9));
    expect([...poolWeights([poor, good], spoilt, train)]).toEqual([...weights]);
    expect(poolPredictions([poor, good], weights)[7]).toBeCloseTo(weights[0] * poor[7] + weights[1] * good[7], 12);
  });

  it('are shared by experts that say the same, and one alone has all', () => {
    const values = Float64Array.of(1, 2, 3, 4);
    const train = new Float64Array(4).fill(1);
    const [a, b] = poolWeights([values, values], Float64Array.of(1, 2, 3, 5), train);
    expect(a).toBeCloseTo(0.5, 3);
    expect(b).toBeCloseTo(0.5, 3);
    expect([...poolWeights([values], values, train)]).toEqual([1]);
    expect([...poolWeights([values, values], values, train)].reduce((x, y) => x + y)).toBeCloseTo(1, 9);
  });
});
