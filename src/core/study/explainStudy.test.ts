import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../base/errors';
import { openHead } from '../head/openHead';
import { retrain } from '../influence/removal/retrain';
import { predictRow } from '../influence/subsets/rowPrediction';
import { studyStages } from '../job/jobContext';
import { studyInput, studyRows } from '../testing/studyInput';
import { createTestContext } from '../testing/testData';
import type { ExplainQuestion } from './explainStudy';
import { answerExplain } from './explainStudy';

describe.each(['logistic', 'softmax'] as const)('explaining a prediction of a %s head', (kind) => {
  const head = openHead(studyInput(kind), createTestContext());
  const { model, splits } = head;
  const { labels } = model.problem;
  const wrong = splits.validation.find((row) => predictRow(model, row).predicted !== labels[row]) ?? -1;
  const question: ExplainQuestion = { row: wrong, count: 6, retrainings: 2 };
  const context = createTestContext();
  const answer = answerExplain(head, question, context);
  const classWithout = (rows: Int32Array): number =>
    predictRow(model, wrong).classAt(retrain(model, { removed: rows }).change);

  it('says what the head makes of the row', () => {
    const { predicted } = predictRow(model, wrong);
    const { probabilities } = answer;
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(probabilities[predicted]).toBe(Math.max(...probabilities));
    expect(answer).toMatchObject({ givenLabel: labels[wrong], trained: false });
    expect(answer.explanation).toMatchObject({ goal: 'restore', predicted, other: labels[wrong] });
    expect(answerExplain(head, { ...question, row: splits.train[3] }, context).trained).toBe(true);
  });

  it('finds sets that do what they are said to by retraining, and not with one row less', () => {
    const { explanation, flip } = answer;
    const restoring = explanation.smallestSet ?? new Int32Array(0);
    expect(restoring.length).toBeGreaterThan(1);
    expect(classWithout(restoring)).toBe(labels[wrong]);
    expect(classWithout(restoring.slice(0, -1))).not.toBe(labels[wrong]);
    expect(flip.flips).toBe(true);
    expect(classWithout(flip.rows)).toBe(flip.predictedAfter);
    expect(classWithout(flip.rows.slice(0, -1))).toBe(flip.predicted);
    expect(flip.rows.length).toBeLessThanOrEqual(restoring.length);
  });

  it('compares the flip with other predictions and with random removals', () => {
    const { comparison, flip } = answer;
    const { size, others, asFew, median, randomSets, randomFlips } = comparison;
    // The sum of effects is near the size that retraining finds.
    expect(size).not.toBeNull();
    expect(size ?? 0).toBeGreaterThanOrEqual(flip.rows.length / 2);
    expect(size ?? 0).toBeLessThanOrEqual(2 * flip.rows.length);
    expect(others).toBe(Math.min(100, splits.validation.length - 1));
    expect(asFew).toBeLessThan(others);
    // Of a wrong prediction the margin is small: most others rest on more rows.
    if (median !== null) expect(median).toBeGreaterThan(size ?? 0);
    expect(randomSets).toBe(200);
    expect(randomFlips).toBeLessThan(randomSets / 10);
    const sorted = [...splits.validation].sort((a, b) => predictRow(model, a).margin - predictRow(model, b).margin);
    const asFewFor = (row: number): number => answerExplain(head, { ...question, row }, context).comparison.asFew;
    expect(asFewFor(sorted[0])).toBeLessThanOrEqual(others / 10);
    expect(asFewFor(sorted[sorted.length - 1])).toBeGreaterThanOrEqual(0.9 * others);
  });

  it('explains rows without a label, as what would flip them', () => {
    const unlabelled = answerExplain(head, { ...question, row: 0 }, context);
    expect(unlabelled).toMatchObject({ givenLabel: -1, trained: false });
    expect(unlabelled.explanation.goal).toBe('flip');
  });

  it('tries no larger set than it was told', () => {
    const few = answerExplain(head, { ...question, limit: 1 }, context);
    expect(few.explanation.smallestSet).toBeNull();
    expect(few.flip).toMatchObject({ flips: false, largestTried: 1 });
  });

  it('reports one stage from beginning to end, refuses what is not there, and stops when asked to', () => {
    expect(context.reports[0]).toMatchObject({ stage: studyStages.explain, done: 0 });
    expect(new Set(context.reports.map(({ stage }) => stage))).toEqual(new Set([studyStages.explain]));
    expect(() => answerExplain(head, { row: studyRows }, context)).toThrow(InputError);
    expect(() => answerExplain(head, { row: 3, rightClass: 7 }, context)).toThrow(InputError);
    for (const cancelAfter of [1, 10, 40]) {
      expect(() => answerExplain(head, question, createTestContext({ cancelAfter }))).toThrow(CancelledError);
    }
  });
});

it('a ridge head predicts no class to be explained', () => {
  const head = openHead(studyInput('ridge'), createTestContext());
  expect(() => answerExplain(head, { row: 3 }, createTestContext())).toThrow(/predicts numbers/);
});
