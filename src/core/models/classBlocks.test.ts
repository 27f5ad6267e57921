import { describe, expect, it } from 'vitest';
import { NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { problemOf, syntheticRows } from '../testing/testData';
import { createClassBlocks, hasClassBlocks, metricOrNothing } from './classBlocks';
import { evaluateHead } from './evaluateHead';
import { fitHead } from './fitHead';
import { computeHessian } from './headHessian';
import type { HeadProblem } from './headProblem';
import type { FitMetric } from './quasiNewtonFit';

const linalg = createFloat64LinearAlgebra();

const gramOf = ({ rows, weights }: HeadProblem): Matrix => linalg.weightedGrams(rows, [weights])[0];

function softmaxProblem(l2: number): HeadProblem {
  const data = syntheticRows({ rows: 1500, features: 6, classes: 4, seed: 2, signal: 1.5 });
  const weights = Float64Array.from({ length: 1500 }, (_, i) => [1, 0, 1, 2][i % 4]);
  return problemOf(data, linalg, { kind: 'softmax', l2, weights });
}

function blocksAt(problem: HeadProblem, theta: Float64Array): FitMetric {
  const { logits } = evaluateHead(problem, theta, linalg);
  return createClassBlocks(problem, logits, { linalg, gram: gramOf(problem) });
}

/** v less its mean over the classes. */
function withoutGauge(v: Float64Array, outputs: number): Float64Array {
  const d = v.length / outputs;
  return v.map((value, at) => {
    let mean = 0;
    for (let c = 0; c < outputs; c++) mean += v[c * d + (at % d)] / outputs;
    return value - mean;
  });
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, at) => sum + value * b[at], 0);

describe('createClassBlocks', () => {
  it('measures gradients as H does, much nearer than a bound for all θ would', () => {
    const problem = softmaxProblem(1e-3);
    const { theta, logits } = fitHead(problem, linalg).state;
    const factor = linalg.cholesky(computeHessian(problem, logits, linalg));
    const metric = blocksAt(problem, theta);
    const p = problem.parameters;
    for (let seed = 0; seed < 20; seed++) {
      const v = withoutGauge(
        Float64Array.from({ length: p }, (_, at) => Math.sin(seed * 17 + at * at)),
        4,
      );
      const estimate = metric.solve({ rows: 1, columns: p, data: v }).data;
      const exact = linalg.choleskySolve(factor, { rows: p, columns: 1, data: v }).data;
      const ratio = dot(v, estimate) / dot(v, exact);
      expect(ratio).toBeGreaterThan(0.3);
      expect(ratio).toBeLessThan(3);
      // The classes' directions sum to zero.
      for (let j = 0; j < 6; j++) {
        expect(Math.abs(estimate[j] + estimate[6 + j] + estimate[12 + j] + estimate[18 + j])).toBeLessThan(1e-12);
      }
    }
  });

  it('is symmetric, and solves several vectors as one by one', () => {
    const problem = softmaxProblem(1e-4);
    const metric = blocksAt(problem, new Float64Array(24));
    const [a, b] = [3, 5].map((k) =>
      withoutGauge(
        Float64Array.from({ length: 24 }, (_, at) => Math.cos(k * at)),
        4,
      ),
    );
    const both = metric.solve({ rows: 2, columns: 24, data: Float64Array.of(...a, ...b) }).data;
    expect(both.slice(0, 24)).toEqual(metric.solve({ rows: 1, columns: 24, data: a }).data);
    expect(dot(both.slice(24), a)).toBeCloseTo(dot(both.slice(0, 24), b), 12);
  });

  it('is exactly the block of each class where the curvatures of all rows are alike', () => {
    const problem = softmaxProblem(1e-2);
    const gram = gramOf(problem);
    const metric = blocksAt(problem, new Float64Array(24));
    const v = withoutGauge(
      Float64Array.from({ length: 24 }, (_, at) => Math.sin(7 * at)),
      4,
    );
    // At θ = 0 every p is 1/4.
    const block = { rows: 6, columns: 6, data: gram.data.map((value) => (3 / 16) * value) };
    for (let j = 0; j < 6; j++) block.data[7 * j] += problem.ridge[j];
    const factor = linalg.cholesky(block);
    const expected = new Float64Array(24);
    for (let c = 0; c < 4; c++) {
      const right = { rows: 6, columns: 1, data: v.slice(6 * c, 6 * c + 6) };
      expected.set(linalg.choleskySolve(factor, right).data, 6 * c);
    }
    const solved = metric.solve({ rows: 1, columns: 24, data: v }).data;
    withoutGauge(expected, 4).forEach((value, at) => expect(solved[at]).toBeCloseTo(value, 12));
  });

  it('is left out where it cannot be factorised, for one output and for very large heads', () => {
    const throwing = (): never => {
      throw new NumericalError('No factor.', {});
    };
    expect(metricOrNothing(throwing)).toBeUndefined();
    expect(() =>
      metricOrNothing(() => {
        throw new TypeError('A bug.');
      }),
    ).toThrow(TypeError);
    const problem = softmaxProblem(1e-2);
    expect(hasClassBlocks(problem)).toBe(true);
    expect(hasClassBlocks({ ...problem, kind: 'logistic', outputs: 1 })).toBe(false);
    const wide = { rows: 50_000, columns: 1024, element: 'float32' as const, read: () => undefined };
    expect(hasClassBlocks({ ...problem, features: wide, outputs: 100 })).toBe(false);
    expect(hasClassBlocks({ ...problem, features: wide, outputs: 10 })).toBe(true);
  });
});
