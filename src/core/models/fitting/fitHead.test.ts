import { describe, expect, it } from 'vitest';
import { CancelledError, NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { createRoundedLinearAlgebra, problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import { withL2 } from '../headProblem';
import { fitHead } from './fitHead';

const linalg = createFloat64LinearAlgebra();

describe('fitHead', () => {
  it.each([
    ['logistic', 2],
    ['softmax', 5],
  ] as const)('converges for the %s head whatever the start', (kind, classes) => {
    const data = syntheticRows({ rows: 400, features: 8, classes, seed: 2 });
    const problem = problemOf(data, linalg, { kind, l2: 1e-3 });
    const fit = fitHead(problem, linalg);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-10);
    const start = fit.state.theta.map((value, at) => value + Math.sin(at));
    const again = fitHead(problem, linalg, { start });
    expect(relativeDistance(again.state.theta, fit.state.theta)).toBeLessThan(1e-9);
    expect(Math.abs(again.state.objective / fit.state.objective - 1)).toBeLessThan(1e-13);
  });

  it('holds unpenalised softmax intercepts to zero sum, and the answer does not depend on the gauge', () => {
    const data = syntheticRows({ rows: 300, features: 5, classes: 4, seed: 9 });
    const free = problemOf(data, linalg, { kind: 'softmax', l2: 0.01 });
    const { theta } = fitHead(free, linalg).state;
    for (let j = 0; j < 5; j++)
      expect(Math.abs(theta[j] + theta[5 + j] + theta[10 + j] + theta[15 + j])).toBeLessThan(1e-10);
    // The same optimum another way: plain Newton steps on the intercept-penalised-ever-so-lightly objective, without
    // gauge terms.
    const ridge = free.ridge.slice();
    ridge[4] = 1e-6;
    const light = fitHead({ ...free, ridge }, withoutGauge(ridge, 5, 4)).state.theta;
    expect(relativeDistance(light, theta)).toBeLessThan(1e-6);
  });

  /** The backend with the gauge terms taken off each Hessian before it is factorised. */
  function withoutGauge(ridge: Float64Array, d: number, classes: number): typeof linalg {
    return {
      ...linalg,
      cholesky: (a) => {
        const data = a.data.slice();
        for (let j = 0; j < d; j++) {
          let total = 0;
          for (let b = 0; b < classes; b++)
            for (let c = 0; c < classes; c++) total += data[(b * d + j) * a.rows + c * d + j];
          const gamma = (total - classes * ridge[j]) / classes ** 2;
          for (let b = 0; b < classes; b++)
            for (let c = 0; c < classes; c++) data[(b * d + j) * a.rows + c * d + j] -= gamma;
        }
        return linalg.cholesky({ ...a, data });
      },
    };
  }

  it('reaches the same optimum with a single-precision Hessian', () => {
    const data = syntheticRows({ rows: 500, features: 12, classes: 3, seed: 4 });
    const exact = fitHead(problemOf(data, linalg, { kind: 'softmax', l2: 1e-4 }), linalg);
    const rounded = createRoundedLinearAlgebra();
    const fit = fitHead(problemOf(data, rounded, { kind: 'softmax', l2: 1e-4 }), rounded);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-10);
    expect(relativeDistance(fit.state.theta, exact.state.theta)).toBeLessThan(1e-8);
  });

  it('takes passes in place of Hessians that cost much, and goes on by Hessians where passes fall short', () => {
    const data = syntheticRows({ rows: 2000, features: 90, classes: 14, seed: 4, signal: 0.3 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-2 });
    const fit = fitHead(problem, linalg);
    expect(fit.newtonSteps).toBe(0);
    expect(fit.passes).toBeLessThan(60);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-11);
    const useless = {
      solve: (vectors: Matrix) => ({ ...vectors, data: vectors.data.map((v, at) => 10 ** (at % 9) * v) }),
    };
    const start = fit.state.theta.map((value) => 0.9 * value);
    const further = fitHead(problem, linalg, { start, metric: useless });
    expect(further.newtonSteps).toBeGreaterThan(0);
    expect(further.relativeGradientNorm).toBeLessThan(1e-11);
    expect(relativeDistance(further.state.theta, fit.state.theta)).toBeLessThan(1e-9);
  });

  it('stays bounded on separable data', () => {
    const data = syntheticRows({ rows: 40, features: 20, classes: 2, seed: 5, signal: 50 });
    const fit = fitHead(problemOf(data, linalg, { kind: 'logistic', l2: 1e-8 }), linalg);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-8);
    expect(fit.state.theta.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('gives an absent class next to no probability', () => {
    const data = syntheticRows({ rows: 200, features: 4, classes: 3, seed: 6 });
    const weights = Float64Array.from(data.labels, (label) => (label === 1 ? 0 : 1));
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 0.01, weights });
    const { logits } = fitHead(problem, linalg).state;
    for (let i = 0; i < 200; i++) {
      const others = Math.max(logits[3 * i], logits[3 * i + 2]);
      expect(Math.exp(logits[3 * i + 1] - others)).toBeLessThan(1e-3);
    }
  });

  it('names λ and the condition estimate when H cannot be factorised', () => {
    const data = syntheticRows({ rows: 60, features: 4, classes: 2, seed: 7 });
    // Two columns that differ by less than rounding, of a size beside which nλ vanishes.
    for (let i = 0; i < 60; i++) {
      data.features.data[4 * i] *= 1e9;
      data.features.data[4 * i + 1] = data.features.data[4 * i];
    }
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: 1e-10 });
    expect(() => fitHead(problem, linalg)).toThrow(NumericalError);
    expect(() => fitHead(problem, linalg)).toThrow(/λ = 1\.00e-10.*condition estimate/s);
  });

  it('stops when asked to', () => {
    const data = syntheticRows({ rows: 3000, features: 30, classes: 3, seed: 8 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 0.01 });
    const onBlock = (): void => {
      throw new CancelledError();
    };
    expect(() => fitHead(problem, linalg, { onBlock })).toThrow(CancelledError);
  });

  it('needs no new Hessian close to the optimum', () => {
    const data = syntheticRows({ rows: 400, features: 6, classes: 3, seed: 3 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 0.01 });
    const first = fitHead(problem, linalg);
    const near = withL2(problem, 0.0101);
    const again = fitHead(near, linalg, {
      start: first.state.theta,
      ...(first.factor === undefined ? {} : { factor: first.factor }),
    });
    expect(again.newtonSteps).toBe(0);
    expect(again.relativeGradientNorm).toBeLessThan(1e-8);
  });
});
