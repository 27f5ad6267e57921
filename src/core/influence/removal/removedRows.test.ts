import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../base/errors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { problemOf, syntheticRows } from '../../testing/testData';
import { classWeights, findLostClass, requireNoLostClass, ridgePull } from './removedRows';

const linalg = createFloat64LinearAlgebra();
const data = {
  ...syntheticRows({ rows: 6, features: 3, classes: 3, seed: 1 }),
  labels: Int32Array.of(0, 1, 1, 2, 2, 0),
};
// The last row validates.
const weights = Float64Array.of(1, 1, 1, 1, 0.5, 0);
const problem = problemOf(data, linalg, { kind: 'softmax', l2: 0.1, weights });

describe('removed rows', () => {
  it('take a class with them when they are all of it', () => {
    expect(classWeights(problem)).toEqual(Float64Array.of(1, 2, 1.5));
    expect(findLostClass(problem, Int32Array.of(1, 3))).toBe(-1);
    expect(findLostClass(problem, Int32Array.of(4, 3))).toBe(2);
    expect(findLostClass(problem, Int32Array.of(0))).toBe(0);
    expect(findLostClass(problem, new Int32Array(0))).toBe(-1);
    expect(() => requireNoLostClass(problem, Int32Array.of(1, 2))).toThrow(NumericalError);
    expect(() => requireNoLostClass(problem, Int32Array.of(0, 5, 0))).toThrow('leave the class of row 0 without');
    expect(() => requireNoLostClass(problem, Int32Array.of(1, 2))).toThrow('leave the class of row 1 without');
    expect(() => requireNoLostClass(problem, Int32Array.of(1))).not.toThrow();
  });

  it('may take it where every feature is penalised, and do not where it had no rows or there are none', () => {
    expect(findLostClass({ ...problem, unpenalised: [] }, Int32Array.of(0))).toBe(-1);
    const absent = { ...problem, weights: Float64Array.of(0, 1, 1, 1, 1, 0) };
    expect(findLostClass(absent, Int32Array.of(1))).toBe(-1);
    const responses = { ...problem, kind: 'ridge' as const, labels: Float64Array.of(0.5, 1, 2, 3, 4, 5) };
    expect(classWeights(responses)).toHaveLength(0);
    expect(findLostClass(responses, Int32Array.of(0))).toBe(-1);
  });

  it('pull by λθ̂, but not on what is not penalised', () => {
    const theta = Float64Array.from({ length: 9 }, (_, at) => at + 1);
    const pull = ridgePull({ problem, theta });
    expect(pull).toEqual(theta.map((value, at) => (at % 3 === 2 ? 0 : 0.1 * value)));
  });
});
