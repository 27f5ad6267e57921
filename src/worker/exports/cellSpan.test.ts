import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { findCellSpans, replaceCell } from './cellSpan';

const dialect = { delimiter: ',', quote: '"' };
const parse = (record: string): string[] =>
  Papa.parse<string[]>(record, { delimiter: ',', newline: '\n' }).data[0] ?? [];

describe('replaceCell', () => {
  it('changes one cell and leaves every other byte', () => {
    expect(replaceCell('a, "b" ,c', 2, 'd', dialect)).toBe('a, "b" ,d');
    expect(replaceCell('"x,1","y ""z""",q', 1, 'n', dialect)).toBe('"x,1","n",q');
    expect(replaceCell('a,b', 0, 'with, comma', dialect)).toBe('"with, comma",b');
    expect(replaceCell('', 0, 'x', dialect)).toBe('x');
  });

  it('adds a cell that a short record lacks', () => {
    expect(replaceCell('a,b', 4, 'z', dialect)).toBe('a,b,,,z');
  });

  it('refuses what a dialect without quotes cannot hold', () => {
    expect(() => replaceCell('a\tb', 1, 'c\td', { delimiter: '\t', quote: '' })).toThrow(InputError);
    expect(replaceCell('a\t"b', 1, 'c', { delimiter: '\t', quote: '' })).toBe('a\tc');
  });

  it('agrees with PapaParse on whatever PapaParse writes', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', ' ', 'é'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), fc.nat(4), cell, (cells, place, text) => {
        const column = place % cells.length;
        const record = Papa.unparse([cells], { newline: '\n' });
        expect(findCellSpans(record, dialect)).toHaveLength(cells.length);
        const expected = [...cells];
        expected[column] = text;
        const replaced = replaceCell(record, column, text, dialect);
        if (replaced === '') return; // one empty cell is a blank line, which is no record
        expect(parse(replaced)).toEqual(expected);
      }),
      { seed: 1 },
    );
  });
});
