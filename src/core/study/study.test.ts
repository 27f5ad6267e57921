import { describe, expect, it } from 'vitest';
import { CancelledError } from '../base/errors';
import { openHead } from '../head/openHead';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import { estimateRemovalChange } from '../influence/removal/removalChange';
import { retrain } from '../influence/removal/retrain';
import { studyInput } from '../testing/studyInput';
import { createTestContext, relativeDistance } from '../testing/testData';
import type { InfluenceQuestion } from './influenceQuestion';
import { runStudy } from './runStudy';
import type { SubsetQuestion } from './subsetStudy';

describe.each(['logistic', 'softmax', 'ridge'] as const)('influence of a %s head', (kind) => {
  const input = studyInput(kind);
  const { model, splits } = openHead(input, createTestContext());
  const question: InfluenceQuestion = {
    measurements: [
      { kind: 'meanLoss', rows: 'validation' },
      { kind: 'margin', row: 4 },
      { kind: 'loss', row: 9 },
      ...(kind === 'ridge' ? [] : [{ kind: 'accuracy', rows: 'validation' } as const]),
    ],
    methods: ['if', 'rif'],
    attributions: ['self', 'loo', 'representer', 'trak', 'bayesian'],
    evaluated: true,
    seed: 1,
  };
  const study = runStudy(input, { kind: 'influence', question }, createTestContext());
  const answer = study.answer as Extract<typeof study.answer, { columns: unknown }>;

  it('has one number for each training row, method and measurement, which removal of the row gives', () => {
    expect([...answer.rows]).toEqual([...splits.train]);
    const prepared = prepareMeasurements(model, question.measurements, splits);
    for (const measurement of prepared) {
      for (const method of question.methods) {
        const column = answer.columns.find(({ name }) => name === `${measurement.name}_${method}`);
        for (const place of [0, 17, 60]) {
          const { change } = estimateRemovalChange(model, Int32Array.of(answer.rows[place]), { method });
          expect(column?.values[place]).toBeCloseTo(measurement.evaluate(change), 9);
        }
      }
    }
  });

  it('has the loss of each row under the head that has not seen it', () => {
    const column = (name: string): Float64Array =>
      answer.columns.find((one) => one.name === name)?.values ?? new Float64Array(0);
    const prepared = prepareMeasurements(
      model,
      [0, 17, 60].map((place) => ({ kind: 'loss', row: answer.rows[place] }) as const),
      splits,
    );
    prepared.forEach((loss, k) => {
      const place = [0, 17, 60][k];
      const { change } = retrain(model, { removed: Int32Array.of(answer.rows[place]) });
      const truth = loss.value + loss.evaluate(change);
      // One Newton step: for ridge it is retraining.
      expect(Math.abs(column('loo_loss')[place] - truth)).toBeLessThan((kind === 'ridge' ? 1e-9 : 0.02) * truth);
      expect(column('loo_loss')[place]).toBeGreaterThan(loss.value);
    });
    expect(column('leverage').every((h) => h > 0 && h < model.problem.outputs)).toBe(true);
  });

  it('adds the other attributions, of the sign of IF', () => {
    const column = (name: string): Float64Array => {
      const found = answer.columns.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no column ${name}`);
      return found.values;
    };
    expect(column('self_influence_rif').every((value, i) => value >= column('self_influence_if')[i])).toBe(true);
    const reference = column('validation_loss_if');
    for (const name of ['representer', 'trak', 'bayesian']) {
      const values = column(`validation_loss_${name}`);
      let along = 0;
      values.forEach((value, i) => (along += value * reference[i]));
      expect(along).toBeGreaterThan(0);
    }
    expect(answer.notes.join(' ')).toMatch(/trak: 1 projection/);
    expect(answer.columns.some(({ name }) => name === 'validation_accuracy_trak')).toBe(false);
  });
});

describe('influence by other ways to compute H⁻¹v', () => {
  const input = studyInput('softmax');
  const ask = (ihvp: InfluenceQuestion['ihvp']) => {
    const question: InfluenceQuestion = {
      measurements: [{ kind: 'meanLoss', rows: 'validation' }],
      methods: ['if', 'rif'],
      attributions: [],
      evaluated: false,
      seed: 1,
      ihvp,
    };
    const { answer } = runStudy(input, { kind: 'influence', question }, createTestContext());
    return answer as Extract<typeof answer, { columns: unknown }>;
  };
  const exact = ask(undefined);

  it('agrees with the exact one as far as each is exact, and states its residual', () => {
    const errorOf = (answer: typeof exact): number =>
      relativeDistance(answer.columns[1].values, exact.columns[1].values);
    expect(errorOf(ask({ method: 'cholesky' }))).toBeLessThan(1e-10);
    expect(errorOf(ask({ method: 'cg' }))).toBeLessThan(1e-6);
    const rough = ask({ method: 'ekfac' });
    expect(errorOf(rough)).toBeGreaterThan(1e-3);
    expect(errorOf(rough)).toBeLessThan(1);
    expect(rough.notes.join(' ')).toMatch(/relative residual at most/);
    expect(errorOf(ask({ method: 'cholesky', damping: 1000 }))).toBeGreaterThan(0.5);
  });
});

describe('subset', () => {
  const input = studyInput('logistic');
  const { model, splits } = openHead(input, createTestContext());
  const ask = (question: SubsetQuestion) => {
    const { answer } = runStudy(input, { kind: 'subset', question }, createTestContext());
    return answer as Extract<typeof answer, { kind: unknown }>;
  };

  it('finds a set that moves the measurement further than a random one, verified by retraining', () => {
    for (const method of ['if', 'rif', 'adaptive', 'fractional'] as const) {
      const answer = ask({
        kind: 'influential',
        measurement: { kind: 'meanLoss', rows: 'validation' },
        size: 6,
        direction: 'raise',
        method,
        verify: true,
      });
      if (answer.kind !== 'influential') throw new Error('another answer');
      const { rows, actual } = answer.subset;
      expect(new Set(rows).size).toBe(6);
      const [loss] = prepareMeasurements(model, [{ kind: 'meanLoss', rows: 'validation' }], splits);
      expect(actual).toBeCloseTo(loss.evaluate(retrain(model, { removed: rows }).change), 8);
      const random = loss.evaluate(retrain(model, { removed: splits.train.slice(0, 6) }).change);
      expect(actual).toBeGreaterThan(random);
    }
  });

  it('finds a set whose removal flips a prediction', () => {
    const answer = ask({ kind: 'flip', row: 9, ranking: 'rif' });
    if (answer.kind !== 'flip') throw new Error('another answer');
    const { flips, predicted, predictedAfter, rows } = answer.flip;
    expect(flips).toBe(true);
    expect(rows.length).toBeGreaterThan(0);
    expect(predictedAfter).not.toBe(predicted);
  });

  it('can be cancelled', () => {
    const question: SubsetQuestion = {
      kind: 'influential',
      measurement: { kind: 'margin', row: 4 },
      size: 5,
      direction: 'lower',
      method: 'rif',
      verify: false,
    };
    for (const cancelAfter of [2, 30]) {
      const context = createTestContext({ cancelAfter });
      expect(() => runStudy(input, { kind: 'subset', question }, context)).toThrow(CancelledError);
    }
  });
});
