import { describe, expect, it } from 'vitest';
import type { Column, RowIssue } from '../contract/dataset';
import { describeRoles, messageLines, noteMessages, problemMessages } from './messages';

const column = (name: string, part: Partial<Column>): Column => ({
  index: 0,
  name,
  role: 'feature',
  type: 'number',
  reason: '',
  missing: 0,
  distinct: 3,
  range: null,
  examples: [],
  ...part,
});
const issue = (line: number): RowIssue => ({
  row: line - 2,
  line,
  column: 'dose',
  kind: 'other',
  message: '“x” is odd',
});

describe('describeRoles', () => {
  it('says what is label, id and feature, and why a column is left out, with one of its cells', () => {
    const { text } = describeRoles([
      column('key', { role: 'id', reason: 'no value repeats', examples: ['a-1'] }),
      column('x', {}),
      column('y', { role: 'label' }),
      column('share', { role: 'ignore', reason: 'free text', examples: ['12.3 %'] }),
      column('z', { role: 'ignore' }),
    ]);
    expect(text).toBe(
      'columns: label y, id key (no value repeats, as “a-1”), 1 feature; left out: share (free text, as “12.3 %”), z (as asked)',
    );
  });
});

describe('problemMessages', () => {
  const told = (total: number, listedIn?: string): string[] =>
    problemMessages(
      Array.from({ length: Math.min(total, 10) }, (_, index) => issue(index + 2)),
      total,
      { file: 'd.csv', listedIn },
    ).map(({ text }) => text);

  it('tells the first ten with line, row and column, then the count and where all are', () => {
    expect(told(0)).toEqual([]);
    expect(told(1)).toEqual(['line 2 (row 0), column dose: “x” is odd', '1 problem found while reading d.csv']);
    const many = told(1_234);
    expect(many).toHaveLength(11);
    expect(many[10]).toBe(
      '1,234 problems found while reading d.csv, the first 10 above; all of them with --problems FILE',
    );
    expect(told(12, 'p.csv')[10]).toMatch(/the first 10 above; all of them are in p\.csv$/);
  });
});

describe('messageLines', () => {
  it('makes a line of each note, and leaves the count of problems to the problems', () => {
    const notes = [
      { level: 'warning' as const, text: '2 problems found while reading: see the list by line.' },
      { level: 'info' as const, text: 'two\nlines' },
    ];
    expect(messageLines(noteMessages({ notes, issueCount: 2 }))).toEqual(['note: two\\nlines']);
  });

  it('say nothing of classes to somebody who takes labels as numbers', () => {
    const notes = [
      { level: 'warning', text: 'A class has fewer than 3 rows.', ofClasses: true },
      { level: 'info', text: 'Cells are missing.' },
    ] as const;
    expect(noteMessages({ notes, issueCount: 1 })).toHaveLength(2);
    expect(noteMessages({ notes, issueCount: 1 }, true)).toEqual([{ level: 'note', text: 'Cells are missing.' }]);
  });
});
