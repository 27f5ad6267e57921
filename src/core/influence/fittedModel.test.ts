import { describe, expect, it } from 'vitest';
import { InputError } from '../base/errors';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadProblem } from '../models/headProblem';
import { isExactAffordable } from '../models/headSize';
import { problemOf, relativeDistance, syntheticRows } from '../testing/testData';
import { createFittedModel } from './fittedModel';
import { computeMeanLossEffects, computeRowInfluence } from './rows/rowInfluence';

const linalg = createFloat64LinearAlgebra();

describe('createFittedModel', () => {
  const data = syntheticRows({ rows: 400, features: 10, classes: 5, seed: 9 });
  const weights = Float64Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 0 : 1));
  const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-2, weights });
  const { theta } = fitHead(problem, linalg).state;

  it('gives the same effects by products with H as by H itself, and estimates only the rescaling', () => {
    const exact = createFittedModel(problem, theta, linalg);
    const stages: string[] = [];
    const iterative = createFittedModel(problem, theta, linalg, undefined, {
      method: 'iterative',
      onStage: (name) => stages.push(name),
    });
    expect(exact.forms.method).toBe('exact');
    expect(iterative.exact).toBeUndefined();
    expect(iterative.forms.method).toBe('ekfac');
    expect(stages).toEqual(['Kronecker factors', 'error of the leverages']);
    expect(iterative.conditionEstimate / exact.conditionEstimate).toBeGreaterThan(0.1);
    expect(iterative.conditionEstimate / exact.conditionEstimate).toBeLessThan(10);
    const measured = weights.map((w) => 1 - w);
    const [expected, found] = [exact, iterative].map((model) => {
      const influence = computeRowInfluence(model);
      return computeMeanLossEffects(model, measured, { labels: data.labels }, influence.rifCoefficients);
    });
    const training = (values: Float64Array): Float64Array => values.filter((_, i) => weights[i] !== 0);
    expect(relativeDistance(training(found.byIf), training(expected.byIf))).toBeLessThan(1e-7);
    expect(relativeDistance(training(found.byRif), training(expected.byRif))).toBeLessThan(0.02);
  });

  it('forms H for small heads whatever their rows, for one output, and while that costs seconds', () => {
    const sized = (rows: number, features: number, outputs: number): HeadProblem => ({
      ...problem,
      outputs,
      parameters: outputs * features,
      features: { rows, columns: features, element: 'float32', read: () => undefined },
    });
    expect(isExactAffordable(sized(1e6, 150, 10))).toBe(true);
    expect(isExactAffordable(sized(1e6, 768, 1))).toBe(true);
    expect(isExactAffordable(sized(5000, 256, 10))).toBe(true);
    expect(isExactAffordable(sized(20_000, 512, 10))).toBe(false);
    expect(isExactAffordable(sized(50_000, 1024, 100))).toBe(false);
    expect(isExactAffordable(sized(100, 900, 10))).toBe(false);
    const large = sized(100, 900, 10);
    expect(() => createFittedModel(large, new Float64Array(9000), linalg, undefined, { method: 'exact' })).toThrow(
      InputError,
    );
  });
});
