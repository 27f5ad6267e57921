import { describe, expect, it } from 'vitest';
import type { RowReview } from '../../core/review/decisions';
import { decidedBeliefs } from './decidedBeliefs';

function reviewsOf(decisions: Record<number, RowReview['decision']>): ReadonlyMap<number, RowReview> {
  return new Map(
    Object.entries(decisions).map(([row, decision]) => [Number(row), { decision, note: '', time: '', reviewer: '' }]),
  );
}

describe('what is thought of labels once a person has looked', () => {
  const beliefs = {
    labels: Int32Array.of(0, 1, 0, 1, 0, 1),
    suspicion: Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.5, 0.4),
    others: Int32Array.of(1, 0, 1, 0, 1, 0),
  };
  const classes = ['cat', 'dog'];

  it('is what the audit thought where nothing final was decided', () => {
    expect(decidedBeliefs({ beliefs: undefined, classes }, reviewsOf({ 0: { kind: 'keep' } }))).toBeUndefined();
    expect(decidedBeliefs({ beliefs, classes }, reviewsOf({}))).toBe(beliefs);
    const open = { 0: { kind: 'later' }, 1: { kind: 'remove' }, 2: null } as const;
    expect(decidedBeliefs({ beliefs, classes }, reviewsOf(open))).toBe(beliefs);
  });

  it('is surely the label that was kept, or the new one', () => {
    const decided = decidedBeliefs(
      { beliefs, classes },
      reviewsOf({ 0: { kind: 'keep' }, 3: { kind: 'relabel', label: 'cat' }, 9: { kind: 'keep' } }),
    );
    expect(decided).toEqual({
      labels: Int32Array.of(0, 1, 0, 0, 0, 1),
      suspicion: Float64Array.of(0, 0.8, 0.7, 0, 0.5, 0.4),
      others: beliefs.others,
    });
    expect(beliefs.suspicion[0]).toBe(0.9);
  });

  it('leaves rows out whose new label is no class of the head', () => {
    const decided = decidedBeliefs({ beliefs, classes }, reviewsOf({ 3: { kind: 'relabel', label: 'ferret' } }));
    expect([decided?.suspicion[3], decided?.others[3], decided?.labels[3]]).toEqual([1, -1, 1]);
  });

  it('takes new numbers as numbers', () => {
    const numbers = {
      labels: Float64Array.of(1.5, 2.5),
      suspicion: Float64Array.of(0.9, 0.8),
      others: Float64Array.of(3, 4),
    };
    const decided = decidedBeliefs(
      { beliefs: numbers, classes: [] },
      reviewsOf({ 0: { kind: 'relabel', label: ' -7.25 ' }, 1: { kind: 'relabel', label: 'unknown' } }),
    );
    expect(decided).toEqual({
      labels: Float64Array.of(-7.25, 2.5),
      suspicion: Float64Array.of(0, 1),
      others: Float64Array.of(3, Number.NaN),
    });
  });
});
