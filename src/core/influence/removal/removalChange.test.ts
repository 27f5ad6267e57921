import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../base/errors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../../linalg/linearAlgebra';
import { factorizeHessian } from '../../models/curvature/hessianFactor';
import { evaluateHead } from '../../models/evaluateHead';
import { fitHead } from '../../models/fitting/fitHead';
import { createHeadProblem } from '../../models/headProblem';
import type { SyntheticRows } from '../../testing/testData';
import { createRoundedLinearAlgebra, problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import type { FittedModel } from '../fittedModel';
import { createFittedModel } from '../fittedModel';
import { computeRowInfluence } from '../rows/rowInfluence';
import { estimateRemovalChange } from './removalChange';
import { withoutRows } from './removedRows';
import { retrain } from './retrain';

const exact = createFloat64LinearAlgebra();

function fitted(
  data: SyntheticRows,
  kind: 'logistic' | 'softmax',
  l2: number,
  linalg: LinearAlgebra = exact,
): FittedModel {
  const problem = problemOf(data, linalg, { kind, l2 });
  return createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
}

describe.each([
  ['logistic', 2],
  ['softmax', 3],
] as const)('%s head', (kind, classes) => {
  const data = syntheticRows({ rows: 200, features: 6, classes, seed: 21 });
  const model = fitted(data, kind, 0.02);
  const rows = Int32Array.from([3, 17, 40, 41, 99]);

  it('takes the same Newton step by Woodbury, directly and by conjugate gradients', () => {
    const byWoodbury = estimateRemovalChange(model, rows, { method: 'newton', newtonSolver: 'woodbury' }).change;
    const direct = estimateRemovalChange(model, rows, { method: 'newton', newtonSolver: 'direct' }).change;
    expect(relativeDistance(byWoodbury, direct)).toBeLessThan(1e-10);
    for (const ridgeConvention of ['fixed', 'mean'] as const) {
      const matrixFree = { method: 'newton', newtonSolver: 'cg', ridgeConvention } as const;
      const expected = estimateRemovalChange(model, rows, {
        method: 'newton',
        newtonSolver: 'direct',
        ridgeConvention,
      });
      expect(relativeDistance(estimateRemovalChange(model, rows, matrixFree).change, expected.change)).toBeLessThan(
        1e-7,
      );
    }
  });

  it('adds IF and RIF over sets, and RIF of one row is its Newton step', () => {
    for (const method of ['if', 'rif'] as const) {
      const sum = new Float64Array(model.problem.parameters);
      for (const row of rows) {
        const { change } = estimateRemovalChange(model, Int32Array.of(row), { method });
        for (let at = 0; at < sum.length; at++) sum[at] += change[at];
      }
      expect(relativeDistance(estimateRemovalChange(model, rows, { method }).change, sum)).toBeLessThan(1e-11);
    }
    const one = Int32Array.of(17);
    const rif = estimateRemovalChange(model, one, { method: 'rif' }).change;
    const newton = estimateRemovalChange(model, one, { method: 'newton', newtonSolver: 'direct' }).change;
    expect(relativeDistance(rif, newton)).toBeLessThan(1e-9);
  });

  it('comes nearer to retraining from IF to RIF to the Newton step', () => {
    const highest = Int32Array.from(
      Array.from(computeRowInfluence(model).selfRif.keys())
        .sort((a, b) => computed.selfRif[b] - computed.selfRif[a])
        .slice(0, 12),
    );
    const truth = retrain(model, { removed: highest }).change;
    const error = (method: 'if' | 'rif' | 'newton'): number =>
      relativeDistance(estimateRemovalChange(model, highest, { method }).change, truth);
    expect(error('rif')).toBeLessThan(error('if'));
    expect(error('newton')).toBeLessThan(error('rif'));
    expect(error('newton')).toBeLessThan(0.3);
  });

  it('is within a hundredth of retraining for typical single rows', () => {
    const errors = Array.from({ length: 20 }, (_, at) => {
      const one = Int32Array.of(at * 9);
      return relativeDistance(
        estimateRemovalChange(model, one, { method: 'rif' }).change,
        retrain(model, { removed: one }).change,
      );
    }).sort((a, b) => a - b);
    expect(errors[10]).toBeLessThan(0.01);
  });

  it('follows the mean ridge convention', () => {
    const truth = retrain(model, { removed: rows, ridgeConvention: 'mean' }).change;
    const fixed = retrain(model, { removed: rows }).change;
    const newton = estimateRemovalChange(model, rows, { method: 'newton', ridgeConvention: 'mean' }).change;
    const rif = estimateRemovalChange(model, rows, { method: 'rif', ridgeConvention: 'mean' }).change;
    expect(relativeDistance(newton, truth)).toBeLessThan(0.05);
    expect(relativeDistance(rif, truth)).toBeLessThan(0.3);
    expect(relativeDistance(newton, truth)).toBeLessThan(relativeDistance(newton, fixed));
    // One row: RIF is (H − Hᵢ)⁻¹(gᵢ + λθ̂), so it must meet the Newton step up to the ridge's own change, of order 1/n.
    const one = Int32Array.of(3);
    const exactly = { method: 'rif', ridgeConvention: 'mean', meanRescaling: 'exact' } as const;
    const single = estimateRemovalChange(model, one, exactly).change;
    const step = estimateRemovalChange(model, one, { method: 'newton', ridgeConvention: 'mean' }).change;
    expect(relativeDistance(single, step)).toBeLessThan(0.02);
  });

  it('takes the Newton step of most of the rows by those that are kept', () => {
    for (const share of [0.1, 0.3, 0.5, 0.7]) {
      const most = Int32Array.from({ length: 200 * share }, (_, at) => (at * 7) % 200);
      const { change } = estimateRemovalChange(model, most, { method: 'newton' });
      const left = problemOf(data, exact, {
        kind,
        l2: (0.02 * 200) / (200 - most.length),
        weights: withoutRows(model.problem.weights, most),
      });
      // The definition: H of the kept rows at θ̂, and the gradient of the edited objective there.
      const { hessian, factor } = factorizeHessian(left, model.logits, exact);
      const gradient = evaluateHead(left, model.theta, exact).gradient;
      const step = exact.choleskySolve(factor, { rows: hessian.rows, columns: 1, data: gradient }).data;
      expect(
        relativeDistance(
          change,
          step.map((value) => -value),
        ),
      ).toBeLessThan(1e-9);
    }
  });

  it('says why there is no Newton step when a class loses its last row', () => {
    const all = Int32Array.from(Array.from(data.labels.keys()).filter((row) => data.labels[row] === 1));
    expect(() => estimateRemovalChange(model, all, { method: 'newton' })).toThrow(NumericalError);
    expect(() => estimateRemovalChange(model, all, { method: 'newton' })).toThrow(/without a training row/);
  });

  it('keeps its digits with single-precision products', () => {
    const single = fitted(data, kind, 0.02, createRoundedLinearAlgebra());
    for (const method of ['if', 'newton'] as const) {
      const a = estimateRemovalChange(single, rows, { method }).change;
      const b = estimateRemovalChange(model, rows, { method }).change;
      expect(relativeDistance(a, b)).toBeLessThan(1e-7);
    }
  });

  const computed = computeRowInfluence(model);

  it('bounds leverage, and its sum is the effective degrees of freedom', () => {
    let sum = 0;
    for (const value of computed.leverage) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(Math.max(1, classes - 1));
      sum += value;
    }
    expect(sum).toBeLessThan((classes - 1) * 6);
    expect(sum).toBeGreaterThan(1);
    expect(computed.unstableRows).toBe(0);
  });
});

describe('ridge head', () => {
  const n = 120;
  const data = syntheticRows({ rows: n, features: 6, classes: 2, seed: 8 });
  const responses = Float64Array.from(data.labels, (label, i) => label + Math.sin(i) + data.features.data[6 * i]);
  const problem = createHeadProblem(
    {
      kind: 'ridge',
      classes: 0,
      features: data.features,
      rows: exact.loadRows(data.features),
      labels: responses,
      weights: new Float64Array(n).fill(1),
      l2: 0.02,
      unpenalised: [5],
    },
    exact,
  );
  const model = createFittedModel(problem, fitHead(problem, exact).state.theta, exact);
  const tight = 1e-10;

  it('has the exact leave-one-out change as the RIF of one row', () => {
    for (const row of [0, 33, 119]) {
      const one = Int32Array.of(row);
      const truth = retrain(model, { removed: one }).change;
      expect(relativeDistance(estimateRemovalChange(model, one, { method: 'rif' }).change, truth)).toBeLessThan(tight);
      const byIf = estimateRemovalChange(model, one, { method: 'if' });
      // IF is that times 1 − hᵢ.
      expect(
        relativeDistance(
          byIf.change,
          truth.map((value) => value * (1 - byIf.maxLeverage)),
        ),
      ).toBeLessThan(tight);
    }
  });

  it('has exact retraining as the Newton step of a set, in both conventions and by both solvers', () => {
    for (const size of [2, 5, 40, 90]) {
      const set = Int32Array.from({ length: size }, (_, at) => (at * 11) % n);
      for (const ridgeConvention of ['fixed', 'mean'] as const) {
        const truth = retrain(model, { removed: set, ridgeConvention }).change;
        const step = estimateRemovalChange(model, set, { method: 'newton', ridgeConvention }).change;
        expect(relativeDistance(step, truth)).toBeLessThan(tight);
      }
    }
    const few = Int32Array.of(4, 9);
    const truth = retrain(model, { removed: few }).change;
    for (const newtonSolver of ['woodbury', 'direct'] as const) {
      const step = estimateRemovalChange(model, few, { method: 'newton', newtonSolver }).change;
      expect(relativeDistance(step, truth)).toBeLessThan(tight);
    }
  });
});
