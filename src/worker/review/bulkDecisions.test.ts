import { describe, expect, it } from 'vitest';
import type { RowReview } from '../../core/review/decisions';
import { decideEach, previewDecisions } from './bulkDecisions';

const given = ['a', 'b', '', 'a'];
const suggested = ['b', 'b', 'c', 'c'];
const labels = { given: (row: number) => given[row] ?? '', suggested: (row: number) => suggested[row] ?? '' };
const rows = [3, 0, 1, 2];

const decided = (choice: Parameters<typeof decideEach>[0]): unknown[] => {
  const { decisions, which } = decideEach(choice, rows, labels);
  return which.map((place) => decisions[place]);
};

describe('decideEach', () => {
  it('gives each row its own suggestion, and keeps a row that has it already', () => {
    expect(decided({ kind: 'take' })).toEqual([
      { kind: 'relabel', label: 'c' },
      { kind: 'relabel', label: 'b' },
      { kind: 'keep' },
      { kind: 'relabel', label: 'c' },
    ]);
  });

  it('gives every row a class, and keeps those that have it', () => {
    expect(decided({ kind: 'class', label: 'a' })).toEqual([
      { kind: 'keep' },
      { kind: 'keep' },
      { kind: 'relabel', label: 'a' },
      { kind: 'relabel', label: 'a' },
    ]);
  });

  it('decides all alike where the choice does', () => {
    expect(decideEach({ kind: 'remove' }, rows, labels)).toEqual({
      decisions: [{ kind: 'remove' }],
      which: [0, 0, 0, 0],
    });
  });
});

describe('previewDecisions', () => {
  const review = (decision: RowReview['decision']): RowReview => ({ decision, note: '', time: '', reviewer: '' });
  const now = new Map([
    [0, review({ kind: 'keep' })],
    [1, review(null)],
    [3, review({ kind: 'relabel', label: 'c' })],
  ]);

  it('counts rows by what they are and would be, and those that would stay as they are', () => {
    expect(previewDecisions(rows, decideEach({ kind: 'take' }, rows, labels), now)).toEqual({
      rows: 4,
      changes: [
        { from: 'relabel', to: 'relabel', rows: 1, stay: 1 },
        { from: 'keep', to: 'relabel', rows: 1, stay: 0 },
        { from: 'undecided', to: 'keep', rows: 1, stay: 0 },
        { from: 'undecided', to: 'relabel', rows: 1, stay: 0 },
      ],
    });
    expect(previewDecisions([0, 3, 2], { decisions: [], which: [] }, now).changes).toContainEqual({
      from: 'undecided',
      to: 'undecided',
      rows: 1,
      stay: 1,
    });
  });
});
