import { describe, expect, it } from 'vitest';
import type { Column, ColumnRole } from '../contract/dataset';
import { InputError } from '../core/base/errors';
import { applyChoices, mergeChoices } from './columnChoices';

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

  it('refuses two labels at once and a column that is not there', () => {
    const both = [0, 1].map((index) => ({ index, role: 'label' as const, type: 'category' as const }));
    expect(() => applyChoices(columns, both)).toThrow(/a, b/);
    expect(() => applyChoices(columns, [{ index: 9, role: 'feature', type: 'number' }])).toThrow(InputError);
  });
});

describe('mergeChoices', () => {
  it('keeps the latest choice of each column', () => {
    const first = { index: 1, role: 'ignore' as const, type: 'number' as const };
    const later = { index: 1, role: 'feature' as const, type: 'text' as const };
    expect(mergeChoices([first], [later])).toEqual([later]);
  });
});
