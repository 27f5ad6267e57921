import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../base/errors';
import { splitCodes } from '../base/splitCodes';
import { openHead } from '../head/openHead';
import { createEditMeasure } from '../influence/removal/editMeasure';
import { retrain } from '../influence/removal/retrain';
import { editedLabels } from '../influence/unlearning/trainingEdit';
import { studyInput, studyRows } from '../testing/studyInput';
import { createTestContext, relativeDistance, syntheticRows } from '../testing/testData';
import { runStudy } from './runStudy';
import type { UnlearnQuestion } from './unlearnStudy';
import { answerUnlearn } from './unlearnStudy';

const none = { rows: new Int32Array(0), labels: new Float64Array(0) };

describe.each(['logistic', 'softmax', 'ridge'] as const)('unlearning by a study of a %s head', (kind) => {
  const head = openHead(studyInput(kind), createTestContext());
  const { model, splits } = head;
  const { labels, classes } = model.problem;
  const otherLabel = (row: number): number => (kind === 'ridge' ? labels[row] + 1 : (labels[row] + 1) % classes);
  /** Rows 0 (no label) and 4 (validates) concern no fit. */
  const question: UnlearnQuestion = {
    removed: Int32Array.of(7, 3, 7, 4),
    relabelled: { rows: Int32Array.of(11, 0, 5), labels: Float64Array.of(otherLabel(11), 0, otherLabel(5)) },
    verify: true,
  };
  const answer = answerUnlearn(head, question, createTestContext());

  it('reaches the head that retraining gives, within its bound', () => {
    expect([...answer.removed]).toEqual([3, 7]);
    expect([...answer.relabelled.rows]).toEqual([5, 11]);
    expect([...answer.relabelled.labels]).toEqual([5, 11].map(otherLabel));
    expect(answer).toMatchObject({ otherRows: 2, reached: true });
    const truth = retrain(model, { removed: answer.removed, labels: editedLabels(model.problem, answer) });
    expect(relativeDistance(answer.theta, truth.fit.state.theta)).toBeLessThan(1e-6);
    expect(answer.changeNorm).toBeCloseTo(Math.hypot(...truth.change), 6);
    expect(answer.retrained?.relativeDistance).toBeLessThan(1e-6);
    const bound = answer.certificate.bound?.distance ?? Number.NaN;
    const own = truth.fit.state.gradientNorm / (answer.certificate.bound?.smallestEigenvalue ?? 0);
    expect(answer.retrained?.distance).toBeLessThan(bound + own + 1e-12);
    const effect = createEditMeasure(model, splits).measure(truth.change);
    expect(answer.validation?.lossChange).toBeCloseTo(effect.lossChange, 7);
    expect(answer.validation?.rows).toBe(splits.validation.length);
  });

  it('fits from scratch only where that is asked for, and does without validation rows', () => {
    const input = studyInput(kind);
    const split = input.split.map((code) => (code === splitCodes.validation ? splitCodes.test : code));
    const blind = openHead({ ...input, split }, createTestContext());
    const alone = answerUnlearn(blind, { ...question, verify: false }, createTestContext());
    expect(alone).toMatchObject({ validation: null, retrained: null, reached: true });
    expect(relativeDistance(alone.theta, answer.theta)).toBeLessThan(1e-12);
  });

  it('refuses what changes nothing, and stops when asked to', () => {
    const context = createTestContext();
    const unlearn = (asked: Partial<UnlearnQuestion>): unknown =>
      answerUnlearn(head, { removed: new Int32Array(0), relabelled: none, verify: false, ...asked }, context);
    expect(() => unlearn({})).toThrow(/nothing to unlearn/);
    expect(() => unlearn({ removed: Int32Array.of(0, 4) })).toThrow(/None of the 2 rows is a labelled training row/);
    expect(() => unlearn({ removed: Int32Array.of(studyRows) })).toThrow(InputError);
    expect(() => unlearn({ removed: splits.train })).toThrow(/Nothing would be left/);
    expect(() => unlearn({ removed: Int32Array.of(5), relabelled: question.relabelled })).toThrow(/choose one/);
    for (const cancelAfter of [1, 6]) {
      expect(() => answerUnlearn(head, question, createTestContext({ cancelAfter }))).toThrow(CancelledError);
    }
  });
});

it('gives θ of the features where there are more of them than rows', () => {
  const data = syntheticRows({ rows: 40, features: 90, classes: 2, seed: 4 });
  const input = {
    features: data.features,
    labels: data.labels,
    classes: 2,
    split: new Uint8Array(40).fill(splitCodes.train),
    unpenalised: [89],
    kind: 'logistic' as const,
    l2: 0.1,
  };
  const question = { removed: Int32Array.of(2, 9), relabelled: none, verify: true };
  const [wide, direct] = [true, false].map((rowSpace) => {
    const { answer } = runStudy({ ...input, rowSpace }, { kind: 'unlearn', question }, createTestContext());
    if (!('certificate' in answer)) throw new Error('not unlearned');
    return answer;
  });
  expect(wide.theta).toHaveLength(90);
  expect(relativeDistance(wide.theta, direct.theta)).toBeLessThan(1e-7);
  expect(wide.changeNorm / direct.changeNorm).toBeCloseTo(1, 6);
});
