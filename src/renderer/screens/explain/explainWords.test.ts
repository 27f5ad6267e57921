import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../contract/explain';
import { explanationSchema } from '../../../contract/explain';
import { makeTestRow } from '../../stores/review/testReviewRows';
import { describeFlipFacts, describeLists, describeStanding, formatSigned, shareOf } from './explainWords';

const explanation: Explanation = explanationSchema.parse({
  id: 'job-1',
  startedAt: '2026-01-01T00:00:00Z',
  seconds: 1,
  auditStartedAt: '2026-01-01T00:00:00Z',
  row: 7,
  givenLabel: 'good',
  trained: false,
  probabilities: [
    { label: 'bad', probability: 0.58 },
    { label: 'good', probability: 0.42 },
  ],
  predicted: 'bad',
  other: 'good',
  goal: 'restore',
  margin: 0.32,
  supporting: [],
  opposing: [],
  sets: [],
  restoring: [1, 2, 3],
  flip: {
    flips: true,
    rows: [1, 2, 3],
    predictedAfter: 'good',
    runnerUp: 'good',
    marginBefore: 0.32,
    marginAfter: -0.1,
    largestTried: 3,
  },
  comparison: {
    size: 3,
    others: 100,
    of: 'validation',
    asFew: 4,
    median: 31,
    setSize: 3,
    randomSets: 200,
    randomFlips: 0,
  },
  shared: [{ column: 'branch', value: '14', rows: 3 }],
  trust: [],
});

describe('words of an explanation', () => {
  it('says how the prediction stands to the label', () => {
    expect(describeStanding(explanation)).toBe('Not what the label says: log-odds +0.320 for bad over good.');
    expect(describeStanding({ ...explanation, goal: 'flip' })).toMatch(/^As the label says; /);
    expect(describeStanding({ ...explanation, givenLabel: null })).toMatch(/^The row has no label; /);
    expect(describeLists(explanation).supporting.title).toBe('Most harmful to this prediction');
    expect(describeLists({ ...explanation, goal: 'flip' }).supporting.title).toBe('What the prediction rests on');
  });

  it('says whether so few rows are unusual, and what they share', () => {
    const rows = new Map([1, 2, 3].map((row) => [row, makeTestRow(row, { suspicion: row === 3 ? 0.1 : 0.9 })]));
    const told = describeFlipFacts(explanation, rows, 0.5);
    expect(told.unusual).toBe(true);
    expect(told.verdict).toBe(
      'By the sum of effects it rests on 3 rows: of 100 other validation rows, 4 % flip with as few; the median needs 31.',
    );
    expect(told.facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'suspicious labels among them: 2 of 3',
      'same branch: 14, all 3',
      'random sets that flip it too: 0 of 200',
    ]);
    const usual = { ...explanation, comparison: { ...explanation.comparison, asFew: 60, median: null } };
    expect(describeFlipFacts(usual, rows, 0.5)).toMatchObject({ unusual: false });
    expect(describeFlipFacts(usual, rows, 0.5).verdict).toMatch(/60 % flip with as few; half of them never flip\.$/);
  });

  it('writes changes with their sign, and margins as shares', () => {
    expect([formatSigned(0.0206), formatSigned(-0.5), formatSigned(0)]).toEqual(['+0.0206', '−0.500', '0']);
    expect(shareOf(0)).toBe(0.5);
    expect(shareOf(Math.log(3))).toBeCloseTo(0.75, 12);
  });
});
