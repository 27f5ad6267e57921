import { describe, expect, it } from 'vitest';
import { BugError, CancelledError, InputError } from '../../base/errors';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { factorizeHessian } from '../../models/curvature/hessianFactor';
import { evaluateHead } from '../../models/evaluateHead';
import { fitHead } from '../../models/fitting/fitHead';
import type { HeadKind } from '../../models/headKind';
import { createHeadProblem } from '../../models/headProblem';
import { relativeDistance, syntheticRows } from '../../testing/testData';
import type { FittedModel } from '../fittedModel';
import { createFittedModel } from '../fittedModel';
import { createConjugateInverse } from '../ihvp/conjugateInverse';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { certifyOptimum } from './certificate';
import { estimateRelabelChange } from './relabelChange';
import type { TrainingEdit } from './trainingEdit';
import { editedLabels, editProblem } from './trainingEdit';
import { measureDistance, unlearn } from './unlearn';

const linalg = createFloat64LinearAlgebra();
const n = 160;
const d = 6;

function fitted(kind: HeadKind, unpenalised: readonly number[]): FittedModel {
  const data = syntheticRows({ rows: n, features: d, classes: kind === 'softmax' ? 3 : 2, seed: 13 });
  const problem = createHeadProblem(
    {
      kind,
      classes: data.classes,
      features: data.features,
      rows: linalg.loadRows(data.features),
      labels: kind === 'ridge' ? Float64Array.from(data.labels, (label, i) => label + Math.sin(i)) : data.labels,
      weights: new Float64Array(n).fill(1),
      l2: 0.02,
      unpenalised,
    },
    linalg,
  );
  return createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]) ** 2, 0));
}

describe.each(['logistic', 'softmax', 'ridge'] as const)('unlearning of a %s head', (kind) => {
  const model = fitted(kind, [d - 1]);
  const classes = model.problem.classes;
  const removed = Int32Array.from([3, 20, 21, 77, 90, 91, 92, 140]);
  const rows = Int32Array.from([5, 6, 50, 130]);
  const labels =
    kind === 'ridge'
      ? Float64Array.from(rows, (row) => model.problem.labels[row] + 2)
      : Int32Array.from(rows, (row) => (model.problem.labels[row] + 1) % classes);
  const edits: Record<string, TrainingEdit> = {
    removal: { removed },
    repair: { relabelled: { rows, labels } },
    both: { removed, relabelled: { rows, labels } },
  };

  it.each(['removal', 'repair', 'both'])(
    'by %s reaches the retrained head, and its certificate bounds the distance',
    (name) => {
      const edit = edits[name];
      const one = unlearn(model, edit, { largestStepCount: 1 });
      const done = unlearn(model, edit);
      expect(done.reached).toBe(true);
      expect(done.certificate.relativeGradientNorm).toBeLessThan(1e-8);
      expect(one.steps).toBe(1);
      expect(done.gradientNorms[1]).toBe(one.certificate.gradientNorm);
      const truth = retrain(model, {
        ...(edit.removed === undefined ? {} : { removed: edit.removed }),
        labels: editedLabels(model.problem, edit),
      });
      expect(distance(done.theta, truth.fit.state.theta)).toBeLessThan(1e-6);
      expect(relativeDistance(done.change, truth.change)).toBeLessThan(2e-6);
      for (const result of [one, done]) {
        const { bound } = result.certificate;
        // The retrained head is not the optimum itself either: it is within its own bound.
        const own = truth.fit.state.gradientNorm / (bound?.smallestEigenvalue ?? 0);
        const { distance: measured, relativeGradientNorm } = measureDistance(model, edit, result.theta);
        expect(relativeGradientNorm).toBeLessThan(1e-11);
        expect(measured).toBeLessThan((bound?.distance ?? Number.NaN) + own + 1e-12);
        expect(distance(result.theta, truth.fit.state.theta)).toBeLessThan(
          (bound?.distance ?? Number.NaN) + own + 1e-12,
        );
      }
      // The gradient of the definition: over the edited rows only, nothing of the model's state.
      const gradient = evaluateHead(truth.problem, one.theta, linalg).gradientNorm;
      expect(Math.abs(gradient - one.certificate.gradientNorm)).toBeLessThan(1e-9 * (1 + gradient));
      if (kind === 'ridge') expect(one.reached).toBe(true);
      else expect(one.certificate.gradientNorm).toBeGreaterThan(100 * done.certificate.gradientNorm);
    },
  );

  it('takes the Newton step of the removal first', () => {
    const one = unlearn(model, { removed }, { largestStepCount: 1 });
    const { change } = estimateRemovalChange(model, removed, { method: 'newton' });
    expect(relativeDistance(one.change, change)).toBeLessThan(1e-9);
  });

  it('estimates relabelling nearer than first order, exactly for ridge', () => {
    const { change, relativeGradientNorm } = estimateRelabelChange(model, rows, labels);
    const truth = retrain(model, { labels: editedLabels(model.problem, { relabelled: { rows, labels } }) });
    const first = unlearn(model, { relabelled: { rows, labels } }, { largestStepCount: 1 });
    if (kind === 'ridge') {
      expect(relativeDistance(first.change, truth.change)).toBeLessThan(1e-9);
      expect(relativeDistance(change, truth.change)).toBeLessThan(1e-9);
    } else {
      expect(relativeDistance(change, truth.change)).toBeLessThan(0.5 * relativeDistance(first.change, truth.change));
      expect(relativeGradientNorm).toBeGreaterThan(0);
    }
    expect(relativeDistance(change, truth.change)).toBeLessThan(0.05);
  });

  it('does the same without H, by conjugate gradients', () => {
    const products = { problem: model.problem, linalg, logits: model.logits };
    const large = {
      ...model,
      exact: undefined,
      inverse: createConjugateInverse(products, { preconditioner: 'bound' }),
    };
    for (const edit of Object.values(edits)) {
      const done = unlearn(large, edit);
      expect(done.reached).toBe(true);
      expect(done.certificate.relativeGradientNorm).toBeLessThan(1e-8);
      expect(distance(done.theta, unlearn(model, edit).theta)).toBeLessThan(1e-6);
    }
  });

  it('changes nothing when the labels are the same', () => {
    const same = rows.map((row) => model.problem.labels[row]);
    const kept = kind === 'ridge' ? Float64Array.from(rows, (row) => model.problem.labels[row]) : same;
    expect(unlearn(model, { relabelled: { rows, labels: kept } }).steps).toBe(0);
  });

  it('stops when asked to, and says when nothing would be left', () => {
    const onBlock = (): void => {
      throw new CancelledError();
    };
    expect(() => unlearn(model, { removed }, { onBlock })).toThrow(CancelledError);
    const all = Int32Array.from({ length: n }, (_, i) => i);
    expect(() => unlearn(model, { removed: all })).toThrow(InputError);
    const bad = { rows: Int32Array.of(1), labels: Float64Array.of(kind === 'ridge' ? Number.NaN : 7) };
    expect(() => unlearn(model, { relabelled: bad })).toThrow(BugError);
  });
});

describe('the bounds of a certificate', () => {
  it.each([
    ['logistic', [] as number[], 'ridge'],
    ['softmax', [] as number[], 'ridge'],
    ['ridge', [] as number[], 'ridge'],
    ['logistic', [d - 1], 'curvature'],
    ['softmax', [d - 1], 'curvature'],
    ['ridge', [d - 1], 'curvature'],
  ] as const)(
    'hold for a %s head with unpenalised features %j, near the optimum and far from it',
    (kind, free, expected) => {
      const model = fitted(kind, free);
      const { problem, theta } = model;
      const random = createRandom(3);
      const far: number[] = [];
      for (const size of [1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1]) {
        const moved = theta.map((value) => value + size * random.normal());
        if (kind === 'softmax') {
          for (let j = 0; j < d; j++) {
            const mean = (moved[j] + moved[j + d] + moved[j + 2 * d]) / 3;
            for (let c = 0; c < 3; c++) moved[c * d + j] -= mean;
          }
        }
        const state = evaluateHead(problem, moved, linalg);
        const both = certifyOptimum(problem, state, linalg, { curvature: true });
        const cheap = certifyOptimum(problem, state, linalg);
        expect(cheap.bound?.kind).toBe(expected);
        for (const { bound } of [both, cheap]) {
          expect(bound?.distance).toBeGreaterThan(distance(moved, theta));
          if (Number.isFinite(bound?.distance)) far.push((bound?.distance ?? 0) / distance(moved, theta));
        }
      }
      // And they say something: within a few hundred times of the truth wherever they are finite, which they are near
      // the optimum.
      expect(far.length).toBeGreaterThan(4);
      expect(Math.min(...far)).toBeLessThan(30);
    },
  );

  it('take a smallest eigenvalue that is none too large', () => {
    const model = fitted('logistic', [d - 1]);
    const state = evaluateHead(model.problem, model.theta, linalg);
    const { bound } = certifyOptimum(model.problem, state, linalg);
    const { hessian, factor } = factorizeHessian(model.problem, state.logits, linalg);
    // Inverse iteration: the smallest eigenvalue from above.
    let v = new Float64Array(d).fill(1);
    let smallest = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 200; step++) {
      const solved = linalg.choleskySolve(factor, { rows: d, columns: 1, data: v }).data;
      const size = Math.sqrt(solved.reduce((sum, value) => sum + value * value, 0));
      smallest = 1 / size;
      v = Float64Array.from(solved, (value) => value / size);
    }
    expect(hessian.rows).toBe(d);
    expect(bound?.smallestEigenvalue).toBeLessThanOrEqual(smallest * (1 + 1e-12));
    expect(bound?.smallestEigenvalue).toBeGreaterThan(smallest / Math.sqrt(d) / 1.01);
  });

  it('hold when a class is unlearned altogether', () => {
    const model = fitted('softmax', [d - 1]);
    const all = Int32Array.from(
      Array.from(model.problem.labels.keys()).filter((row) => model.problem.labels[row] === 2),
    );
    const done = unlearn(model, { removed: all });
    expect(done.reached).toBe(true);
    const edited = editProblem(model.problem, { removed: all }, linalg);
    const truth = fitHead(edited, linalg).state.theta;
    expect(relativeDistance(done.theta, truth)).toBeLessThan(1e-4);
  });
});
