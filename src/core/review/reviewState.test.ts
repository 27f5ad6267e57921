import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BugError } from '../base/errors';
import type { Decision, LogEntry } from './decisions';
import { describeDecision, ReviewState } from './reviewState';

const stamp = { time: '2026-01-01T00:00:00.000Z', reviewer: 'me' };
const decide = (seq: number, rows: number[], decision: Decision | null): LogEntry => ({
  ...stamp,
  kind: 'decide',
  seq,
  rows,
  decision,
  title: describeDecision(decision, `${rows.length} rows`),
});

const snapshot = (state: ReviewState) => [...state.rows].sort((a, b) => a[0] - b[0]);

describe('ReviewState', () => {
  it('undoes to exactly the state before and redoes to exactly the state after', () => {
    const state = new ReviewState();
    state.apply(decide(1, [4, 7], { kind: 'remove' }));
    const one = snapshot(state);
    state.apply(decide(2, [7, 9], { kind: 'relabel', label: '3' }));
    const two = snapshot(state);
    expect(state.apply({ ...stamp, kind: 'undo', seq: 3, target: 2 })).toEqual([7, 9]);
    expect(snapshot(state)).toEqual(one);
    state.apply({ ...stamp, kind: 'redo', seq: 4, target: 2 });
    expect(snapshot(state)).toEqual(two);
  });

  it('keeps the note through a decision and forgets a row with neither', () => {
    const state = new ReviewState();
    state.apply({ ...stamp, kind: 'note', seq: 1, rows: [2], note: 'blurred', title: 'note on 2' });
    state.apply(decide(2, [2], { kind: 'keep' }));
    expect(state.rows.get(2)).toMatchObject({ note: 'blurred', decision: { kind: 'keep' } });
    state.apply(decide(3, [2], null));
    expect(state.rows.get(2)).toMatchObject({ note: 'blurred', decision: null });
    state.apply({ ...stamp, kind: 'note', seq: 4, rows: [2], note: '', title: 'note on 2' });
    expect(state.rows.has(2)).toBe(false);
  });

  it('drops the redo list on a new change and refuses an undo out of order', () => {
    const state = new ReviewState();
    state.apply(decide(1, [0], { kind: 'keep' }));
    state.apply({ ...stamp, kind: 'undo', seq: 2, target: 1 });
    expect(state.redoCount).toBe(1);
    state.apply(decide(3, [1], { kind: 'keep' }));
    expect(state.redoable).toBeUndefined();
    expect(() => state.apply({ ...stamp, kind: 'undo', seq: 4, target: 1 })).toThrow(BugError);
  });

  it('reads labels as the latest decision says, undone and redone apart from rows, and touches no row', () => {
    const state = new ReviewState();
    const reading = (choice: 'merge' | 'keep') => ({ choice, groups: [{ label: 'a', spellings: ['a', 'A'] }] });
    const labels = (seq: number, choice: 'merge' | 'keep'): LogEntry => ({
      ...stamp,
      kind: 'labels',
      seq,
      rows: [],
      column: 'y',
      reading: reading(choice),
      title: 'merge labels',
    });
    expect(state.labelReading('y')).toBeNull();
    expect(state.apply(labels(1, 'merge'))).toEqual([]);
    expect(state.concernsRows).toBe(false);
    state.apply(labels(2, 'keep'));
    expect(state.labelReading('y')?.choice).toBe('keep');
    expect(state.labelReading('other')).toBeNull();
    expect(state.undoableLabels('y')?.seq).toBe(2);
    expect(state.undoableLabels('other')).toBeUndefined();
    expect(state.undoable).toBeUndefined();
    state.apply({ ...stamp, kind: 'undo', seq: 3, target: 2 });
    expect(state.labelReading('y')?.choice).toBe('merge');
    state.apply({ ...stamp, kind: 'undo', seq: 4, target: 1 });
    expect(state.labelReading('y')).toBeNull();
    state.apply({ ...stamp, kind: 'redo', seq: 5, target: 1 });
    expect(state.labelReading('y')?.choice).toBe('merge');
    expect(state.rows.size).toBe(0);
    state.apply(decide(6, [1], { kind: 'keep' }));
    expect(state.concernsRows).toBe(true);
  });

  it('takes back what was done in one place, whatever was done in another since', () => {
    const state = new ReviewState();
    const reading = { choice: 'merge', groups: [{ label: 'a', spellings: ['a', 'A'] }] } as const;
    state.apply(decide(1, [0], { kind: 'keep' }));
    state.apply({ ...stamp, kind: 'labels', seq: 2, rows: [], column: 'y', reading, title: 'merge labels' });
    expect(state.undoable?.seq).toBe(1);
    state.apply({ ...stamp, kind: 'undo', seq: 3, target: 1 });
    expect(state.rows.size).toBe(0);
    expect(state.labelReading('y')).toEqual(reading);
    state.apply(decide(4, [1], { kind: 'remove' }));
    state.apply({ ...stamp, kind: 'undo', seq: 5, target: 2 });
    expect(state.labelReading('y')).toBeNull();
    expect([...state.rows.keys()]).toEqual([1]);
    // The decision of row 1 has dropped what could be redone of rows, and nothing of labels.
    expect(state.redoCount).toBe(0);
    state.apply({ ...stamp, kind: 'redo', seq: 6, target: 2 });
    expect(state.labelReading('y')).toEqual(reading);
  });

  it('takes over what was decided elsewhere as it was, in one change, or refuses all of it', () => {
    const state = new ReviewState();
    state.apply(decide(1, [0, 1], { kind: 'keep' }));
    const elsewhere = { time: '2026-01-02T00:00:00.000Z', reviewer: 'Ben' };
    const reviews = [
      { decision: { kind: 'remove' as const }, note: '', ...elsewhere },
      { decision: null, note: 'blurred', ...elsewhere },
    ];
    const merge = { ...stamp, kind: 'merge' as const, seq: 2, rows: [1, 2], reviews, title: 'import' };
    expect(() => state.apply({ ...merge, reviews: reviews.slice(1) })).toThrow(/1 reviews for 2 rows/);
    expect(state.apply(merge)).toEqual([1, 2]);
    expect(state.rows.get(1)).toEqual(reviews[0]);
    expect(state.rows.get(2)).toEqual(reviews[1]);
    state.apply({ ...stamp, kind: 'undo', seq: 3, target: 2 });
    expect(state.rows.get(1)?.decision).toEqual({ kind: 'keep' });
    expect(state.rows.has(2)).toBe(false);
  });

  it('undoing everything always ends with nothing decided', () => {
    const step = fc.record({
      rows: fc.uniqueArray(fc.nat(5), { minLength: 1 }),
      decision: fc.constantFrom<Decision | null>({ kind: 'keep' }, { kind: 'remove' }, { kind: 'later' }, null),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const state = new ReviewState();
        let seq = 0;
        for (const { rows, decision } of steps) state.apply(decide(++seq, rows, decision));
        const full = snapshot(state);
        const targets: number[] = [];
        for (let change = state.undoable; change !== undefined; change = state.undoable) {
          targets.push(change.seq);
          state.apply({ ...stamp, kind: 'undo', seq: ++seq, target: change.seq });
        }
        expect(state.rows.size).toBe(0);
        for (const target of targets.reverse()) state.apply({ ...stamp, kind: 'redo', seq: ++seq, target });
        expect(snapshot(state)).toEqual(full);
      }),
      { seed: 1 },
    );
  });
});
