import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { fitHead } from '../../models/fitting/fitHead';
import { fillSoftmax } from '../../models/rowMath';
import { problemOf } from '../../testing/testData';
import { createFittedModel } from '../fittedModel';
import { LeftOutSystem } from './leftOutSystem';
import { createRowSolver } from './rowSolver';

const K = 50;
const linalg = createFloat64LinearAlgebra();

/** A fitted head of K classes with three rows each, and the exact forms of its rows. */
function fitted(l2: number) {
  const random = createRandom(5);
  const [n, d] = [3 * K, 4];
  const centres = Float64Array.from({ length: K * d }, () => 2 * random.normal());
  const labels = Int32Array.from({ length: n }, (_, i) => i % K);
  const data = new Float64Array(n * d).fill(1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d - 1; j++) data[i * d + j] = centres[labels[i] * d + j] + 0.5 * random.normal();
  }
  const problem = problemOf({ features: { rows: n, columns: d, data }, labels, classes: K }, linalg, {
    kind: 'softmax',
    l2,
  });
  const { theta, logits } = fitHead(problem, linalg).state;
  return {
    problem,
    logits,
    forms: createFittedModel(problem, theta, linalg).forms.compute(problem.rows, problem.weights),
  };
}

/** G of one row, K×K. */
function formsOf(forms: readonly Float64Array[], row: number): Float64Array {
  const g = new Float64Array(K * K);
  for (let a = 0, form = 0; a < K; a++) for (let b = 0; b <= a; b++) g[a * K + b] = g[b * K + a] = forms[form++][row];
  return g;
}

/** Az = p∘z − p(pᵀz). */
function curve(p: Float64Array, z: Float64Array): Float64Array {
  const mean = z.reduce((sum, value, c) => sum + p[c] * value, 0);
  return z.map((value, c) => p[c] * (value - mean));
}

const multiply = (g: Float64Array, z: Float64Array): Float64Array =>
  z.map((_, a) => z.reduce((sum, value, c) => sum + g[a * K + c] * value, 0));

const largest = (values: Float64Array): number => Math.max(...values.map(Math.abs));

describe('rows of many classes', () => {
  it.each([1, 1e-2, 1e-4, 1e-6])('are left out exactly, with λ = %f', (l2) => {
    const { problem, logits, forms } = fitted(l2);
    const solver = createRowSolver(problem);
    const random = createRandom(2);
    const p = new Float64Array(K);
    for (let row = 0; row < problem.features.rows; row++) {
      const pull = row % 2 === 0 ? undefined : Float64Array.from({ length: K }, () => random.normal());
      solver.solve(logits, row * K, problem.labels[row], forms, row, pull);
      fillSoftmax(logits, row * K, K, p, 0);
      const g = formsOf(forms, row);
      const s = solver.coefficients;
      const expected = solver.residual.map((r, c) => r + (pull === undefined ? 0 : curve(p, pull)[c]));
      // (I − AG)s = r + A·pull.
      const through = curve(p, multiply(g, s));
      const rest = s.map((value, c) => value - through[c] - expected[c]);
      expect(largest(rest)).toBeLessThan(1e-10 * Math.max(largest(s), largest(through)) + 1e-15 * largest(g));
      let leverage = 0;
      for (let a = 0; a < K; a++) leverage += curve(p, g.subarray(a * K, (a + 1) * K))[a];
      expect(Math.abs(solver.leverage - leverage)).toBeLessThan(1e-9 * Math.max(1, leverage));
    }
    expect(solver.unstableRows).toBe(0);
  });

  it('are solved by steps, not by elimination', () => {
    const { problem, logits, forms } = fitted(1e-2);
    const solver = createRowSolver(problem);
    let eliminated = 0;
    const spied = LeftOutSystem.prototype.solve;
    LeftOutSystem.prototype.solve = function (...args) {
      const found = spied.apply(this, args);
      if (!found) eliminated++;
      return found;
    };
    try {
      for (let row = 0; row < problem.features.rows; row++) {
        solver.solve(logits, row * K, problem.labels[row], forms, row);
      }
    } finally {
      LeftOutSystem.prototype.solve = spied;
    }
    expect(eliminated).toBe(0);
  });

  it('tell when rounding decides: I − AG is singular', () => {
    const solver = createRowSolver({ kind: 'softmax', outputs: K });
    // A of equal logits is (I − 11ᵀ/K)/K, and K·I its inverse where entries add up to 0.
    const forms: Float64Array[] = [];
    for (let a = 0; a < K; a++) for (let b = 0; b <= a; b++) forms.push(Float64Array.of(a === b ? K : 0));
    solver.solve(new Float64Array(K), 0, 3, forms, 0);
    expect(solver.unstableRows).toBe(1);
    expect(solver.coefficients.every(Number.isFinite)).toBe(true);
    expect(Math.abs(solver.leverage - (K - 1))).toBeLessThan(1e-9);
  });
});
