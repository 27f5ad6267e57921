import { describe, expect, it } from 'vitest';
import { createRandom, drawNormals } from '../../src/core/base/random';
import { scoreLabels, weightedChange } from './labelChange';

const features = { rows: 4, columns: 3, data: drawNormals(createRandom(1), 12) };

describe('scoreLabels', () => {
  it('gives −log p of every label, and whether it is predicted', () => {
    const theta = drawNormals(createRandom(2), 9);
    const { loss, accuracy } = scoreLabels({ kind: 'softmax', outputs: 3 }, 3, features, theta);
    for (let i = 0; i < 4; i++) {
      const own = [...loss.subarray(3 * i, 3 * i + 3)];
      expect(own.reduce((sum, value) => sum + Math.exp(-value), 0)).toBeCloseTo(1, 12);
      expect([...accuracy.subarray(3 * i, 3 * i + 3)]).toEqual(own.map((value) => Number(value === Math.min(...own))));
      const z = [0, 1, 2].map((c) =>
        [0, 1, 2].reduce((sum, j) => sum + features.data[3 * i + j] * theta[3 * c + j], 0),
      );
      expect(own[1] - own[0]).toBeCloseTo(z[0] - z[1], 12);
    }
  });

  it('knows the head of one output', () => {
    const theta = drawNormals(createRandom(3), 3);
    const { loss, accuracy } = scoreLabels({ kind: 'logistic', outputs: 1 }, 2, features, theta);
    for (let i = 0; i < 4; i++) {
      const z = [0, 1, 2].reduce((sum, j) => sum + features.data[3 * i + j] * theta[j], 0);
      expect(loss[2 * i + 1]).toBeCloseTo(Math.log(1 + Math.exp(-z)), 12);
      expect(loss[2 * i]).toBeCloseTo(Math.log(1 + Math.exp(z)), 12);
      expect(accuracy[2 * i + 1]).toBe(z > 0 ? 1 : 0);
      expect(accuracy[2 * i]).toBe(z > 0 ? 0 : 1);
    }
  });
});

describe('weightedChange', () => {
  it('is the mean of the changes by their weights', () => {
    const weights = { rows: 2, columns: 2, data: Float64Array.of(1, 0, 0.25, 0.75) };
    const before = Float64Array.of(1, 9, 2, 4);
    const after = Float64Array.of(0, 0, 4, 8);
    expect(weightedChange(weights, before, after)).toBe((-1 + 0.25 * 2 + 0.75 * 4) / 2);
  });
});
