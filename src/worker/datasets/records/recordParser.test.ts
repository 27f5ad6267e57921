import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecords } from './recordParser';
import type { TextDialect } from './recordScanner';

const comma: TextDialect = { delimiter: ',', quote: '"', escape: '"', newline: '\n' };
const backslash: TextDialect = { ...comma, escape: '\\' };
const cellsOf = (text: string, dialect: TextDialect): string[][] => parseRecords(text, dialect, true).cells;

describe('parseRecords', () => {
  it.each<[string, TextDialect, string, string[][]]>([
    ['doubled quotes', comma, '"a ""b"", c",2\n', [['a "b", c', '2']]],
    ['escaped quotes', backslash, '"size 5\\", blue",2\n', [['size 5", blue', '2']]],
    ['an escaped escape before the closing quote', backslash, '"C:\\\\",2\n', [['C:\\', '2']]],
    ['an escape that escapes nothing', backslash, '"C:\\temp",C:\\temp\n', [['C:\\temp', 'C:\\temp']]],
    ['escaped delimiters and line ends without quotes', backslash, 'a\\,b,c\\\nd\n', [['a,b', 'c\nd']]],
    ['escapes without any quote', { ...backslash, quote: '' }, 'a\\,"b,c\n', [['a,"b', 'c']]],
    ['blanks before and behind quotes', comma, 'a, "b, c" , "d"\n', [['a', 'b, c', 'd']]],
    ['a tab before quotes', comma, 'a,\t"b, c"\n', [['a', 'b, c']]],
    ['a blank before a quote that quotes nothing', comma, 'a, "b" c,d\n', [['a', ' "b" c', 'd']]],
    [
      'a blank before a quote that is never closed',
      comma,
      'a, "b,c\nd,e,f\n',
      [
        ['a', ' "b', 'c'],
        ['d', 'e', 'f'],
      ],
    ],
    ['a quote inside an unquoted cell', comma, '5" pipe,3"\n', [['5" pipe', '3"']]],
    ['no quotes', { ...comma, quote: '' }, '"a,b"\n', [['"a', 'b"']]],
    [
      'columns aligned by blanks',
      { ...comma, delimiter: ' ' },
      '  a   b "c d"  \r\n1 2 3\n',
      [
        ['a', 'b', 'c d'],
        ['1', '2', '3'],
      ],
    ],
    ['delimiters of several characters', { ...comma, delimiter: '::' }, 'a::"b::c"::\n', [['a', 'b::c', '']]],
  ])('reads %s', (_, dialect, text, cells) => {
    expect(cellsOf(text, dialect)).toEqual(cells);
  });

  it('takes a line that begins with the mark of comments as it is, quotes included, wherever it stands', () => {
    const { cells, comments } = parseRecords('# "one\na,b\n#c,"d\n1,#2\n', { ...comma, comment: '#' }, true);
    expect(cells).toEqual([['# "one'], ['a', 'b'], ['#c,"d'], ['1', '#2']]);
    expect([...comments]).toEqual([0, 2]);
  });

  it('reads the same wherever the text is cut', () => {
    const dialect = fc.constantFrom(
      comma,
      backslash,
      { ...comma, delimiter: ' ' },
      { ...backslash, quote: '', comment: '#' },
    );
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', ',', ' ', '\n', '\r\n', '#'), maxLength: 40 });
    fc.assert(
      fc.property(dialect, text, fc.nat(40), (how, whole, cut) => {
        const first = parseRecords(whole.slice(0, cut), how, false);
        const used = first.ends[first.ends.length - 1] ?? 0;
        const rest = parseRecords(whole.slice(used), how, true);
        const all = parseRecords(whole, how, true);
        expect([...first.cells, ...rest.cells]).toEqual(all.cells);
        expect([...first.ends, ...rest.ends.map((end) => end + used)]).toEqual(all.ends);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
