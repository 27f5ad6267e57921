import { describe, expect, it } from 'vitest';
import type { Column, ColumnRole } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { applyChoices, recallChoices, rememberChoices } from './columnChoices';

const column = (index: number, name: string, role: ColumnRole): Column => ({
  index,
  name,
  role,
  type: 'category',
  reason: 'guessed',
  missing: 0,
  distinct: 2,
  range: null,
  examples: [],
});
const columns = [column(0, 'a', 'label'), column(1, 'b', 'feature'), column(2, 'c', 'feature')];

describe('applyChoices', () => {
  it('moves a role that only one column can have, and forgets the reason of the guess', () => {
    const next = applyChoices(columns, [{ index: 2, role: 'label', type: 'category' }]);
    expect(next.map(({ role }) => role)).toEqual(['ignore', 'feature', 'label']);
    expect(next.map(({ reason }) => reason)).toEqual(['', 'guessed', '']);
    expect(columns[0]?.role).toBe('label');
  });

  it('makes a feature of a label that was guessed for its place', () => {
    const roleOf = (reason: string) =>
      applyChoices(
        [{ ...column(0, 'c', 'label'), reason }, column(1, 'price', 'feature')],
        [{ index: 1, role: 'label', type: 'number' }],
      )[0].role;
    expect(roleOf('the last column with few values, 3')).toBe('feature');
    expect(roleOf('named like a label, 3 values')).toBe('ignore');
    expect(roleOf('')).toBe('ignore');
  });

  it('refuses two labels at once and a column that is not there', () => {
    const both = [0, 1].map((index) => ({ index, role: 'label' as const, type: 'category' as const }));
    expect(() => applyChoices(columns, both)).toThrow(/a, b/);
    expect(() => applyChoices(columns, [{ index: 9, role: 'feature', type: 'number' }])).toThrow(InputError);
  });
});

describe('choices by name', () => {
  const choose = (before: readonly Column[], index: number, role: ColumnRole): Column[] =>
    applyChoices(before, [{ index, role, type: 'category' }]);

  it('hold for columns of the same names in any place, with what they meant for others', () => {
    const moved = choose(columns, 2, 'label');
    const choices = rememberChoices([], columns, moved);
    const other = [column(0, 'new', 'label'), column(1, 'c', 'feature'), column(2, 'a', 'feature')];
    expect(recallChoices(other, choices).map(({ role }) => role)).toEqual(['ignore', 'label', 'ignore']);
    expect(recallChoices([column(0, 'new', 'label')], choices).map(({ role }) => role)).toEqual(['label']);
  });

  it('keep the latest of each column, and never two of what only one can be', () => {
    const first = choose(columns, 2, 'label');
    const second = choose(first, 1, 'label');
    const choices = rememberChoices(rememberChoices([], columns, first), first, second);
    expect(recallChoices(columns, choices).map(({ role }) => role)).toEqual(['ignore', 'label', 'ignore']);
  });
});
