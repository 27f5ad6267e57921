import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { computePrincipalAxes } from './principalAxes';

const linalg = createFloat64LinearAlgebra();

/** Rows with variance 9, 4, 1 along three random directions about a far mean, and 0.01 along all. */
function rowsAlong(m: number, d: number): { data: Float64Array; directions: Float64Array[] } {
  const random = createRandom(2);
  const directions: Float64Array[] = [];
  while (directions.length < 3) {
    const v = Float64Array.from({ length: d }, () => random.normal());
    for (const u of directions) {
      const along = u.reduce((sum, value, j) => sum + value * v[j], 0);
      v.forEach((_, j) => (v[j] -= along * u[j]));
    }
    const length = Math.hypot(...v);
    directions.push(v.map((value) => value / length));
  }
  const data = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    directions.forEach((v, a) => {
      const z = (3 - a) * random.normal();
      for (let j = 0; j < d; j++) data[i * d + j] += z * v[j];
    });
    for (let j = 0; j < d; j++) data[i * d + j] += 100 + 0.1 * random.normal();
  }
  return { data, directions };
}

describe('computePrincipalAxes', () => {
  // Beyond 2,048 columns the covariance is not formed.
  it.each([
    [900, 40],
    [300, 2100],
  ])('finds the directions of the largest variance, %i×%i', (m, d) => {
    const { data, directions } = rowsAlong(m, d);
    const { mean, axes, variances } = computePrincipalAxes({ rows: m, columns: d, data }, 3, {
      linalg,
      random: createRandom(1),
    });
    expect(mean.every((value) => Math.abs(value - 100) < 2)).toBe(true);
    directions.forEach((v, a) => {
      let along = 0;
      for (let j = 0; j < d; j++) along += v[j] * axes.data[j * 3 + a];
      expect(Math.abs(along)).toBeGreaterThan(0.93);
      expect(variances[a]).toBeGreaterThan((3 - a) ** 2 * 0.8);
      expect(variances[a]).toBeLessThan((3 - a) ** 2 * 1.25 + 0.1);
    });
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        let dot = 0;
        for (let j = 0; j < d; j++) dot += axes.data[j * 3 + a] * axes.data[j * 3 + b];
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 10);
      }
    }
  });

  it('takes fewer rows than columns and rows that are all the same', () => {
    const random = createRandom(3);
    const few = Float64Array.from({ length: 5 * 30 }, () => random.normal());
    const axes = computePrincipalAxes({ rows: 5, columns: 30, data: few }, 20, { linalg, random });
    expect(axes.axes.columns).toBe(5);
    expect(axes.variances[4]).toBeLessThan(1e-12);
    const same = computePrincipalAxes({ rows: 9, columns: 4, data: new Float64Array(36).fill(7) }, 2, {
      linalg,
      random,
    });
    expect(same.axes.data.every(Number.isFinite)).toBe(true);
    expect([...same.variances]).toEqual([0, 0]);
  });
});
