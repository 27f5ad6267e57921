import { describe, expect, it } from 'vitest';
import type { Column } from '../../../contract/dataset';
import { columnFacts, columnWord } from './columnWords';

const column: Column = {
  index: 3,
  name: 'Income',
  type: 'number',
  role: 'feature',
  reason: 'numbers',
  missing: 381,
  distinct: 353,
  range: ['6', '959'],
  examples: ['129'],
};

describe('columnWords', () => {
  it('says what a feature is read as, and else the role', () => {
    expect(columnWord(column)).toBe('number');
    expect(columnWord({ ...column, role: 'ignore' })).toBe('ignore');
  });

  it('says what is known of a column', () => {
    expect(columnFacts(column, 4454)).toEqual([
      '381 of 4,454 missing (8.6 %)',
      '353 different values',
      'from 6 to 959',
    ]);
    expect(columnFacts({ ...column, missing: 0, distinct: null, range: null }, 0)).toEqual(['no missing cells']);
  });
});
