import { describe, expect, it } from 'vitest';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import { estimateCondition, estimateLargestEigenvalue } from './conditionEstimate';
import { createFloat64LinearAlgebra } from './float64LinearAlgebra';

const linalg = createFloat64LinearAlgebra();

/** Q·diag(λ)·Qᵀ with Q a product of random reflections. */
function withEigenvalues(eigenvalues: readonly number[], seed: number): Matrix {
  const size = eigenvalues.length;
  const random = createRandom(seed);
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = eigenvalues[i];
  for (let turn = 0; turn < 4; turn++) {
    const v = Float64Array.from({ length: size }, () => random.normal());
    const square = v.reduce((sum, value) => sum + value * value, 0);
    for (const [step, other] of [
      [1, size],
      [size, 1],
    ]) {
      for (let line = 0; line < size; line++) {
        let along = 0;
        for (let i = 0; i < size; i++) along += data[line * other + i * step] * v[i];
        for (let i = 0; i < size; i++) data[line * other + i * step] -= ((2 * along) / square) * v[i];
      }
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) data[j * size + i] = data[i * size + j];
  return { rows: size, columns: size, data };
}

describe('estimateCondition', () => {
  it.each([
    ['few large eigenvalues', (i: number) => (i < 3 ? 1000 - i : 1 + i / 100)],
    ['an even spectrum', (i: number) => 1 + i],
    ['one eigenvalue near zero', (i: number) => (i === 0 ? 1e-6 : 1 + (i % 7))],
    ['powers', (i: number) => 10 ** (-i / 10)],
  ])('is within a tenth below the truth for %s', (_, eigenvalue) => {
    const eigenvalues = Array.from({ length: 60 }, (__, i) => eigenvalue(i));
    const a = withEigenvalues(eigenvalues, 3);
    const largest = Math.max(...eigenvalues);
    const truth = largest / Math.min(...eigenvalues);
    expect(estimateLargestEigenvalue(a)).toBeGreaterThan(0.95 * largest);
    expect(estimateLargestEigenvalue(a)).toBeLessThan(largest * (1 + 1e-9));
    const estimate = estimateCondition(a, linalg.cholesky(a), linalg);
    expect(estimate).toBeGreaterThan(0.9 * truth);
    expect(estimate).toBeLessThan(truth * (1 + 1e-6));
  });

  it('is exact for multiples of the identity and a single number', () => {
    for (const size of [1, 5]) {
      const a = { rows: size, columns: size, data: new Float64Array(size * size) };
      for (let i = 0; i < size; i++) a.data[i * size + i] = 3;
      expect(estimateCondition(a, linalg.cholesky(a), linalg)).toBeCloseTo(1, 12);
      expect(estimateLargestEigenvalue(a)).toBeCloseTo(3, 12);
    }
  });
});
