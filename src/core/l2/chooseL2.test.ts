import { describe, expect, it } from 'vitest';
import { InputError, NumericalError } from '../base/errors';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { factorizeHessian } from '../models/curvature/hessianFactor';
import { lossOfRow } from '../models/evaluateHead';
import { fitHead } from '../models/fitting/fitHead';
import { withL2 } from '../models/headProblem';
import { problemOf, syntheticRows } from '../testing/testData';
import { chooseL2 } from './chooseL2';
import { computeLeaveOneOutLoss } from './leaveOneOutLoss';

const linalg = createFloat64LinearAlgebra();

describe('chooseL2', () => {
  const data = syntheticRows({ rows: 150, features: 25, classes: 3, seed: 1, signal: 0.5 });
  const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1 });

  it('follows the curve of fully converged fits and takes its minimum', () => {
    const { choice } = chooseL2(problem, linalg);
    expect(choice.points.length).toBeGreaterThan(5);
    for (const point of choice.points) {
      const at = withL2(problem, point.l2);
      const { logits } = fitHead(at, linalg).state;
      const exact = computeLeaveOneOutLoss(at, logits, factorizeHessian(at, logits, linalg), linalg);
      expect(Math.abs(point.meanLooLoss / exact.meanLooLoss - 1)).toBeLessThan(0.005);
      expect(Math.abs(point.effectiveDof / exact.effectiveDof - 1)).toBeLessThan(0.005);
    }
    const best = Math.min(...choice.points.map((point) => point.meanLooLoss));
    expect(choice.points.find((point) => point.l2 === choice.chosen)?.meanLooLoss).toBe(best);
    expect(choice.onEdge).toBe(false);
    const grid = choice.points.map((point) => point.l2);
    expect(grid).toEqual([...grid].sort((a, b) => a - b));
  });

  it('is within 0.1 % of the loss at any λ near the one chosen', () => {
    const { choice, theta } = chooseL2(problem, linalg);
    const lossAt = (l2: number): number => {
      const at = withL2(problem, l2);
      const { logits } = fitHead(at, linalg, { start: theta }).state;
      return computeLeaveOneOutLoss(at, logits, factorizeHessian(at, logits, linalg), linalg).meanLooLoss;
    };
    const chosen = lossAt(choice.chosen);
    for (let step = -8; step <= 8; step++)
      expect(chosen / lossAt(choice.chosen * 10 ** (step / 8))).toBeLessThan(1.001);
  });

  it('is the leave-one-out loss of retraining, to a few per cent', () => {
    const small = syntheticRows({ rows: 60, features: 4, classes: 2, seed: 12 });
    const full = problemOf(small, linalg, { kind: 'logistic', l2: 0.01 });
    const { theta, logits } = fitHead(full, linalg).state;
    const byRif = computeLeaveOneOutLoss(full, logits, factorizeHessian(full, logits, linalg), linalg).meanLooLoss;
    let truth = 0;
    for (let i = 0; i < 60; i++) {
      const weights = full.weights.slice();
      weights[i] = 0;
      truth += lossOfRow(full, fitHead({ ...full, weights }, linalg, { start: theta }).state.logits, i) / 60;
    }
    expect(Math.abs(byRif / truth - 1)).toBeLessThan(0.02);
  });

  it('says when the minimum lies on the edge of the grid', () => {
    const { choice } = chooseL2(problem, linalg, { range: [1e-3, 1e-2] });
    expect(choice.onEdge).toBe(true);
    expect(choice.chosen).toBe(1e-2);
  });

  it('stops early once the curve has turned up', () => {
    const seen: number[] = [];
    chooseL2(problem, linalg, { onPoint: (l2) => seen.push(l2) });
    expect(Math.min(...seen)).toBeGreaterThan(1e-6);
  });

  it('refuses a grid that makes no sense', () => {
    expect(() => chooseL2(problem, linalg, { range: [1, 0.1] })).toThrow(InputError);
    expect(() => chooseL2(problem, linalg, { range: [0, 1] })).toThrow(InputError);
  });

  it('leaves out λ values that cannot be fitted, and fails only when none can', () => {
    const broken = (failsBelow: number): typeof linalg => ({
      ...linalg,
      cholesky: (a, onBlock) => {
        if (a.data[0] < failsBelow) throw new NumericalError('not positive definite');
        return linalg.cholesky(a, onBlock);
      },
    });
    const start = computedDiagonal();
    const search = chooseL2(problem, broken(start), { range: [1e-6, 1] });
    expect(search.failed.length).toBeGreaterThan(0);
    expect(search.choice.points.length).toBeGreaterThan(0);
    expect(() => chooseL2(problem, broken(Number.POSITIVE_INFINITY))).toThrow(NumericalError);
  });

  /** First diagonal entry of H around λ = 0.1: the broken backend fails below it. */
  function computedDiagonal(): number {
    const at = withL2(problem, 0.1);
    return factorizeHessian(at, fitHead(at, linalg).state.logits, linalg).hessian.data[0] * 0.9;
  }
});
