import { describe, expect, it } from 'vitest';
import { describeFlip } from './flip';

const explanation = {
  predicted: 'bad',
  other: 'good',
  goal: 'restore' as const,
  restoring: [1, 2, 3],
  flip: { flips: true, rows: [1, 2, 3], predictedAfter: 'good', largestTried: 3 },
};

describe('a flip in words', () => {
  it('says what is predicted without the smallest set', () => {
    expect(describeFlip(explanation)).toEqual({ sentence: 'Without these 3 training rows it is good.', besides: '' });
    const elsewhere = { ...explanation.flip, rows: [9], predictedAfter: 'so-so' };
    expect(describeFlip({ ...explanation, flip: elsewhere }).besides).toBe(
      'Without one row it is already no longer bad, but so-so.',
    );
    const none = { ...explanation.flip, flips: false, rows: [], largestTried: 1000 };
    expect(describeFlip({ ...explanation, restoring: null, flip: none })).toEqual({
      sentence: 'Without the 1,000 rows that hold it up most, it is still bad.',
      besides: 'No set was found without which it is good.',
    });
    expect(describeFlip({ ...explanation, goal: 'flip', restoring: null, flip: elsewhere }).sentence).toBe(
      'Without this one training row it is so-so.',
    );
  });
});
