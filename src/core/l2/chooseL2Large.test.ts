import { describe, expect, it } from 'vitest';
import { NumericalError } from '../base/errors';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { factorizeHessian } from '../models/curvature/hessianFactor';
import { fitHead } from '../models/fitting/fitHead';
import { sampleProblem } from '../models/fitting/sampleProblem';
import { withL2 } from '../models/headProblem';
import { embeddingRows } from '../testing/embeddingRows';
import { problemOf, syntheticRows } from '../testing/testData';
import { chooseL2 } from './chooseL2';
import { estimateLeaveOneOutLoss } from './estimatedL2Points';
import { createExactVisit } from './exactL2Points';
import { followL2Path } from './l2Path';
import { computeLeaveOneOutLoss } from './leaveOneOutLoss';

const linalg = createFloat64LinearAlgebra();

describe('the choice of λ for large heads', () => {
  const data = syntheticRows({ rows: 500, features: 20, classes: 6, seed: 4, signal: 0.5 });
  const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1 });

  it.each([1e-1, 1e-2, 1e-3])('estimates the leave-one-out loss and the effective parameters at λ = %f', (l2) => {
    const at = withL2(problem, l2);
    const { logits } = fitHead(at, linalg).state;
    const exact = computeLeaveOneOutLoss(at, logits, factorizeHessian(at, logits, linalg), linalg);
    const estimate = estimateLeaveOneOutLoss({ problem: at, linalg, logits });
    expect(Math.abs(estimate.meanLooLoss / exact.meanLooLoss - 1)).toBeLessThan(0.003);
    expect(Math.abs(estimate.effectiveDof / exact.effectiveDof - 1)).toBeLessThan(0.05);
    expect(estimate.meanLoss).toBeCloseTo(exact.meanLoss, 12);
  });

  // The last two have 0.35 and more effective parameters a row: what is estimated is corrected by exact losses.
  it.each([
    { rows: 1500, features: 40, classes: 8, seed: 1 },
    { rows: 1000, features: 30, classes: 12, seed: 2 },
    { rows: 500, features: 50, classes: 8, seed: 3 },
    { rows: 250, features: 60, classes: 8, seed: 4 },
  ])('finds as good a λ as exact leverages do: $rows rows, $features features, $classes classes', (shape) => {
    const own = problemOf(embeddingRows(shape), linalg, { kind: 'softmax', l2: 1 });
    const { choice } = chooseL2(own, linalg);
    expect(choice.method).toBe('estimated');
    const exact = followL2Path([1e-6, 1], createExactVisit(own, linalg)).best.point;
    const [there] = followL2Path([choice.chosen, choice.chosen], createExactVisit(own, linalg)).visited;
    expect(there.point.meanLooLoss / exact.meanLooLoss).toBeLessThan(1.001);
    expect(Math.abs(Math.log10(choice.chosen / exact.l2))).toBeLessThan(0.25);
  });

  // Copies of a few far rows, whatever their labels: black pictures. Estimates fall towards small λ, the truth rises.
  it.each([
    { rows: 300, features: 60, classes: 8, seed: 7, far: 40, places: 4 },
    { rows: 300, features: 80, classes: 6, seed: 9, far: 60, places: 3 },
  ])('takes exact losses alone where estimates are worth nothing: %j', ({ far, places, ...shape }) => {
    const data = embeddingRows(shape);
    const random = createRandom(shape.seed);
    const { data: x, columns: d } = data.features;
    data.labels.forEach((label, i) => {
      for (let k = 0; k < 6; k++) x[i * d + ((7 * label + 3 * k) % (d - 1))] += 0.5;
    });
    for (let place = 0; place < places; place++) {
      const at = Array.from({ length: d - 1 }, () => 4 * random.normal());
      for (let i = place; i < far; i += places) {
        at.forEach((value, k) => (x[i * d + k] = value + 0.02 * random.normal()));
        data.labels[i] = random.integer(shape.classes);
      }
    }
    const own = problemOf(data, linalg, { kind: 'softmax', l2: 1 });
    const { choice } = chooseL2(own, linalg);
    const exact = followL2Path([1e-6, 1], createExactVisit(own, linalg)).best.point;
    expect(choice.method).toBeUndefined();
    expect(choice.chosen).toBe(exact.l2);
  });

  it('leaves out λ values at which exact losses cannot be had, and fails only where none can', () => {
    const own = problemOf(embeddingRows({ rows: 250, features: 60, classes: 8, seed: 4 }), linalg, {
      kind: 'softmax',
      l2: 1,
    });
    const failing = (failsBelow: number): typeof linalg => ({
      ...linalg,
      cholesky: (a, onBlock) => {
        // Of the order of H, not of the Gram matrices that the estimates take.
        if (a.rows === own.parameters && a.data[0] < failsBelow) throw new NumericalError('not positive definite');
        return linalg.cholesky(a, onBlock);
      },
    });
    const free = chooseL2(own, linalg);
    const at = withL2(own, 1.5 * free.choice.chosen);
    const diagonal = factorizeHessian(at, fitHead(at, linalg).state.logits, linalg).hessian.data[0];
    const { choice, failed } = chooseL2(own, failing(diagonal));
    expect(failed.length).toBeGreaterThan(0);
    expect(choice.chosen).toBeGreaterThan(Math.max(...failed));
    expect(choice.points.some(({ l2 }) => failed.includes(l2))).toBe(false);
    expect(() => chooseL2(own, failing(Number.POSITIVE_INFINITY))).toThrow(NumericalError);
  });

  it('says that it estimates, and does where exact leverages would cost too much', () => {
    const wide = syntheticRows({ rows: 150, features: 16, classes: 95, seed: 5, signal: 0.4 });
    const large = problemOf(wide, linalg, { kind: 'softmax', l2: 1 });
    // The decision looks at the number of rows that the features state.
    const { choice } = chooseL2({ ...large, features: { ...wide.features, rows: 1e9 } }, linalg, { range: [0.1, 0.1] });
    expect(choice.method).toBe('estimated');
    expect(choice.chosen).toBe(0.1);
    expect(chooseL2(problem, linalg, { range: [0.1, 0.1] }).choice.method).toBeUndefined();
  });
});

describe('the choice of λ for many rows', () => {
  const data = syntheticRows({ rows: 9000, features: 12, classes: 3, seed: 6, signal: 0.2 });
  const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1 });

  it('samples by class, with the ridge of all rows', () => {
    const sample = sampleProblem(problem, 900, createRandom(3), linalg);
    expect(sample.ridge).toEqual(problem.ridge);
    expect(sample.features.rows).toBeLessThan(905);
    const share = (labels: ArrayLike<number>, c: number): number =>
      Array.from(labels).filter((label) => label === c).length / labels.length;
    for (let c = 0; c < 3; c++) expect(share(sample.labels, c)).toBeCloseTo(share(data.labels, c), 2);
    const again = sampleProblem(problem, 900, createRandom(3), linalg);
    expect(again.features).toEqual(sample.features);
  });

  it('follows the path on the sample and descends the curve of all rows from there', () => {
    // As many rows as the work limit allows, and a few more: told by the size of the features alone.
    const many = { ...problem, features: { ...data.features, rows: 1e9 } };
    const { choice } = chooseL2(many, linalg, { range: [1e-5, 1] });
    expect(choice.sampledRows).toBeLessThan(4010);
    expect(choice.compared?.length).toBeGreaterThanOrEqual(2);
    expect(choice.compared?.length).toBeLessThanOrEqual(6);
    const best = Math.min(...(choice.compared ?? []).map((point) => point.meanLooLoss));
    expect(choice.compared?.find(({ l2 }) => l2 === choice.chosen)?.meanLooLoss).toBe(best);
    const full = chooseL2(problem, linalg, { range: [1e-5, 1] });
    expect(full.choice.sampledRows).toBeUndefined();
    const at = (l2: number): number => {
      const own = withL2(problem, l2);
      const { logits } = fitHead(own, linalg).state;
      return computeLeaveOneOutLoss(own, logits, factorizeHessian(own, logits, linalg), linalg).meanLooLoss;
    };
    // Not the same λ, but as good a one.
    expect(at(choice.chosen) / at(full.choice.chosen)).toBeLessThan(1.001);
  });
});
