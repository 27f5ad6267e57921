import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../base/errors';
import { rowOf } from '../base/matrix';
import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import { estimateRemovalChange } from '../influence/removal/removalChange';
import { retrain } from '../influence/removal/retrain';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import { createRoundedLinearAlgebra, problemOf, relativeDistance, syntheticRows } from '../testing/testData';
import { RemovalBatch } from './removalBatch';
import { chooseRandom } from './removalStrategies';
import { retrainSets } from './retrainSets';

const batches: RemovalBatch[] = [];
afterAll(() => batches.forEach((batch) => batch.dispose()));

function fitted(kind: HeadKind, linalg = createFloat64LinearAlgebra()): FittedModel {
  const classes = kind === 'softmax' ? 3 : 2;
  const data = syntheticRows({ rows: 240, features: 9, classes, seed: 11, signal: 0.7 });
  // Some rows validate: they keep weight 0.
  const weights = Float64Array.from({ length: 240 }, (_, row) => (row % 6 === 5 ? 0 : 1));
  const labels = kind === 'ridge' ? Float64Array.from(data.labels, (y, i) => y + Math.sin(i)) : data.labels;
  const problem = { ...problemOf(data, linalg, { kind, l2: 5e-3, weights }), labels };
  return createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
}

function open(model: FittedModel, sets: readonly Int32Array[], ridgeConvention: 'fixed' | 'mean'): RemovalBatch {
  const batch = new RemovalBatch(model, sets, { ridgeConvention });
  batches.push(batch);
  return batch;
}

const kinds = ['logistic', 'softmax', 'ridge'] as const;
const conventions = ['fixed', 'mean'] as const;
const cases = kinds.flatMap((kind) => conventions.map((convention) => [kind, convention] as const));

describe.each(cases)('%s head, %s ridge convention', (kind, ridgeConvention) => {
  const model = fitted(kind);
  const train = Int32Array.from({ length: 240 }, (_, row) => row).filter((row) => row % 6 !== 5);
  const random = createRandom(3);
  const sets = [1, 4, 20, 60].map((size) => chooseRandom(train, size, random));
  const batch = open(model, sets, ridgeConvention);

  it.each(['if', 'rif', 'newton'] as const)('changes of a batch by %s are those of the sets one by one', (method) => {
    const changes = batch.changes(method);
    sets.forEach((rows, t) => {
      const one = estimateRemovalChange(model, rows, { method, ridgeConvention }).change;
      expect(relativeDistance(rowOf(changes, t), one)).toBeLessThan(1e-8);
    });
  });

  it('retrains to the minimum that each set by itself has', () => {
    const { changes, relativeErrors, fittedAlone } = retrainSets(batch, { start: batch.changes('newton') });
    expect(fittedAlone).toBe(0);
    sets.forEach((removed, t) => {
      const truth = retrain(model, { removed, ridgeConvention }).change;
      expect(relativeDistance(rowOf(changes, t), truth)).toBeLessThan(1e-5);
      expect(relativeErrors[t]).toBeLessThan(1e-5);
    });
  });

  it('arrives from a poor start, too', () => {
    const start = batch.changes('if');
    const { changes } = retrainSets(batch, { start });
    const truth = retrain(model, { removed: sets[2], ridgeConvention }).change;
    expect(relativeDistance(rowOf(changes, 2), truth)).toBeLessThan(1e-4);
  });
});

describe.each(cases)('%s head without its Hessian, %s ridge convention', (kind, ridgeConvention) => {
  const exact = fitted(kind);
  const { problem, theta, linalg } = exact;
  const model = createFittedModel(problem, theta, linalg, undefined, { method: 'iterative' });
  const train = Int32Array.from({ length: 240 }, (_, row) => row).filter((row) => row % 6 !== 5);
  const random = createRandom(3);
  const sets = [1, 4, 20, 60].map((size) => chooseRandom(train, size, random));
  const batch = open(model, sets, ridgeConvention);

  it.each(['if', 'rif', 'newton'] as const)('estimates changes by %s to three digits', (method) => {
    const changes = batch.changes(method);
    // Leverages are estimates there: the reference takes the same ones.
    const reference = open(method === 'rif' ? { ...exact, forms: model.forms } : exact, sets, ridgeConvention);
    const expected = reference.changes(method);
    sets.forEach((_, t) => {
      expect(relativeDistance(rowOf(changes, t), rowOf(expected, t))).toBeLessThan(1e-3);
    });
  });

  it('retrains to the minimum that each set by itself has', () => {
    const { changes, fittedAlone } = retrainSets(batch, { start: batch.changes('newton') });
    expect(fittedAlone).toBe(0);
    sets.forEach((removed, t) => {
      const truth = retrain(exact, { removed, ridgeConvention }).change;
      expect(relativeDistance(rowOf(changes, t), truth)).toBeLessThan(1e-4);
    });
  });
});

describe('sets that need care', () => {
  const model = fitted('logistic');
  const { labels, weights } = model.problem;

  it('fits a set that takes a whole class away by itself', () => {
    const ones = Int32Array.from(labels.keys()).filter((row) => labels[row] === 1 && weights[row] === 1);
    const batch = open(model, [ones, Int32Array.of(0, 1)], 'fixed');
    const newton = batch.changes('newton');
    expect(rowOf(newton, 0).every(Number.isNaN)).toBe(true);
    const { changes, fittedAlone } = retrainSets(batch, { start: newton });
    expect(fittedAlone).toBe(1);
    expect(relativeDistance(rowOf(changes, 0), retrain(model, { removed: ones }).change)).toBeLessThan(1e-6);
    expect(relativeDistance(rowOf(changes, 1), retrain(model, { removed: Int32Array.of(0, 1) }).change)).toBeLessThan(
      1e-5,
    );
  });

  it('retrains without most of the rows', () => {
    const train = Int32Array.from(labels.keys()).filter((row) => weights[row] === 1);
    const most = chooseRandom(train, 170, createRandom(8));
    const batch = open(model, [most], 'fixed');
    const { changes } = retrainSets(batch, { start: batch.changes('newton') });
    expect(relativeDistance(changes.data, retrain(model, { removed: most }).change)).toBeLessThan(1e-4);
  });

  it('changes nothing for an empty set, and refuses to remove every row', () => {
    const batch = open(model, [new Int32Array(0)], 'fixed');
    expect(retrainSets(batch, { start: batch.changes('if') }).changes.data.every((value) => value === 0)).toBe(true);
    const all = Int32Array.from(labels.keys()).filter((row) => weights[row] === 1);
    const whole = open(model, [all], 'fixed');
    expect(() => retrainSets(whole, { start: whole.changes('if') })).toThrow(InputError);
  });

  it('does as well with a Hessian in single precision', () => {
    const rounded = fitted('softmax', createRoundedLinearAlgebra());
    const removed = Int32Array.from({ length: 18 }, (_, i) => 12 * i);
    const batch = open(rounded, [removed], 'fixed');
    const { changes, fittedAlone } = retrainSets(batch, { start: batch.changes('newton') });
    expect(fittedAlone).toBe(0);
    expect(relativeDistance(changes.data, retrain(rounded, { removed }).change)).toBeLessThan(1e-5);
  });
});
