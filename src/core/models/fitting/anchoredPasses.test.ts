import { describe, expect, it } from 'vitest';
import { BugError } from '../../base/errors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { createRoundedLinearAlgebra, problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import { evaluateHead } from '../evaluateHead';
import type { HeadProblem } from '../headProblem';
import { createAnchoredPasses } from './anchoredPasses';

const linalg = createFloat64LinearAlgebra();
const rounded = createRoundedLinearAlgebra();

function problemWith(kind: HeadProblem['kind'], backend: typeof linalg): HeadProblem {
  const data = syntheticRows({ rows: 400, features: 7, classes: kind === 'softmax' ? 4 : 2, seed: 3 });
  const weights = Float64Array.from({ length: 400 }, (_, i) => [0, 1, 2.5][i % 3]);
  return problemOf(data, backend, { kind, l2: 1e-2, weights });
}

const wave = (length: number, size: number): Float64Array =>
  Float64Array.from({ length }, (_, at) => size * Math.sin(at + 1));

describe('passes relative to an anchor', () => {
  it.each(['softmax', 'logistic', 'ridge'] as const)('are exact passes in double: %s', (kind) => {
    const problem = problemWith(kind, linalg);
    const passes = createAnchoredPasses(problem, linalg);
    passes.moveTo(evaluateHead(problem, wave(problem.parameters, 0.5), linalg));
    for (const size of [0.5, 0.4, 5]) {
      const theta = wave(problem.parameters, size);
      const exact = evaluateHead(problem, theta, linalg);
      const state = passes.evaluate(theta);
      expect(Math.abs(state.objective / exact.objective - 1)).toBeLessThan(1e-13);
      expect(relativeDistance(state.gradient, exact.gradient)).toBeLessThan(1e-13);
      expect(Math.abs(state.gradientNorm / exact.gradientNorm - 1)).toBeLessThan(1e-13);
    }
  });

  it('are off by a share of the change since the anchor in single precision', () => {
    const problem = problemWith('softmax', rounded);
    const passes = createAnchoredPasses(problem, rounded);
    const start = wave(problem.parameters, 0.5);
    const anchor = evaluateHead(problem, start, rounded);
    passes.moveTo(anchor);
    for (const size of [1e-1, 1e-3, 1e-6]) {
      const theta = start.map((value, at) => value + size * Math.cos(at));
      const exact = evaluateHead(problem, theta, rounded);
      const change = exact.gradient.map((value, at) => value - anchor.gradient[at]);
      const error = passes.evaluate(theta).gradient.map((value, at) => value - exact.gradient[at]);
      const share = Math.hypot(...error) / Math.hypot(...change);
      expect(share).toBeLessThan(1e-6);
      expect(share).toBeGreaterThan(1e-12);
    }
  });

  it('need an anchor', () => {
    const problem = problemWith('softmax', linalg);
    expect(() => createAnchoredPasses(problem, linalg).evaluate(new Float64Array(problem.parameters))).toThrow(
      BugError,
    );
  });
});
