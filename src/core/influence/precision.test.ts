import { describe, expect, it } from 'vitest';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../linalg/linearAlgebra';
import { factorizeHessian } from '../models/curvature/hessianFactor';
import { computeLogits } from '../models/evaluateHead';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { createRoundedLinearAlgebra, problemOf, relativeDistance, syntheticRows } from '../testing/testData';
import { createFittedModel } from './fittedModel';
import { doublePrecision, isPrecisionEnough, measureSolveError, precisionFor } from './precision';
import { computeRowInfluence } from './rows/rowInfluence';

const exact = createFloat64LinearAlgebra();
const rounded = createRoundedLinearAlgebra();

/** A head whose features are more and more alike: cond(H) grows as `likeness` falls. */
function problemWith(kind: HeadKind, likeness: number, linalg: LinearAlgebra): HeadProblem {
  const data = syntheticRows({ rows: 300, features: 12, classes: kind === 'softmax' ? 3 : 2, seed: 5 });
  const { features } = data;
  for (let i = 0; i < features.rows; i++) {
    for (let j = 1; j < 6; j++)
      features.data[i * 12 + j] = features.data[i * 12] + likeness * features.data[i * 12 + j];
  }
  return problemOf(data, linalg, { kind, l2: 1e-7 });
}

function optimum(problem: HeadProblem): Float64Array {
  return fitHead(problem, exact).state.theta;
}

describe.each(['logistic', 'softmax'] as const)('precision of a %s head', (kind) => {
  it.each([1, 0.1, 0.01])('is measured as large as it is, features alike to %f', (likeness) => {
    const problem = problemWith(kind, likeness, exact);
    const logits = computeLogits(problem, optimum(problem), exact);
    const single = factorizeHessian(problem, logits, { ...rounded, inFloat64: rounded });
    const measured = measureSolveError(problem, logits, single.factor, rounded);
    const double = factorizeHessian(problem, logits, exact);
    expect(measureSolveError(problem, logits, double.factor, exact)).toBeLessThan(1e-9);
    const d = 12;
    const errors = [0, 1, 2, 3, 4, 5].map((row) => {
      // The gradient of a row with other labels: in the space that matters for softmax heads.
      const b = new Float64Array(problem.parameters);
      for (let j = 0; j < d; j++) {
        b[j] = problem.outputs === 1 ? 1 + j + row : (j + row) % 3;
        if (problem.outputs > 1) b[d + j] = -b[j];
      }
      const right = { rows: b.length, columns: 1, data: b };
      return relativeDistance(
        exact.choleskySolve(single.factor, right).data,
        exact.choleskySolve(double.factor, right).data,
      );
    });
    const typical = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(measured).toBeGreaterThan(typical / 8);
    expect(measured).toBeLessThan(typical * 8);
  });

  it('stays single where that is enough, and refines', () => {
    const problem = problemWith(kind, 1, rounded);
    const theta = optimum(problem);
    const model = createFittedModel(problem, theta, rounded);
    const truth = createFittedModel(problem, theta, exact);
    expect(model.linalg.precision).toBe('float32');
    expect(model.precision.description).toMatch(/float32.*measured/);
    expect(model.precision.solveError).toBeGreaterThan(1e-9);
    const b = { rows: 1, columns: problem.parameters, data: truth.theta };
    expect(relativeDistance(model.inverse.solve(b).vectors.data, truth.inverse.solve(b).vectors.data)).toBeLessThan(
      1e-11,
    );
    const influence = computeRowInfluence(model);
    expect(isPrecisionEnough(model.precision, influence.largestAmplification)).toBe(true);
    expect(relativeDistance(influence.rifCoefficients, computeRowInfluence(truth).rifCoefficients)).toBeLessThan(1e-5);
  });

  it('goes to float64 by itself where it is not, and says so', () => {
    const problem = problemWith(kind, 1e-3, rounded);
    const theta = optimum(problem);
    const model = createFittedModel(problem, theta, rounded);
    expect(model.linalg).toBe(rounded.inFloat64);
    expect(model.precision.description).toMatch(/float64 throughout: (in float32 .* off by|the Hessian is too ill)/);
    const truth = createFittedModel(problem, theta, exact);
    expect(model.exact?.hessian.data).toEqual(truth.exact?.hessian.data);
    expect(computeRowInfluence(model).leverage).toEqual(computeRowInfluence(truth).leverage);
  });
});

describe('precision', () => {
  it('is float64 where a backend computed small work so', () => {
    const inSingle: LinearAlgebra = { ...exact, precision: 'float32', inFloat64: exact };
    const problem = problemWith('logistic', 1, inSingle);
    const model = createFittedModel(problem, optimum(problem), inSingle);
    expect(model.linalg).toBe(exact);
    expect(model.precision).toBe(doublePrecision);
  });

  it('follows the measured error', () => {
    expect(precisionFor(1e-13, 1e7)).toBe(doublePrecision);
    expect(precisionFor(5e-7, 1e7)?.refinedSolutions).toBe(16);
    expect(precisionFor(5e-7, 1e6)?.refinedSolutions).toBe(100);
    expect(precisionFor(1e-5, 1e7)?.refinedSolutions).toBe(Number.POSITIVE_INFINITY);
    expect(precisionFor(1e-4, 1e7)).toBeUndefined();
    expect(precisionFor(Number.POSITIVE_INFINITY, 1e7)).toBeUndefined();
    expect(precisionFor(Number.NaN, 1e7)).toBeUndefined();
  });

  it('asks more of rows that amplify errors', () => {
    const precision = { ...doublePrecision, solveError: 1e-6 };
    expect(isPrecisionEnough(precision, 1)).toBe(true);
    expect(isPrecisionEnough(precision, 10)).toBe(true);
    expect(isPrecisionEnough(precision, 12)).toBe(false);
    expect(isPrecisionEnough(doublePrecision, 1e9)).toBe(true);
  });

  it('lets a fit reach its tolerance with an H that single precision makes useless', () => {
    const problem = problemWith('logistic', 1e-5, rounded);
    const fit = fitHead(problem, rounded);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-8);
    expect(relativeDistance(fit.state.theta, optimum(problem))).toBeLessThan(1e-3);
  });
});
