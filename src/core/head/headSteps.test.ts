import { describe, expect, it } from 'vitest';
import { NumericalError } from '../base/errors';
import { StageProgress } from '../job/stageProgress';
import { createTestContext, problemOf, syntheticRows } from '../testing/testData';
import { chooseProblemL2, type ChosenProblem, fitChosen, fitProblem } from './headSteps';

describe('fitChosen', () => {
  const context = createTestContext();
  const { linalg, log } = context;
  const data = syntheticRows({ rows: 80, features: 8, classes: 2, seed: 3, signal: 0.5 });
  const problem = problemOf(data, linalg, { kind: 'logistic', l2: 1 });
  const searched = chooseProblemL2(problem, { l2: 'auto' }, new StageProgress('lambda', context), context);
  const chosen = searched.problem.l2;
  const fitFrom = (least: number) => (at: ChosenProblem) => {
    if (at.problem.l2 < least) throw new NumericalError(`none at ${at.problem.l2}`);
    const part = { progress: new StageProgress('fit', context), from: 0, to: 1 };
    return fitProblem(at.problem, { theta: at.search?.theta }, part, context);
  };

  it('fits at the chosen λ, and at the next larger one tried where that does not converge', () => {
    const plain = fitChosen(searched, fitFrom(0), log);
    expect(plain.problem.l2).toBe(chosen);
    expect(plain.search).toBe(searched.search);
    const larger = (searched.search?.choice.points ?? []).map(({ l2 }) => l2).filter((l2) => l2 > chosen);
    expect(larger.length).toBeGreaterThan(1);
    const { problem: at, search, fit } = fitChosen(searched, fitFrom(1.001 * larger[0]), log);
    expect(at.l2).toBe(larger[1]);
    expect(search?.choice.chosen).toBe(larger[1]);
    expect(search?.failed).toEqual([...(searched.search?.failed ?? []), chosen, larger[0]]);
    expect(search?.choice.points.map(({ l2 }) => l2)).not.toContain(chosen);
    expect(fit.relativeGradientNorm).toBeLessThan(1e-8);
  });

  it('fails where no larger λ was tried, at a λ that was given, and at errors of other kinds', () => {
    expect(() => fitChosen(searched, fitFrom(Number.POSITIVE_INFINITY), log)).toThrow('none at 1');
    const given = { problem, search: undefined };
    expect(() => fitChosen(given, fitFrom(Number.POSITIVE_INFINITY), log)).toThrow(NumericalError);
    const broken = (): never => {
      throw new TypeError('broken');
    };
    expect(() => fitChosen(searched, broken, log)).toThrow(TypeError);
  });
});
