import { describe, expect, it } from 'vitest';
import type { Column } from '../../../contract/dataset';
import { columnFacts, columnWord, readingFacts } from './columnWords';

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

  it('says how cells are read where that is not plain to see', () => {
    expect(readingFacts(column)).toEqual([]);
    const reading = {
      decimal: 'comma',
      unit: '€',
      grouped: true,
      limits: { count: 1, example: '<0,05' },
      markers: [{ text: '#N/A', count: 1212 }],
      unread: { count: 3, example: 'oops' },
    } as const;
    expect(readingFacts({ ...column, reading: { ...reading, markers: [...reading.markers] } })).toEqual([
      'numbers in €, with a decimal comma, with separated thousands',
      '1 cell with a limit, as “<0,05”, read as the limit',
      '3 cells not read, as “oops”',
      'missing: “#N/A” (1,212)',
    ]);
    // A category has no numbers to be read.
    expect(
      readingFacts({ ...column, type: 'category', reading: { ...reading, markers: [...reading.markers] } }),
    ).toEqual(['missing: “#N/A” (1,212)']);
  });
});
