import { describe, expect, it } from 'vitest';
import type { Column } from '../../../contract/dataset';
import { columnWidths } from './columnWidths';

const column = (name: string): Column => ({
  index: 0,
  name,
  type: 'text',
  role: 'feature',
  reason: '',
  missing: 0,
  distinct: null,
  range: null,
  examples: [],
});

describe('columnWidths', () => {
  it('grows with name and cells, within limits, and bears short rows', () => {
    const widths = columnWidths(
      [column('a'), column('quite_a_long_name'), column('body'), column('rare')],
      [['1', '2', 'x'.repeat(500), null], ['1']],
    );
    expect(widths).toEqual([96, 148, 280, 96]);
  });
});
