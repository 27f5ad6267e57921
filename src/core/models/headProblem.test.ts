import { describe, expect, it } from 'vitest';
import { InputError } from '../base/errors';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { problemOf, relativeDistance, syntheticRows } from '../testing/testData';
import { computeCurvature, computeHessian, multiplyHessian } from './curvature/headHessian';
import { evaluateHead } from './evaluateHead';
import { withL2 } from './headProblem';

const linalg = createFloat64LinearAlgebra();
const cases = [
  { kind: 'logistic', classes: 2, unpenalised: [] },
  { kind: 'logistic', classes: 2, unpenalised: [3] },
  { kind: 'softmax', classes: 2, unpenalised: [3] },
  { kind: 'softmax', classes: 4, unpenalised: [] },
  { kind: 'softmax', classes: 4, unpenalised: [3] },
] as const;

describe.each(cases)('$kind, $classes classes, unpenalised $unpenalised', ({ kind, classes, unpenalised }) => {
  const data = syntheticRows({ rows: 90, features: 4, classes, seed: 3 });
  const random = createRandom(8);
  const weights = Float64Array.from({ length: 90 }, (_, i) => (i % 7 === 0 ? 0 : i % 5 === 0 ? 2 : 1));
  const problem = problemOf(data, linalg, { kind, l2: 0.03, unpenalised, weights });
  const theta = Float64Array.from({ length: problem.parameters }, () => 0.7 * random.normal());
  const at = (point: Float64Array): ReturnType<typeof evaluateHead> => evaluateHead(problem, point, linalg);
  const shifted = (index: number, step: number): Float64Array => {
    const moved = theta.slice();
    moved[index] += step;
    return moved;
  };

  it('has the gradient of its objective', () => {
    const { gradient } = at(theta);
    const h = 1e-5;
    const numeric = gradient.map((_, j) => (at(shifted(j, h)).objective - at(shifted(j, -h)).objective) / (2 * h));
    expect(relativeDistance(gradient, numeric)).toBeLessThan(1e-8);
  });

  it('knows the same of zero as a pass over the rows tells, also with other weights or labels', () => {
    const zero = new Float64Array(problem.parameters);
    const other = weights.map((w, i) => (i < 20 ? 0 : w));
    const turned = Int32Array.from(data.labels, (label) => (label + 1) % classes);
    for (const changed of [problem, { ...problem, weights: other }, { ...problem, labels: turned }]) {
      const known = evaluateHead(changed, zero, linalg);
      const measured = evaluateHead({ ...changed, classSums: undefined }, zero, linalg);
      expect(relativeDistance(known.gradient, measured.gradient)).toBeLessThan(1e-13);
      expect(Math.abs(known.objective / measured.objective - 1)).toBeLessThan(1e-13);
      expect(known.logits).toEqual(measured.logits);
      expect(known.gradientNorm).toBeCloseTo(Math.hypot(...measured.gradient), 10);
    }
    expect(problem.gradientScale).toBeCloseTo(Math.max(1, at(zero).gradientNorm), 10);
  });

  it('has the Hessian of its gradient, but for the gauge terms', () => {
    const p = problem.parameters;
    const { logits } = at(theta);
    const h = 1e-5;
    const numeric = new Float64Array(p * p);
    for (let j = 0; j < p; j++) {
      const up = at(shifted(j, h)).gradient;
      const down = at(shifted(j, -h)).gradient;
      for (let i = 0; i < p; i++) numeric[i * p + j] = (up[i] - down[i]) / (2 * h);
    }
    const plain = computeCurvature(problem, logits, linalg);
    for (let i = 0; i < p; i++) plain.data[i * p + i] += problem.ridge[i % 4];
    expect(relativeDistance(plain.data, numeric)).toBeLessThan(1e-8);
    const v = Float64Array.from({ length: p }, () => random.normal());
    const product = new Float64Array(p);
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) product[i] += plain.data[i * p + j] * v[j];
    expect(relativeDistance(multiplyHessian(problem, logits, v, linalg), product)).toBeLessThan(1e-12);
    // The gauge terms vanish on vectors that sum to zero over the classes, and only there.
    const gauged = computeHessian(problem, logits, linalg);
    const apply = (u: Float64Array): Float64Array =>
      Float64Array.from(u, (_, i) =>
        u.reduce((sum, value, j) => sum + (gauged.data[i * p + j] - plain.data[i * p + j]) * value, 0),
      );
    const largest = (u: Float64Array): number => Math.max(...apply(u).map(Math.abs));
    const zeroSum = v.map(
      (value, i) => value - v.reduce((sum, other, j) => sum + (j % 4 === i % 4 ? other : 0), 0) / problem.outputs,
    );
    if (kind === 'softmax') expect(largest(zeroSum)).toBeLessThan(1e-12 * largest(v));
    else expect(largest(v)).toBe(0);
  });
});

describe('createHeadProblem', () => {
  const data = syntheticRows({ rows: 30, features: 3, classes: 3, seed: 1 });

  it('refuses a λ that does not bound the head', () => {
    for (const l2 of [0, -1, 1e-12, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => problemOf(data, linalg, { kind: 'softmax', l2 })).toThrow(InputError);
    }
  });

  it('refuses a head too large to factorise, and says what to do', () => {
    const wide = syntheticRows({ rows: 3, features: 44_000, classes: 3, seed: 1 });
    expect(() => problemOf(wide, linalg, { kind: 'softmax', l2: 1 })).toThrow(
      /132000 parameters.*Ignore some columns/s,
    );
  });

  it('keeps nλ when rows are removed, and penalises intercepts lightly only when a class is absent', () => {
    const weights = Float64Array.from(data.labels, (label) => (label === 2 ? 0 : 1));
    const full = problemOf(data, linalg, { kind: 'softmax', l2: 0.1 });
    const without = problemOf(data, linalg, { kind: 'softmax', l2: 0.1, weights });
    expect(Array.from(full.ridge)).toEqual([3, 3, 0]);
    expect(without.absentClasses).toEqual([2]);
    expect(without.ridge[2]).toBeGreaterThan(0);
    expect(without.ridge[2]).toBeLessThan(1e-3);
    expect(withL2(full, 0.2).ridge[0]).toBeCloseTo(6, 12);
  });
});
