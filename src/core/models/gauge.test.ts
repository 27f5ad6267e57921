import { describe, expect, it } from 'vitest';
import { createRandom, drawNormals } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { problemOf, syntheticRows } from '../testing/testData';
import { evaluateHead } from './evaluateHead';
import { drawOffGauge, holdGauge, removeGauge } from './gauge';

/** Entry (c, j) of row t of an m×p matrix. */
const entry = (data: Float64Array, [K, d]: readonly [number, number], t: number, c: number, j: number): number =>
  data[(t * K + c) * d + j];

describe('the gauge', () => {
  it.each([
    [1, 2, 1],
    [3, 4, 5],
    [2, 10, 3],
  ])('is projected off: %i vectors of %i classes × %i features', (m, K, d) => {
    const before = drawNormals(createRandom(m), m * K * d);
    const after = before.slice();
    removeGauge(after, K, d);
    for (let t = 0; t < m; t++) {
      for (let j = 0; j < d; j++) {
        const column = Array.from({ length: K }, (_, c) => entry(before, [K, d], t, c, j));
        const mean = column.reduce((a, b) => a + b, 0) / K;
        for (let c = 0; c < K; c++) expect(entry(after, [K, d], t, c, j)).toBeCloseTo(column[c] - mean, 14);
      }
    }
    const twice = after.slice();
    removeGauge(twice, K, d);
    twice.forEach((value, at) => expect(value).toBeCloseTo(after[at], 14));
  });

  it('is projected off columns by taking them for features', () => {
    const [K, d, k] = [3, 2, 4];
    const data = drawNormals(createRandom(1), K * d * k);
    const columns = Array.from({ length: k }, (_, column) => {
      const one = Float64Array.from({ length: K * d }, (_, at) => data[at * k + column]);
      removeGauge(one, K, d);
      return one;
    });
    removeGauge(data, K, k * d);
    columns.forEach((one, column) => one.forEach((value, at) => expect(data[at * k + column]).toBe(value)));
  });

  it('is nothing for one output, nor for no vectors', () => {
    const data = Float64Array.of(1, -2, Number.NaN);
    removeGauge(data, 1, 3);
    expect(data).toEqual(Float64Array.of(1, -2, Number.NaN));
    removeGauge(new Float64Array(0), 3, 2);
  });

  it('is what the loss does not see', () => {
    const linalg = createFloat64LinearAlgebra();
    const regularised = problemOf(syntheticRows({ rows: 40, features: 4, classes: 3, seed: 4 }), linalg, {
      kind: 'softmax',
      l2: 1,
    });
    const d = regularised.features.columns;
    const problem = { ...regularised, ridge: new Float64Array(d) };
    const theta = drawOffGauge(1, 3, d, createRandom(2)).data;
    const shifted = theta.map((value, at) => value + [5, -3, 2, 1][at % d]);
    const one = evaluateHead(problem, theta, linalg);
    const other = evaluateHead(problem, shifted, linalg);
    expect(other.objective).toBeCloseTo(one.objective, 11);
    other.gradient.forEach((value, at) => expect(value).toBeCloseTo(one.gradient[at], 11));
    const projected = other.gradient.slice();
    removeGauge(projected, 3, d);
    projected.forEach((value, at) => expect(value).toBeCloseTo(other.gradient[at], 11));
  });

  it('is held by the mean of the diagonal there, and only there', () => {
    const [K, d] = [3, 2];
    const p = K * d;
    const hessian = drawNormals(createRandom(3), p * p).map(Math.abs);
    hessian[1 * p + 1] = hessian[3 * p + 3] = hessian[5 * p + 5] = 0;
    const held = hessian.slice();
    holdGauge({ kind: 'softmax', outputs: K, parameters: p }, held);
    const gammas = [(hessian[0] + hessian[2 * p + 2] + hessian[4 * p + 4]) / 9, 1];
    held.forEach((value, at) => {
      const [row, column] = [Math.floor(at / p), at % p];
      const gamma = row % d === column % d ? gammas[row % d] : 0;
      expect(value).toBeCloseTo(hessian[at] + gamma, 14);
    });
    const scalar = Float64Array.of(2);
    holdGauge({ kind: 'ridge', outputs: 1, parameters: 1 }, scalar);
    expect(scalar[0]).toBe(2);
  });
});
