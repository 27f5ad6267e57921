import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../base/errors';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import { estimateRemovalChange } from '../influence/removal/removalChange';
import { retrain } from '../influence/removal/retrain';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import { labelsDisagree } from '../review/labelsDisagree';
import { createTestContext, problemOf, syntheticRows } from '../testing/testData';
import { computeDatamodelingScore } from './linearDatamodelingScore';
import type { FidelityResult } from './runFidelity';
import { runFidelity } from './runFidelity';
import type { RemovalVerification } from './verifyRemoval';
import { verifyRemoval } from './verifyRemoval';

const n = 200;
const linalg = createFloat64LinearAlgebra();
const all = Int32Array.from({ length: n }, (_, row) => row);
const sets = {
  train: all.filter((row) => row % 4 !== 3),
  validation: all.filter((row) => row % 4 === 3),
  test: new Int32Array(0),
};

function fitted(kind: HeadKind, features = 12, l2 = 2e-3): FittedModel {
  const data = syntheticRows({ rows: n, features, classes: kind === 'softmax' ? 3 : 2, seed: 5, signal: 0.6 });
  const weights = Float64Array.from(all, (row) => (row % 4 === 3 ? 0 : 1));
  const problem = problemOf(data, linalg, { kind, l2, weights });
  const labels = kind === 'ridge' ? Float64Array.from(data.labels, (y, i) => y + 0.3 * Math.sin(3 * i)) : data.labels;
  const labelled = { ...problem, labels };
  return createFittedModel(labelled, fitHead(labelled, linalg).state.theta, linalg);
}

const chosen = Int32Array.of(8, 0, 4, 12, 16, 20);

describe.each(['logistic', 'softmax', 'ridge'] as const)('verifyRemoval of a %s head', (kind) => {
  const model = fitted(kind);
  const verify = (seed = 3): RemovalVerification =>
    verifyRemoval(model, sets, { rows: Int32Array.of(...chosen, 3, 8), repeats: 6, seed }, createTestContext());
  const verification = verify();

  it('gives what each method predicts and what retraining shows, for each measurement', () => {
    expect([...verification.rows]).toEqual([0, 4, 8, 12, 16, 20]);
    expect(verification.otherRows).toBe(1);
    const truth = retrain(model, { removed: verification.rows }).change;
    for (const { name, before, actual, predicted } of verification.measurements) {
      const measurement = /^margin_(\d+)$/.exec(name);
      const [prepared] = prepareMeasurements(
        model,
        [
          measurement !== null
            ? { kind: 'margin', row: Number(measurement[1]) }
            : {
                kind: name.endsWith('accuracy') ? 'accuracy' : 'meanLoss',
                rows: name.startsWith('training') ? 'train' : 'validation',
              },
        ],
        sets,
      );
      expect(before).toBe(prepared.value);
      const expected = prepared.evaluate(truth);
      expect(Math.abs(actual - expected)).toBeLessThan(1e-4 * Math.abs(expected) + 1e-9);
      for (const method of ['if', 'rif', 'newton'] as const) {
        const { change } = estimateRemovalChange(model, verification.rows, { method });
        expect(predicted[method]).toBeCloseTo(prepared.evaluate(change), 9);
      }
    }
    const names = verification.measurements.map(({ name }) => name);
    expect(names[0]).toBe('validation_loss');
    expect(names).toContain('training_loss');
    expect(names.includes('validation_accuracy')).toBe(kind !== 'ridge');
    expect(names.filter((name) => name.startsWith('margin_'))).toHaveLength(3);
  });

  it('puts random removals beside it and says where the chosen one stands', () => {
    const [loss] = verification.measurements;
    expect(loss.random).toHaveLength(6);
    const actual = loss.random.map((one) => one.actual);
    expect(loss.randomMean).toBeCloseTo(actual.reduce((sum, value) => sum + value, 0) / 6, 12);
    expect(loss.rank).toBe(1 + actual.filter((value) => value < loss.actual).length);
    expect(loss.percentile).toBeCloseTo((loss.rank - 1) / 6, 12);
    expect(loss.agreement.newton.pearson).toBeGreaterThan(0.9);
    expect(loss.agreement.newton.medianRelativeError).toBeLessThan(0.2);
    expect(verification.retrainError).toBeLessThan(1e-5);
  });

  it('repeats to the last bit with the same seed, and draws others with another', () => {
    expect(verify()).toEqual(verification);
    expect(verify(4).measurements[0].random).not.toEqual(verification.measurements[0].random);
  });
});

describe('verifyRemoval', () => {
  const model = fitted('logistic');

  it('refuses what it cannot do, in words', () => {
    const ask = (rows: Int32Array): RemovalVerification =>
      verifyRemoval(model, sets, { rows, repeats: 2, seed: 1 }, createTestContext());
    expect(() => ask(Int32Array.of(3, 7))).toThrow(/None of the 2 rows is a labelled training row/);
    expect(() => ask(new Int32Array(0))).toThrow(InputError);
    expect(() => ask(Int32Array.of(n))).toThrow(/There is no row 200/);
    expect(() => ask(sets.train)).toThrow(/Nothing would be left/);
  });

  it('measures on the training rows where nothing validates', () => {
    const none = { ...sets, validation: new Int32Array(0) };
    const { measurements } = verifyRemoval(model, none, { rows: chosen, repeats: 1, seed: 1 }, createTestContext());
    expect(measurements.map(({ name }) => name)).toEqual(['training_loss']);
  });

  it('can be cancelled at any moment and reports as it goes', () => {
    const done = createTestContext();
    verifyRemoval(model, sets, { rows: chosen, repeats: 3, seed: 1 }, done);
    const shares = done.reports.map((report) => report.done);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[shares.length - 1]).toBe(1000);
    for (const cancelAfter of [1, 5, 20]) {
      const context = createTestContext({ cancelAfter });
      expect(() => verifyRemoval(model, sets, { rows: chosen, repeats: 3, seed: 1 }, context)).toThrow(CancelledError);
    }
  });
});

/** Four rows in five train, every eighth label of either kind is wrong; suspicions are sure of most. */
function planted(kind: 'logistic' | 'softmax') {
  const classes = kind === 'softmax' ? 3 : 2;
  const data = syntheticRows({ rows: 600, features: 8, classes, seed: 3, signal: 3 });
  const wrong = data.labels.map((_, row) => (row % 8 === 5 ? 1 : 0));
  const labels = data.labels.map((label, row) => (wrong[row] === 1 ? (label + 1) % classes : label));
  const rows = Int32Array.from(labels.keys());
  const weights = Float64Array.from(labels, (_, row) => (row % 5 === 4 ? 0 : 1));
  const problem = problemOf({ ...data, labels }, linalg, { kind, l2: 2e-3, weights });
  const beliefs = {
    labels,
    suspicion: Float64Array.from(wrong, (one, row) => (one === 1 ? 0.98 : row % 9 === 0 ? 0.2 : 0.01)),
    others: labels.map((label, row) => (wrong[row] === 1 ? data.labels[row] : (label + 1) % classes)),
  };
  const split = { train: rows.filter((row) => row % 5 !== 4), validation: rows.filter((row) => row % 5 === 4) };
  return {
    model: createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg),
    sets: { ...split, test: new Int32Array(0), beliefs },
    errors: split.train.filter((row) => wrong[row] === 1),
    truth: data.labels,
  };
}

describe.each(['logistic', 'softmax'] as const)('verifyRemoval of wrong labels of a %s head', (kind) => {
  const { model, sets: split, errors, truth } = planted(kind);
  const verifyBy = (validationLabels: ValidationLabels): RemovalVerification =>
    verifyRemoval(model, { ...split, validationLabels }, { rows: errors, repeats: 5, seed: 2 }, createTestContext());
  const found = { given: verifyBy('given'), weighted: verifyBy('weighted'), expected: verifyBy('expected') };

  it('has the given labels beside the default, and them alone where they are the default', () => {
    const means = ['validation_loss', 'validation_accuracy'];
    const beside = [...means, 'validation_loss_given', 'validation_accuracy_given'];
    const namesOf = ({ measurements }: RemovalVerification): string[] =>
      measurements.map(({ name }) => name).filter((name) => name.startsWith('validation'));
    expect(namesOf(found.given)).toEqual(means);
    expect(namesOf(found.weighted)).toEqual(beside);
    expect(namesOf(found.expected)).toEqual(beside);
    expect(found.weighted.validationLabels).toBe('weighted');
    const [loss, accuracy] = found.given.measurements;
    expect(found.weighted.measurements[2]).toEqual({ ...loss, name: 'validation_loss_given' });
    expect(found.expected.measurements[3]).toEqual({ ...accuracy, name: 'validation_accuracy_given' });
  });

  it('tells that removing them helps where the given labels tell the contrary', () => {
    const change = retrain(model, { removed: errors }).change;
    const right = { ...model, problem: { ...model.problem, labels: truth } };
    const [clean] = prepareMeasurements(right, [{ kind: 'meanLoss', rows: 'validation' }], {
      ...split,
      beliefs: undefined,
    });
    const actual = clean.evaluate(change);
    expect(actual).toBeLessThan(0);
    for (const way of ['weighted', 'expected'] as const) {
      const [loss, , given] = found[way].measurements;
      // Doubt that is left, and that of right labels, make the change smaller than it is.
      expect(loss.actual).toBeLessThan(0.15 * actual);
      expect(loss.predicted.newton).toBeLessThan(0.1 * actual);
      expect(loss.rank).toBe(1);
      expect(given.actual).toBeGreaterThan(0);
      const measured = [loss, given].map(({ actual: change, randomDeviation }) => ({
        change,
        deviation: randomDeviation,
      }));
      expect(labelsDisagree(measured[0], measured[1])).toBe(true);
    }
  });
});

describe('labelsDisagree', () => {
  it('wants both changes of another sign, and beyond what random removals vary', () => {
    const of = (change: number | null, deviation: number | null) => ({ change, deviation });
    expect(labelsDisagree(of(-3, 1), of(2, 1))).toBe(true);
    expect(labelsDisagree(of(-3, 1), of(0.5, 1))).toBe(false);
    expect(labelsDisagree(of(-0.5, 1), of(2, 1))).toBe(false);
    expect(labelsDisagree(of(-3, 1), of(-2, 1))).toBe(false);
    expect(labelsDisagree(of(-3, null), of(2, null))).toBe(true);
    expect(labelsDisagree(of(null, 1), of(2, 1))).toBe(false);
  });
});

describe('runFidelity', () => {
  const model = fitted('logistic', 40, 2e-2);
  const request = { seed: 2, repetitions: 3, shares: [0.01, 0.05], margins: 2, datamodelSubsets: 6 };
  const result: FidelityResult = runFidelity(model, sets, request, createTestContext());

  it('has a line for every strategy, size, repetition, measurement and method', () => {
    // 4 strategies, 2 sizes, 3 repetitions; loss, accuracy, training loss and 2 margins; 3 methods.
    expect(result.rows).toHaveLength(4 * 2 * 3 * 5 * 3);
    expect([...new Set(result.rows.map(({ size }) => size))]).toEqual([2, 8]);
    const line = result.rows[0];
    expect(line).toMatchObject({
      strategy: 'random',
      size: 2,
      measurement: 'validation_loss',
      method: 'if',
      row: null,
    });
    expect(line.share).toBeCloseTo(2 / 150, 12);
  });

  it('finds the Newton step nearer to the truth than RIF, and RIF nearer than IF, where d is of the size of n', () => {
    const error = (method: 'if' | 'rif' | 'newton'): number =>
      result.overall[method].validation_loss?.medianRelativeError ?? Number.NaN;
    expect(error('rif')).toBeLessThan(error('if') / 1.5);
    expect(error('newton')).toBeLessThan(error('rif'));
    const slope = result.overall.rif.training_loss?.slope ?? Number.NaN;
    expect(Math.abs(slope - 1)).toBeLessThan(Math.abs((result.overall.if.training_loss?.slope ?? Number.NaN) - 1));
    expect(Object.keys(result.byStrategy)).toEqual(['random', 'feature', 'distance', 'loss']);
    expect(result.byStrategy.random?.rif.margin?.pairs).toBe(2 * 3 * 2);
  });

  it('ranks margins over random subsets', () => {
    expect(result.datamodeling?.subsets).toBe(6);
    expect(result.datamodeling?.score.newton).toBeGreaterThan(0.5);
    expect(result.datamodeling?.score.rif).toBeLessThanOrEqual(1);
  });

  it('is the same for the same seed', () => {
    const again = runFidelity(model, sets, request, createTestContext());
    expect(again).toEqual(result);
  });

  it('needs validation rows, and subsets that leave something in and out', () => {
    const none = { ...sets, validation: new Int32Array(0) };
    expect(() => runFidelity(model, none, request, createTestContext())).toThrow(InputError);
    const testRows = sets.validation.slice(0, 2);
    expect(() => computeDatamodelingScore(model, sets, { subsets: 4, alpha: 1, testRows, seed: 1 })).toThrow(
      InputError,
    );
    expect(() => computeDatamodelingScore(model, sets, { subsets: 2, alpha: 0.5, testRows, seed: 1 })).toThrow(
      InputError,
    );
  });
});
