import { describe, expect, it } from 'vitest';
import { decisionFor, describeDone, sameForEveryRow } from './reviewChoice';
import { makeTestRow } from './testReviewRows';

describe('choices', () => {
  const row = makeTestRow(1, { givenLabel: '8', suggestedLabel: '3' });

  it('takes the suggested label of the row', () => {
    expect(decisionFor({ kind: 'take' }, row)).toEqual({ kind: 'relabel', label: '3' });
    expect(decisionFor({ kind: 'class', label: '5' }, row)).toEqual({ kind: 'relabel', label: '5' });
    expect(decisionFor({ kind: 'restore' }, row)).toBeNull();
    expect(decisionFor({ kind: 'later' }, row)).toEqual({ kind: 'later' });
  });

  it('keeps a row whose own label was chosen', () => {
    expect(decisionFor({ kind: 'class', label: '8' }, row)).toEqual({ kind: 'keep' });
    expect(decisionFor({ kind: 'take' }, { givenLabel: '2', suggestedLabel: '2' })).toEqual({ kind: 'keep' });
  });

  it('may mean another decision for each row', () => {
    expect(sameForEveryRow({ kind: 'take' })).toBe(false);
    expect(sameForEveryRow({ kind: 'class', label: '3' })).toBe(false);
    expect(sameForEveryRow({ kind: 'remove' })).toBe(true);
  });

  it('names what was done', () => {
    expect(describeDone({ kind: 'remove' }, '12 rows')).toBe('Removed 12 rows');
    expect(describeDone({ kind: 'class', label: '3' }, '2 rows')).toBe('Relabelled 2 rows as 3');
  });
});
