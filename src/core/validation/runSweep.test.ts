import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import { createTestContext, problemOf, syntheticRows } from '../testing/testData';
import { runFidelity } from './runFidelity';
import type { SweepRequest } from './runSweep';
import { nestedOrder, runSweep, sweepValues } from './runSweep';

const n = 160;
const linalg = createFloat64LinearAlgebra();
const all = Int32Array.from({ length: n }, (_, row) => row);
const train = all.filter((row) => row % 4 !== 3);
const sets = { train, validation: all.filter((row) => row % 4 === 3), test: new Int32Array(0) };

function fitted(kind: HeadKind, l2: number, rows: Int32Array = train): FittedModel {
  const data = syntheticRows({ rows: n, features: 16, classes: kind === 'softmax' ? 3 : 2, seed: 5, signal: 0.6 });
  const weights = new Float64Array(n);
  for (const row of rows) weights[row] = 1;
  const problem = problemOf(data, linalg, { kind, l2, weights });
  return createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
}

const request: SweepRequest = {
  seed: 3,
  of: 'l2',
  from: 1e-3,
  to: 1e-1,
  points: 3,
  shares: [0.02, 0.05],
  repetitions: 2,
};

describe('runSweep', () => {
  it.each(['logistic', 'softmax'] as const)('over λ is fidelity at each λ, for a %s head', (kind) => {
    // Strategies that do not look at the head: the sets are those of fidelity at any λ.
    const asked = { ...request, strategies: ['random', 'distance'] as const };
    const sweep = runSweep(fitted(kind, 1e-2), sets, asked, createTestContext());
    expect(sweep.points.map(({ l2 }) => l2)).toEqual([1e-3, expect.closeTo(1e-2, 15), 1e-1]);
    for (const { l2, figures, trainRows, failure } of sweep.points) {
      const alone = runFidelity(fitted(kind, l2), sets, asked, createTestContext());
      expect([trainRows, failure]).toEqual([train.length, null]);
      for (const method of ['if', 'rif', 'newton'] as const) {
        expect(figures?.[method].validation_loss?.relativeError).toBeCloseTo(
          alone.overall[method].validation_loss?.relativeError ?? NaN,
          5,
        );
      }
    }
  });

  it('over rows is fidelity of a head on the sample, with the sets of the smallest one', () => {
    const model = fitted('logistic', 1e-2);
    const asked: SweepRequest = { ...request, of: 'rows', from: 0.4, to: 1, points: 3, strategies: ['random'] };
    const sweep = runSweep(model, sets, asked, createTestContext());
    expect(sweep.points.map(({ trainRows }) => trainRows)).toEqual([48, 76, 120]);
    expect(sweep.sizes).toEqual([1, 2]);
    const order = nestedOrder(model.problem, train, asked.seed);
    const sample = order.slice(0, 48).sort();
    const alone = runFidelity(fitted('logistic', 1e-2, sample), { ...sets, train: sample }, asked, createTestContext());
    for (const method of ['if', 'rif', 'newton'] as const) {
      expect(sweep.points[0].figures?.[method].margin?.relativeError).toBeCloseTo(
        alone.overall[method].margin?.relativeError ?? NaN,
        5,
      );
    }
  });

  it('shows rescaling to matter more, the fewer rows there are for the features', () => {
    const asked: SweepRequest = { ...request, of: 'rows', from: 0.2, to: 1, points: 2, strategies: ['random'] };
    const { points } = runSweep(fitted('logistic', 1e-3), sets, { ...asked, repetitions: 8 }, createTestContext());
    const errors = points.map(({ figures }) => [
      figures?.if.margin?.medianRelativeError ?? NaN,
      figures?.rif.margin?.medianRelativeError ?? NaN,
    ]);
    for (const [byIf, byRif] of errors) expect(byRif).toBeLessThan(byIf);
    expect(errors[0][0]).toBeGreaterThan(errors[1][0]);
  });

  it('tells of a point whose head cannot be fitted, and goes on with the others', () => {
    const model = fitted('logistic', 1e-2);
    const { features } = model.problem;
    // A column that is infinite: no fit converges.
    const broken: FeatureRows = { rows: n, columns: 16, data: new Float64Array(n * 16).fill(Number.NaN) };
    const problem = { ...model.problem, features: broken, rows: linalg.loadRows(broken) };
    const asked = { ...request, strategies: ['random'] as const, features };
    const { points } = runSweep({ ...model, problem }, sets, asked, createTestContext());
    expect(points).toHaveLength(3);
    for (const { failure, figures } of points) {
      expect(failure).toMatch(/\w+/);
      expect(figures).toBeNull();
    }
  });

  it('repeats to the last bit, reports its progress and can be cancelled', () => {
    const model = fitted('logistic', 1e-2);
    const context = createTestContext();
    const once = runSweep(model, sets, request, context);
    expect(runSweep(model, sets, request, createTestContext())).toEqual(once);
    expect(context.reports.map(({ done }) => done)).toEqual(
      [...context.reports.map(({ done }) => done)].sort((a, b) => a - b),
    );
    expect(context.reports[context.reports.length - 1]).toMatchObject({ stage: 'sweep', done: 1000 });
    expect(() => runSweep(model, sets, request, createTestContext({ cancelAfter: 40 }))).toThrow(CancelledError);
  });

  it('refuses what cannot be swept', () => {
    const values = (changes: Partial<SweepRequest>) => () => sweepValues({ ...request, ...changes });
    expect(values({ from: 0 })).toThrow(InputError);
    expect(values({ from: 1, to: 0.1 })).toThrow(InputError);
    expect(values({ of: 'rows', from: 0.1, to: 1.5 })).toThrow(/ends at 1/);
    expect(values({ points: 1 })).toThrow(/two points/);
    expect(values({ points: 201 })).toThrow(/at most 200 points/);
    const without = { ...sets, validation: new Int32Array(0) };
    expect(() => runSweep(fitted('logistic', 1e-2), without, request, createTestContext())).toThrow(/validation/);
  });
});

describe('nestedOrder', () => {
  it('holds every class in its share in every beginning', () => {
    const { problem } = fitted('softmax', 1e-2);
    const order = nestedOrder(problem, train, 1);
    expect([...order].sort((a, b) => a - b)).toEqual([...train]);
    const count = (rows: Int32Array, label: number): number =>
      rows.reduce((sum, row) => sum + Number(problem.labels[row] === label), 0);
    for (const size of [10, 30, 77]) {
      for (const label of [0, 1, 2]) {
        const share = (size * count(train, label)) / train.length;
        expect(Math.abs(count(order.subarray(0, size), label) - share)).toBeLessThanOrEqual(1.5);
      }
    }
    expect(nestedOrder(problem, train, 2)).not.toEqual(order);
  });
});
