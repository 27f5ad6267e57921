import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../../linalg/linearAlgebra';
import { problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import { createCurvatureBound } from '../curvature/curvatureBound';
import { multiplyHessian } from '../curvature/headHessian';
import { evaluateHead } from '../evaluateHead';
import type { HeadProblem } from '../headProblem';
import { createHeadMetrics } from './headMetric';
import { fitByQuasiNewton } from './quasiNewtonFit';

const linalg = createFloat64LinearAlgebra();

/** v with sums of zero over the classes, as gradients have. */
function randomDirection(problem: HeadProblem, seed: number): Float64Array {
  const random = createRandom(seed);
  const v = Float64Array.from({ length: problem.parameters }, () => random.normal());
  const d = problem.features.columns;
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let c = 0; c < problem.outputs; c++) mean += v[c * d + j] / problem.outputs;
    for (let c = 0; c < problem.outputs; c++) v[c * d + j] -= mean;
  }
  return v;
}

const row = (v: Float64Array): { rows: number; columns: number; data: Float64Array } => ({
  rows: 1,
  columns: v.length,
  data: v,
});
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, at) => sum + value * b[at], 0);

describe('createHeadMetrics', () => {
  it('gives H⁻¹ itself at zero', () => {
    const data = syntheticRows({ rows: 200, features: 9, classes: 4, seed: 3 });
    const weights = Float64Array.from({ length: 200 }, (_, i) => [0, 1, 2.5][i % 3]);
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-2, weights });
    const metric = createHeadMetrics(problem, linalg).at(problem, new Float64Array(problem.parameters));
    const v = randomDirection(problem, 1);
    const product = multiplyHessian(problem, new Float64Array(200 * 4), v, linalg);
    expect(relativeDistance(metric.solve(row(product)).data, v)).toBeLessThan(1e-10);
  });

  it.each([
    ['all classes', 4, 400],
    ['an absent class', 5, 400],
    ['fewer rows than features', 4, 30],
  ])('is symmetric and nearer to H than the bound is: %s', (_, classes, rows) => {
    const data = syntheticRows({ rows, features: 40, classes: 4, seed: 8, signal: 0.5 });
    const problem = problemOf({ ...data, classes }, linalg, { kind: 'softmax', l2: 1e-3 });
    const start = new Float64Array(problem.parameters);
    const bound = createCurvatureBound(problem, linalg);
    const { theta } = fitByQuasiNewton(problem, linalg, { start, tolerance: 1e-2, metric: bound }).state;
    const metric = createHeadMetrics(problem, linalg).at(problem, theta);
    const { logits } = evaluateHead(problem, theta, linalg);
    /** Largest over least of vᵀB⁻¹v/vᵀH⁻¹v, from v = Hu. */
    const spread = (solve: typeof metric.solve): number => {
      const shares = Array.from({ length: 40 }, (__, seed) => {
        const u = randomDirection(problem, seed + 1);
        const v = multiplyHessian(problem, logits, u, linalg);
        return dot(solve(row(v)).data, v) / dot(u, v);
      });
      return Math.max(...shares) / Math.min(...shares);
    };
    expect(spread(metric.solve)).toBeLessThan(spread(bound.solve));
    const [v, w] = [randomDirection(problem, 91), randomDirection(problem, 92)];
    const both = metric.solve({ rows: 2, columns: v.length, data: Float64Array.from([...v, ...w]) }).data;
    const [solvedV, solvedW] = [both.subarray(0, v.length), both.subarray(v.length)];
    expect(dot(solvedV, v)).toBeGreaterThan(0);
    expect(relativeDistance(solvedW, metric.solve(row(w)).data)).toBeLessThan(1e-12);
    expect(Math.abs(dot(solvedV, w) - dot(solvedW, v))).toBeLessThan(
      1e-10 * Math.sqrt(dot(v, solvedV) * dot(w, solvedW)),
    );
  });

  it('serves a problem without some of the rows and with another λ nearly as well as its own', () => {
    const data = syntheticRows({ rows: 600, features: 30, classes: 5, seed: 4, signal: 0.6 });
    const first = problemOf(data, linalg, { kind: 'softmax', l2: 1e-2 });
    const metrics = createHeadMetrics(first, linalg);
    const start = fitByQuasiNewton(first, linalg, {
      start: new Float64Array(first.parameters),
      tolerance: 1e-6,
      metrics,
    }).state.theta;
    const own = metrics.at(first, start);
    const again = createHeadMetrics(first, linalg).at(first, start);
    const v = row(randomDirection(first, 1));
    expect(relativeDistance(own.solve(v).data, again.solve(v).data)).toBeLessThan(1e-12);

    const weights = Float64Array.from({ length: 600 }, (_, i) => (i % 7 === 2 ? 0 : 1));
    const without = problemOf(data, linalg, { kind: 'softmax', l2: 3e-3, weights });
    const alone = fitByQuasiNewton(without, linalg, { start, tolerance: 1e-9 });
    let grams = 0;
    const counting: LinearAlgebra = {
      ...linalg,
      weightedGrams: (x, all, onBlock) => {
        grams += all.length;
        return linalg.weightedGrams(x, all, onBlock);
      },
    };
    const fit = fitByQuasiNewton(without, counting, { start, tolerance: 1e-9, metrics });
    expect(grams).toBe(0);
    expect(fit.passes).toBeLessThan(1.2 * alone.passes);
    expect(relativeDistance(fit.state.theta, alone.state.theta)).toBeLessThan(1e-6);
    // The Gram matrix has the weight of the problem it is asked for.
    const thrice = problemOf(data, linalg, { kind: 'softmax', l2: 1e-2, weights: new Float64Array(600).fill(3) });
    const solved = metrics
      .at(thrice, start)
      .solve(v)
      .data.map((value) => 3 * value);
    expect(relativeDistance(solved, own.solve(v).data)).toBeLessThan(1e-10);
  });

  it('takes two thirds of the passes that the bound takes', () => {
    const data = syntheticRows({ rows: 1000, features: 30, classes: 6, seed: 5, signal: 0.6 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    const start = new Float64Array(problem.parameters);
    const bound = fitByQuasiNewton(problem, linalg, {
      start,
      tolerance: 1e-9,
      metric: createCurvatureBound(problem, linalg),
    });
    const fit = fitByQuasiNewton(problem, linalg, { start, tolerance: 1e-9 });
    expect(fit.passes).toBeLessThan((2 / 3) * bound.passes);
    expect(relativeDistance(fit.state.theta, bound.state.theta)).toBeLessThan(1e-6);
  });
});
