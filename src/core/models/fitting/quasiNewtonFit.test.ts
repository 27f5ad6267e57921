import { describe, expect, it } from 'vitest';
import { CancelledError, NumericalError } from '../../base/errors';
import { createKroneckerBasis } from '../../influence/ihvp/kroneckerBasis';
import { applyKroneckerInverse, createKroneckerFactors } from '../../influence/ihvp/kroneckerFactors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { createRoundedLinearAlgebra, problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import { createCurvatureBound } from '../curvature/curvatureBound';
import { computeHessian } from '../curvature/headHessian';
import { evaluateHead } from '../evaluateHead';
import { fitHead } from './fitHead';
import type { FitMetric } from './fitMetric';
import { fitByQuasiNewton } from './quasiNewtonFit';

const linalg = createFloat64LinearAlgebra();

describe('fitByQuasiNewton', () => {
  it.each([
    ['softmax', 4, 1e-2],
    ['softmax', 4, 1e-5],
    ['logistic', 2, 1e-4],
    ['ridge', 2, 1e-3],
  ] as const)('finds the optimum of Newton’s method: %s, %i classes, λ %f', (kind, classes, l2) => {
    const data = syntheticRows({ rows: 300, features: 12, classes, seed: 5 });
    const weights = Float64Array.from({ length: 300 }, (_, i) => (i % 6 === 0 ? 0 : 1));
    const problem = problemOf(data, linalg, { kind, l2, weights });
    const expected = fitHead(problem, linalg).state;
    const start = new Float64Array(problem.parameters);
    const fit = fitByQuasiNewton(problem, linalg, { start, tolerance: 1e-10 });
    expect(fit.relativeGradientNorm).toBeLessThan(1e-10);
    expect(relativeDistance(fit.state.theta, expected.theta)).toBeLessThan(1e-6);
    expect(fit.passes).toBeLessThan(120);
  });

  it('goes to a tolerance below the rounding of the objective, from a start near by', () => {
    const data = syntheticRows({ rows: 200, features: 8, classes: 3, seed: 2 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    const first = fitByQuasiNewton(problem, linalg, { start: new Float64Array(24), tolerance: 1e-6 });
    const second = fitByQuasiNewton(problem, linalg, { start: first.state.theta, tolerance: 1e-12 });
    expect(second.relativeGradientNorm).toBeLessThan(1e-12);
    expect(second.passes).toBeLessThan(60);
  });

  it('serves fitHead where Newton steps would cost more, with the sum over the classes held at zero', () => {
    const data = syntheticRows({ rows: 120, features: 16, classes: 95, seed: 7, signal: 0.3 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 0.01 });
    const fit = fitHead(problem, linalg, { start: new Float64Array(problem.parameters).fill(0.3) });
    expect(fit.newtonSteps).toBe(0);
    expect(fit.passes).toBeGreaterThan(3);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-8);
    for (let j = 0; j < 16; j++) {
      let sum = 0;
      for (let c = 0; c < 95; c++) sum += fit.state.theta[c * 16 + j];
      expect(Math.abs(sum)).toBeLessThan(1e-9);
    }
  });

  it('takes fewer passes by a metric made of H at a neighbouring optimum', () => {
    const data = syntheticRows({ rows: 400, features: 12, classes: 4, seed: 6 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-4 });
    const { state } = fitHead(problem, linalg);
    const products = { problem, linalg, logits: state.logits };
    const factors = createKroneckerFactors(products, createKroneckerBasis(products), { method: 'ekfac' });
    const weights = problem.weights.map((w, i) => (i < 8 ? 0 : w));
    const passes = (metric: FitMetric): number =>
      fitByQuasiNewton({ ...problem, weights }, linalg, { start: state.theta, tolerance: 1e-10, metric }).passes;
    expect(passes({ solve: (vectors) => applyKroneckerInverse(factors, vectors, linalg) })).toBeLessThan(
      passes(createCurvatureBound(problem, linalg)),
    );
  });

  it.each([
    ['softmax', 4, 1e-3, 1],
    ['softmax', 4, 1e-6, 3],
    ['softmax', 3, 1e-8, 8],
  ] as const)(
    'ends at the same θ with passes in single precision: %s, %i classes, λ %f, signal %i',
    (kind, classes, l2, signal) => {
      const data = syntheticRows({ rows: 500, features: 12, classes, seed: 9, signal });
      // Columns from 1 to 1e-3 in size, one of them far from centred.
      for (let i = 0; i < 500; i++) {
        for (let j = 0; j < 11; j++) data.features.data[12 * i + j] *= 10 ** (-j / 4);
        data.features.data[12 * i + 3] += 20;
      }
      const rounded = createRoundedLinearAlgebra();
      let fast = 0;
      const counting: typeof rounded = {
        ...rounded,
        multiplyThroughFast: (...all) => {
          fast++;
          return rounded.multiplyThroughFast(...all);
        },
      };
      const start = new Float64Array(12 * classes);
      const exact = fitByQuasiNewton(problemOf(data, linalg, { kind, l2 }), linalg, { start, tolerance: 1e-9 });
      const fit = fitByQuasiNewton(problemOf(data, counting, { kind, l2 }), counting, { start, tolerance: 1e-9 });
      expect(fast).toBeGreaterThan(5);
      expect(fit.relativeGradientNorm).toBeLessThan(1e-9);
      expect(Math.abs(fit.state.objective / exact.state.objective - 1)).toBeLessThan(1e-12);
      const again = evaluateHead(problemOf(data, linalg, { kind, l2 }), fit.state.theta, linalg);
      expect(relativeDistance(fit.state.gradient, again.gradient)).toBeLessThan(1e-6);
      expect(fit.state.logits).toEqual(again.logits);
    },
  );

  it('goes on in double where single precision tells nothing', () => {
    const data = syntheticRows({ rows: 300, features: 8, classes: 3, seed: 4 });
    const useless: typeof linalg = {
      ...createRoundedLinearAlgebra(),
      multiplyThroughFast: (x, b, k, map, onBlock) => {
        const product = linalg.multiplyThrough(x, b, k, map, onBlock);
        return { ...product, data: product.data.map((value, at) => value * (1 + 0.5 * Math.sin(at))) };
      },
    };
    const problem = problemOf(data, useless, { kind: 'softmax', l2: 1e-3 });
    const fit = fitByQuasiNewton(problem, useless, { start: new Float64Array(24), tolerance: 1e-9 });
    expect(fit.relativeGradientNorm).toBeLessThan(1e-9);
    expect(relativeDistance(fit.state.theta, fitHead(problem, linalg).state.theta)).toBeLessThan(1e-6);
    expect(fit.passes).toBeLessThan(150);
  });

  it('goes on in the metric it has where a better one has no factor', () => {
    const data = syntheticRows({ rows: 300, features: 8, classes: 3, seed: 4 });
    let factors = 0;
    const once: typeof linalg = {
      ...linalg,
      cholesky: (a, onBlock) => {
        if (++factors > 1) throw new NumericalError('not positive definite');
        return linalg.cholesky(a, onBlock);
      },
    };
    const problem = problemOf(data, once, { kind: 'softmax', l2: 1e-3 });
    const fit = fitByQuasiNewton(problem, once, { start: new Float64Array(24), tolerance: 1e-9 });
    expect(factors).toBe(2);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-9);
  });

  it('can be cancelled, and says so when it cannot converge', () => {
    const data = syntheticRows({ rows: 100, features: 6, classes: 3, seed: 2 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    let asked = 0;
    const onBlock = (): void => {
      if (++asked > 5) throw new CancelledError();
    };
    const start = new Float64Array(18);
    expect(() => fitByQuasiNewton(problem, linalg, { start, tolerance: 1e-8, onBlock })).toThrow(CancelledError);
    expect(() => fitByQuasiNewton(problem, linalg, { start, tolerance: 0 })).toThrow(NumericalError);
  });
});

describe('createCurvatureBound', () => {
  it('bounds H at any θ from above', () => {
    const data = syntheticRows({ rows: 80, features: 5, classes: 3, seed: 3 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    const bound = createCurvatureBound(problem, linalg);
    const p = problem.parameters;
    for (const [seed, size] of [
      [1, 0],
      [2, 0.5],
      [3, 3],
    ] as const) {
      const logits = Float64Array.from({ length: 240 }, (_, at) => size * Math.sin(seed * 31 + 7 * at));
      const factor = linalg.cholesky(computeHessian(problem, logits, linalg));
      for (let t = 0; t < 5; t++) {
        const v = Float64Array.from({ length: p }, (_, at) => Math.cos(t * 13 + at));
        for (let j = 0; j < 5; j++) {
          const mean = (v[j] + v[5 + j] + v[10 + j]) / 3;
          for (let c = 0; c < 3; c++) v[c * 5 + j] -= mean;
        }
        const dot = (x: Float64Array): number => x.reduce((sum, value, at) => sum + value * v[at], 0);
        const exact = dot(linalg.choleskySolve(factor, { rows: p, columns: 1, data: v }).data);
        const below = dot(bound.solve({ rows: 1, columns: p, data: v }).data);
        expect(below).toBeGreaterThan(0);
        expect(below).toBeLessThanOrEqual(exact * (1 + 1e-9));
      }
    }
  });
});
