import { describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors';
import { createRandom } from '../../base/random';
import { norm } from '../../base/vectors';
import { computeLogits, lossOfLogits } from '../../models/evaluateHead';
import type { HeadKind } from '../../models/headKind';
import type { TestModel } from '../../testing/fittedModel';
import { fitTestModel } from '../../testing/fittedModel';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { computeMeanLossEffects, computeRowInfluence } from '../rows/rowInfluence';
import { evaluateTogether } from './meanMeasurement';
import type { LabelBeliefs } from './measuredLabels';
import { likelierLabel, readLabels } from './measuredLabels';
import { linearEffect } from './measurement';
import type { MeasuredSplits } from './prepareMeasurements';
import { prepareMeasurements } from './prepareMeasurements';
import type { ValidationLabels } from './validationLabels';
import { validationLabelWays } from './validationLabels';

interface Case extends TestModel {
  readonly beliefs: LabelBeliefs;
  readonly sets: MeasuredSplits;
}

/** Suspicions of every size, 0 and 1 among them, and another label for every row. */
function caseOf(kind: HeadKind, way: ValidationLabels): Case {
  const fitted = fitTestModel({ kind, rows: 120, features: 6, l2: 0.02, seed: 21 });
  const { labels, classes } = fitted.model.problem;
  const random = createRandom(8);
  const suspicion = Float64Array.from(labels, (_, i) => (i % 7 === 0 ? 0 : i % 11 === 0 ? 1 : random.uniform()));
  const others =
    labels instanceof Int32Array ? labels.map((y) => (y + 1) % classes) : labels.map((y) => y + 2 * random.normal());
  const beliefs = { labels, suspicion, others };
  const sets = {
    train: fitted.train,
    validation: fitted.heldOut,
    test: new Int32Array(0),
    beliefs,
    validationLabels: way,
  };
  return { ...fitted, beliefs, sets };
}

/** The mean loss and the accuracy at θ, written down from the definition. */
function definition({ model, beliefs, heldOut }: Case, way: ValidationLabels, theta: Float64Array) {
  const { problem, linalg } = model;
  const logits = computeLogits(problem, theta, linalg);
  const K = problem.outputs;
  let [loss, right, total] = [0, 0, 0];
  for (const row of heldOut) {
    const z = Array.from(logits.subarray(row * K, (row + 1) * K));
    const predicted = K === 1 ? Number(z[0] > 0) : z.indexOf(Math.max(...z));
    const s = way === 'given' ? 0 : beliefs.suspicion[row];
    const parts = [
      { label: beliefs.labels[row], weight: 1 - s },
      { label: beliefs.others[row], weight: way === 'expected' ? s : 0 },
    ];
    for (const { label, weight } of parts) {
      loss += weight * lossOfLogits(problem, logits, row * K, label);
      right += predicted === label ? weight : 0;
      total += weight;
    }
  }
  return { meanLoss: loss / total, accuracy: right / total };
}

const cases = (['logistic', 'softmax', 'ridge'] as const).flatMap((kind) =>
  validationLabelWays.map((way) => [kind, way] as const),
);

describe.each(cases)('means of a %s head on %s labels', (kind, way) => {
  const opened = caseOf(kind, way);
  const { model, sets, heldOut, beliefs } = opened;
  const kinds = kind === 'ridge' ? (['meanLoss'] as const) : (['meanLoss', 'accuracy'] as const);
  const prepared = prepareMeasurements(
    model,
    kinds.map((one) => ({ kind: one, rows: 'validation' as const })),
    sets,
  );
  const [loss] = prepared;
  const random = createRandom(4);
  const { outputs } = model.problem;
  const changeOf = (size: number): Float64Array => {
    const change = model.theta.map(() => size * random.normal());
    const d = change.length / outputs;
    if (kind !== 'softmax') return change;
    return change.map((value, at) => value - (change[at % d] + change[(at % d) + d] + change[(at % d) + 2 * d]) / 3);
  };
  const moved = (change: Float64Array, times = 1): Float64Array =>
    model.theta.map((value, at) => value + times * change[at]);

  it('have the values and the changes of their definition', () => {
    const at = definition(opened, way, model.theta);
    const change = changeOf(0.4);
    const there = definition(opened, way, moved(change));
    const changes = { rows: 1, columns: change.length, data: change };
    const together = evaluateTogether(prepared, changes);
    prepared.forEach((mean, place) => {
      expect(mean.value).toBeCloseTo(at[kinds[place]], 12);
      expect(mean.evaluate(change)).toBeCloseTo(there[kinds[place]] - at[kinds[place]], 11);
      expect(together[place][0]).toBe(mean.evaluate(change));
    });
    expect(prepared.map(({ name }) => name)).toEqual(['validation_loss', 'validation_accuracy'].slice(0, kinds.length));
  });

  it('have gradients that agree with central differences', () => {
    for (let trial = 0; trial < 4; trial++) {
      const change = changeOf(1e-5);
      const numeric =
        (definition(opened, way, moved(change)).meanLoss - definition(opened, way, moved(change, -1)).meanLoss) / 2;
      expect(Math.abs(linearEffect(loss, change) - numeric)).toBeLessThan(1e-12);
    }
  });

  it('keep the digits of changes far below rounding of the value', () => {
    const change = changeOf(1e-13);
    expect(loss.evaluate(change) / linearEffect(loss, change)).toBeCloseTo(1, 7);
  });

  it('have effects of rows that are the linear ones of their removal', () => {
    const measured = new Float64Array(beliefs.labels.length);
    for (const row of heldOut) measured[row] = 1;
    const labels = readLabels(model.problem.labels, beliefs, way);
    const { rifCoefficients } = computeRowInfluence(model);
    const { byIf, byRif } = computeMeanLossEffects(model, measured, labels, rifCoefficients);
    for (const row of [0, 17, 119]) {
      for (const [method, effects] of [['if', byIf] as const, ['rif', byRif] as const]) {
        const { change } = estimateRemovalChange(model, Int32Array.of(row), { method });
        expect(effects[row]).toBeCloseTo(linearEffect(loss, change), 13);
      }
    }
  });

  it('change by what the Newton step predicts when rows are removed and the head is retrained', () => {
    const rows = Int32Array.from({ length: 6 }, (_, i) => 9 * i + 2);
    const truth = retrain(model, { removed: rows }).change;
    const newton = estimateRemovalChange(model, rows, { method: 'newton' }).change;
    const actual = definition(opened, way, moved(truth)).meanLoss - definition(opened, way, model.theta).meanLoss;
    expect(loss.evaluate(truth)).toBeCloseTo(actual, 11);
    // Effects may cancel: what they could be at most is what the error is small against.
    const largest = norm(loss.gradient ?? new Float64Array(0)) * norm(truth);
    expect(largest).toBeGreaterThan(0);
    expect(Math.abs(loss.evaluate(newton) - actual)).toBeLessThan(0.05 * largest);
  });
});

describe('labels as they are taken', () => {
  const opened = caseOf('softmax', 'weighted');
  const { model, sets, beliefs } = opened;
  const { labels } = model.problem;

  it('say in the name of a measurement how they are taken where it was said, and nothing where it was not', () => {
    const measurements = validationLabelWays.map((way) => ({
      kind: 'meanLoss' as const,
      rows: 'validation' as const,
      labels: way,
    }));
    const unsaid = (['validation', 'train'] as const).map((rows) => ({ kind: 'meanLoss', rows }) as const);
    const said = ['validation_loss_given', 'validation_loss_weighted', 'validation_loss_expected'];
    for (const validationLabels of validationLabelWays) {
      const prepared = prepareMeasurements(model, [...unsaid, ...measurements], { ...sets, validationLabels });
      expect(prepared.map(({ name }) => name)).toEqual(['validation_loss', 'training_loss', ...said]);
      expect(prepared[0].value).toBe(prepared[2 + validationLabelWays.indexOf(validationLabels)].value);
    }
  });

  it('are the given ones where nobody doubts them, and for means over the training rows', () => {
    const sure = { ...beliefs, suspicion: new Float64Array(labels.length) };
    const losses = validationLabelWays.map((way) => {
      const [loss] = prepareMeasurements(model, [{ kind: 'meanLoss', rows: 'validation' }], {
        ...sets,
        beliefs: sure,
        validationLabels: way,
      });
      return loss;
    });
    for (const loss of losses) {
      expect(loss.value).toBe(losses[0].value);
      expect(loss.gradient).toEqual(losses[0].gradient);
    }
    const train = { kind: 'meanLoss', rows: 'train' } as const;
    const [doubted, plain] = [sets, { ...sets, beliefs: undefined }].map(
      (one) => prepareMeasurements(model, [train], one)[0],
    );
    expect(doubted.value).toBe(plain.value);
  });

  it('are the corrected ones where a person has corrected them', () => {
    const corrected = labels.map((y) => (y + 1) % 3);
    const sure = { labels: corrected, suspicion: new Float64Array(labels.length), others: labels };
    const [loss] = prepareMeasurements(model, [{ kind: 'meanLoss', rows: 'validation' }], { ...sets, beliefs: sure });
    const relabelled = { ...model, problem: { ...model.problem, labels: corrected } };
    const [truth] = prepareMeasurements(relabelled, [{ kind: 'meanLoss', rows: 'validation' }], {
      ...sets,
      beliefs: undefined,
    });
    expect(loss.value).toBe(truth.value);
  });

  it('do without a second label where there is none, and without a suspicion of rows without a label', () => {
    const others = beliefs.others.map((label, i) => (i % 2 === 0 ? -1 : label));
    const suspicion = beliefs.suspicion.map((s, i) => (i === 3 ? Number.NaN : s));
    const read = readLabels(labels, { labels, suspicion, others }, 'expected');
    expect(read.second?.weights[2]).toBe(0);
    expect(read.second?.weights[5]).toBe(beliefs.suspicion[5]);
    expect(read.weights?.[3]).toBe(1);
  });

  it('are shares of the weights of their rows', () => {
    const rowWeights = Float64Array.from(labels, (_, i) => (i % 3) / 2);
    for (const way of ['given', 'weighted', 'expected'] as const) {
      const plain = readLabels(labels, beliefs, way);
      const weighed = readLabels(labels, beliefs, way, rowWeights);
      for (let i = 0; i < labels.length; i++) {
        expect(weighed.weights?.[i]).toBeCloseTo(rowWeights[i] * (plain.weights?.[i] ?? 1), 12);
        if (rowWeights[i] > 0) expect(likelierLabel(weighed, i)).toBe(likelierLabel(plain, i));
      }
    }
  });

  it('cannot be asked for where nobody has judged them, nor be measured where none counts', () => {
    const measurement = { kind: 'meanLoss', rows: 'validation', labels: 'weighted' } as const;
    expect(() => prepareMeasurements(model, [measurement], { ...sets, beliefs: undefined })).toThrow(InputError);
    expect(() => prepareMeasurements(model, [measurement], { ...sets, beliefs: undefined })).toThrow(/An audit finds/);
    const hopeless = { ...beliefs, suspicion: new Float64Array(labels.length).fill(1) };
    expect(() => prepareMeasurements(model, [measurement], { ...sets, beliefs: hopeless })).toThrow(
      /none of them counts/,
    );
  });
});
