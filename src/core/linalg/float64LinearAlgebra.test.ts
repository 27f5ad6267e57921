import { describe, expect, it } from 'vitest';
import { NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from './float64LinearAlgebra';

const linalg = createFloat64LinearAlgebra();

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

function naiveProduct(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.columns; j++) {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) sum += a.data[i * a.columns + k] * b.data[k * b.columns + j];
      out[i * b.columns + j] = sum;
    }
  return out;
}

function transpose(a: Matrix): Matrix {
  const data = new Float64Array(a.data.length);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++) data[j * a.rows + i] = a.data[i * a.columns + j];
  return { rows: a.columns, columns: a.rows, data };
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

const shapes = [
  [1, 1],
  [5, 3],
  [257, 7],
  [600, 50],
  [300, 101],
] as const;

describe('float64 backend', () => {
  it.each(shapes)('multiplies %i×%i rows as the definition does', (n, d) => {
    const x = randomMatrix(n, d, n + d);
    const rows = linalg.loadRows(x);
    for (const m of [1, 2, 5, 110]) {
      const b = randomMatrix(d, m, 3);
      const v = randomMatrix(n, m, 4);
      expect(largestDifference(linalg.multiply(rows, b).data, naiveProduct(x, b))).toBeLessThan(1e-11);
      expect(largestDifference(linalg.transposeMultiply(rows, v).data, naiveProduct(transpose(x), v))).toBeLessThan(
        1e-11,
      );
    }
  });

  it.each(shapes)('weights the Gram matrices of %i×%i rows, zeros and negative weights included', (n, d) => {
    const x = randomMatrix(n, d, 7 * n);
    const weights = [0, 1, 2].map((seed) => randomMatrix(n, 1, seed).data.map((w) => (w > 1 ? 0 : w)));
    const grams = linalg.weightedGrams(linalg.loadRows(x), weights);
    grams.forEach((gram, g) => {
      const scaled = { ...x, data: x.data.map((value, at) => value * weights[g][Math.floor(at / d)]) };
      expect(largestDifference(gram.data, naiveProduct(transpose(scaled), x))).toBeLessThan(1e-10);
    });
  });

  it.each(shapes)('evaluates quadratic forms of %i×%i rows, also of matrices that are not symmetric', (n, d) => {
    const x = randomMatrix(n, d, 11);
    const matrices = [randomMatrix(d, d, 1), randomMatrix(d, d, 2)];
    const forms = linalg.quadraticForms(linalg.loadRows(x), matrices);
    forms.forEach((form, b) => {
      const products = naiveProduct(x, matrices[b]);
      const expected = new Float64Array(n);
      for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) expected[i] += products[i * d + j] * x.data[i * d + j];
      expect(largestDifference(form, expected)).toBeLessThan(1e-9);
    });
  });

  it.each([1, 2, 47, 48, 49, 150])('factors, solves and inverts at order %i', (p) => {
    const root = randomMatrix(p, p + 5, p);
    const a: Matrix = { rows: p, columns: p, data: naiveProduct(root, transpose(root)) };
    const factor = linalg.cholesky(a);
    expect(largestDifference(naiveProduct(factor.lower, transpose(factor.lower)), a.data)).toBeLessThan(1e-10 * p);
    for (let i = 0; i < p; i++) for (let j = i + 1; j < p; j++) expect(factor.lower.data[i * p + j]).toBe(0);
    for (const m of [1, 2, 60]) {
      const b = randomMatrix(p, m, m);
      const x = linalg.choleskySolve(factor, b);
      expect(largestDifference(naiveProduct(a, x), b.data)).toBeLessThan(1e-6);
    }
    const inverse = linalg.choleskyInverse?.(factor);
    expect(inverse).toBeDefined();
    if (inverse === undefined) return;
    const identity = new Float64Array(p * p);
    for (let i = 0; i < p; i++) identity[i * p + i] = 1;
    expect(largestDifference(naiveProduct(a, inverse), identity)).toBeLessThan(1e-6);
    expect(largestDifference(inverse.data, transpose(inverse).data)).toBe(0);
  });

  it('refuses a matrix that is not positive definite and names the pivot', () => {
    const data = new Float64Array(60 * 60);
    for (let i = 0; i < 60; i++) data[i * 60 + i] = i === 55 ? -1e-3 : 1;
    expect(() => linalg.cholesky({ rows: 60, columns: 60, data })).toThrow(NumericalError);
    expect(() => linalg.cholesky({ rows: 60, columns: 60, data })).toThrow(/pivot 56 of 60/);
    const unusable: Matrix = { rows: 1, columns: 1, data: Float64Array.of(NaN) };
    expect(() => linalg.cholesky(unusable)).toThrow(NumericalError);
  });

  it('calls onBlock often enough to stop within 100 ms, and passes on what it throws', () => {
    const x = randomMatrix(600, 400, 1);
    const rows = linalg.loadRows(x);
    const weights = [new Float64Array(600).fill(1)];
    let calls = 0;
    linalg.weightedGrams(rows, weights, (done, total) => {
      calls++;
      expect(done).toBeLessThanOrEqual(total);
    });
    expect(calls).toBeGreaterThan(5);
    const stop = (): void => {
      throw new Error('stop');
    };
    expect(() => linalg.weightedGrams(rows, weights, stop)).toThrow('stop');
    expect(() => linalg.multiply(rows, randomMatrix(400, 50, 1), stop)).toThrow('stop');
  });
});
