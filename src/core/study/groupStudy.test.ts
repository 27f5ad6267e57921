import { describe, expect, it } from 'vitest';
import { CancelledError } from '../base/errors';
import { splitCodes } from '../base/splitCodes';
import { openHead } from '../head/openHead';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import { estimateRemovalChange } from '../influence/removal/removalChange';
import { retrain } from '../influence/removal/retrain';
import { studyInput, studyRows } from '../testing/studyInput';
import { createTestContext } from '../testing/testData';
import { answerGroups } from './groupStudy';

/** Groups 0 to 3, rows in none, and group 4, whose rows all validate. */
const groups = {
  groupOf: Int32Array.from({ length: studyRows }, (_, row) => (row % 5 === 4 ? 4 : row % 7 < 4 ? row % 7 : -1)),
  count: 5,
};

describe.each(['logistic', 'softmax', 'ridge'] as const)('groups of a %s head', (kind) => {
  const head = openHead(studyInput(kind), createTestContext());
  const { model, splits } = head;
  const measured = prepareMeasurements(
    model,
    [
      { kind: 'meanLoss', rows: 'validation' },
      ...(kind === 'ridge' ? [] : [{ kind: 'accuracy', rows: 'validation' } as const]),
    ],
    splits,
  );
  const rowsOf = (group: number): Int32Array => splits.train.filter((row) => groups.groupOf[row] === group);
  const answer = answerGroups(head, { groups, retrainings: 2 }, createTestContext());

  it('have the effect of removing their training rows, in the order of that on the validation loss', () => {
    expect(answer.groups.map(({ group }) => group).sort()).toEqual([0, 1, 2, 3]);
    const order = answer.groups.map(({ loss }) => loss.retrained ?? loss.newton ?? Number.NaN);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(answer.validationLoss).toBe(measured[0].value);
    expect(answer.validationLossGiven).toBeNull();
    expect(answer.validationAccuracy).toBe(kind === 'ridge' ? null : measured[1].value);
    for (const { group, rows, loss, accuracy, newtonMissing } of answer.groups) {
      expect(rows).toBe(rowsOf(group).length);
      expect(newtonMissing).toBeNull();
      for (const method of ['if', 'rif', 'newton'] as const) {
        const { change } = estimateRemovalChange(model, rowsOf(group), { method });
        expect(loss[method]).toBeCloseTo(measured[0].evaluate(change), 10);
        expect(accuracy?.[method] ?? null).toBe(kind === 'ridge' ? null : measured[1].evaluate(change));
      }
    }
  });

  it.each(['fixed', 'mean'] as const)('are retrained without where they do most, %s ridge', (ridgeConvention) => {
    const question = { groups, retrainings: 2, ridgeConvention };
    const { groups: found } = answerGroups(head, question, createTestContext());
    const size = ({ loss }: (typeof found)[number]): number => Math.abs(loss.newton ?? 0);
    const verified = found.filter(({ loss }) => loss.retrained !== null);
    expect(verified).toHaveLength(2);
    const others = found.filter((one) => !verified.includes(one));
    expect(Math.min(...verified.map(size))).toBeGreaterThan(Math.max(...others.map(size)));
    for (const { group, loss, accuracy, trust } of verified) {
      const { change } = retrain(model, { removed: rowsOf(group), ridgeConvention });
      expect(loss.retrained).toBeCloseTo(measured[0].evaluate(change), 8);
      if (kind === 'ridge') expect(loss.newton).toBeCloseTo(loss.retrained ?? 0, 8);
      else expect(accuracy?.retrained).toBeCloseTo(measured[1].evaluate(change), 12);
      expect(trust?.set?.rows).toBe(rowsOf(group).length);
    }
    expect(others.every(({ trust }) => trust === null)).toBe(true);
  });

  it('are measured on the labels as they are taken, and beside it on the given ones', () => {
    const input = studyInput(kind);
    const beliefs = {
      labels: input.labels,
      suspicion: Float64Array.from(input.labels, (_, row) => (row % 3) / 3),
      others: kind === 'ridge' ? input.labels.map((y) => y + 1) : input.labels.map((y) => 1 - y),
    };
    const doubted = openHead({ ...input, beliefs, validationLabels: 'expected' }, createTestContext());
    const { groups: found, ...whole } = answerGroups(doubted, { groups, retrainings: 1 }, createTestContext());
    const [expected] = prepareMeasurements(model, [{ kind: 'meanLoss', rows: 'validation' }], doubted.splits);
    expect(whole.validationLoss).toBe(expected.value);
    expect(whole.validationLossGiven).toBe(answer.validationLoss);
    for (const { group, loss, lossGiven } of found) {
      const given = answer.groups.find((one) => one.group === group);
      expect(lossGiven?.rif).toBeCloseTo(given?.loss.rif ?? Number.NaN, 12);
      expect(lossGiven?.retrained === null).toBe(loss.retrained === null);
      const { change } = estimateRemovalChange(model, rowsOf(group), { method: 'rif' });
      expect(loss.rif).toBeCloseTo(expected.evaluate(change), 10);
    }
  });

  it('want validation rows, and stop when asked to', () => {
    const input = studyInput(kind);
    const all = openHead({ ...input, split: input.split.map(() => splitCodes.train) }, createTestContext());
    const question = { groups, retrainings: 1 };
    expect(() => answerGroups(all, question, createTestContext())).toThrow(
      /no validation rows.*a split, or a validation file/,
    );
    for (const cancelAfter of [1, 5, 20]) {
      expect(() => answerGroups(head, question, createTestContext({ cancelAfter }))).toThrow(CancelledError);
    }
  });
});

it('a class is retrained without though its Newton step does not exist; all rows are not', () => {
  const input = studyInput('softmax');
  const head = openHead(input, createTestContext());
  const classes = { groupOf: Int32Array.from(input.labels), count: 3 };
  const byClass = answerGroups(head, { groups: classes, retrainings: 3 }, createTestContext());
  for (const { loss, newtonMissing } of byClass.groups) {
    expect(loss.newton).toBeNull();
    expect(newtonMissing).toMatch(/without a training row/);
    expect(loss.retrained).toBeGreaterThan(0.5);
  }
  const one = { groupOf: new Int32Array(studyRows), count: 1 };
  const everything = answerGroups(head, { groups: one, retrainings: 3 }, createTestContext());
  expect(everything.groups[0].loss).toMatchObject({ newton: null, retrained: null });
});
