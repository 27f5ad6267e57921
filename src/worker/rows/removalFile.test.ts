import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { formatListLines } from '../exports/csvText';
import type { NameableRows } from './removalFile';
import { parseRemovalFile } from './removalFile';

const named: NameableRows = { rowCount: 5, ids: ['a', 'b', 'c', 'b', '4'] };
const rowsOf = (text: string, of = named): number[] => [...parseRemovalFile(text, of).rows];

/** Ids of any kind, many of them awkward. */
const anyId = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', "'", '"', ',', ';', '\n', '\r', '\t', ' ', '0', '1', '＝', 'a', '.'),
      minLength: 1,
    }),
    fc.integer().map(String),
  )
  .filter((id) => id.trim() === id && id !== '');

describe('parseRemovalFile', () => {
  it('reads an exported removal list by its row column', () => {
    const text = 'row,id,reason,score\r\n3,b,"unlikely, by far; outlier",0.9\r\n0,a,loss; far,0.8\r\n';
    expect(parseRemovalFile(text, named)).toEqual({ rows: Int32Array.of(3, 0), namedBy: 'row' });
  });

  it('reads a list with an id column, all rows that have the id', () => {
    expect(rowsOf('\ufeffid,note\nb,\na,x\n')).toEqual([1, 3, 0]);
  });

  it('reads bare ids where every line is one, and bare row numbers otherwise', () => {
    expect(parseRemovalFile('c\n4\n', named)).toEqual({ rows: Int32Array.of(2, 4), namedBy: 'id' });
    expect(parseRemovalFile('2\n4\n\n2\n', named)).toEqual({ rows: Int32Array.of(2, 4), namedBy: 'row' });
    expect(rowsOf('1\n', { rowCount: 5, ids: undefined })).toEqual([1]);
  });

  it('names the line that names no row', () => {
    expect(() => rowsOf('0\n5\n')).toThrow(/Line 2 .*“5”.*no id .*0 to 4/);
    expect(() => rowsOf('row\n1\nx\n')).toThrow(/Line 3/);
    expect(() => rowsOf('id\nzz\n')).toThrow(/Line 2 .*no id/);
    expect(() => rowsOf('0,1\n')).toThrow(/several columns/);
    expect(() => rowsOf('\n \n')).toThrow(InputError);
    expect(() => parseRemovalFile('id\na\n', { rowCount: 5, ids: undefined })).toThrow(
      /no column of the dataset is the id/,
    );
  });

  it('names the same rows whatever the ids are: by a whole removal list, by its ids, by ids of the file', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyId, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (ids, count) => {
          const of: NameableRows = { rowCount: ids.length, ids };
          const wanted = ids.map((_, row) => row).slice(0, count);
          const cells = wanted.map((row) => [row, ids[row] ?? '', 'a; b', -0.5]);
          expect(rowsOf(formatListLines([['row', 'id', 'reason', 'score'], ...cells]), of)).toEqual(wanted);
          const texts = [
            formatListLines([['id'], ...wanted.map((row) => [ids[row] ?? ''])]),
            formatListLines(wanted.map((row) => [ids[row] ?? ''])),
            ...(ids.some((id) => /[\r\n]/.test(id)) ? [] : [wanted.map((row) => ids[row]).join('\n')]),
          ];
          for (const text of texts) {
            // Two ids that differ by the apostrophe or the quotes of a list cannot be told apart: that is said, never
            // guessed.
            let found: number[] | string;
            try {
              found = rowsOf(text, of);
            } catch (error) {
              found = String(error);
            }
            if (typeof found === 'string') expect(found).toMatch(/stands for that of another/);
            else expect(found).toEqual(wanted);
          }
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it.each([
    ['-1', '-1\n'],
    ['=1+1', "'=1+1\n"],
    ['=1+1', '=1+1\n'],
    ["'=own", "''=own\n"],
    ["'own", "'own\n"],
    ['007', '007\n'],
    ['a,b', 'a,b\n'],
    ['a,b', '"a,b"\n'],
    ['"q"', '"q"\r\n'],
    ['two\nlines', '"two\nlines"\n'],
    [' kept ', ' kept \n'],
    [' kept ', 'kept\n'],
    ['id', 'id\n'],
    ['＝x', "'＝x\n"],
  ])('finds the id %j named as %j', (id, text) => {
    expect(parseRemovalFile(text, { rowCount: 3, ids: ['other', id, '7'] })).toEqual({
      rows: Int32Array.of(1),
      namedBy: 'id',
    });
  });

  it('says when a line can be two ids, and takes what the rest of the file tells', () => {
    const of: NameableRows = { rowCount: 4, ids: ['=x', "'=x", '+y', '"z"'] };
    expect(() => rowsOf("'=x\n", of)).toThrow(/Line 1 .*stands for that of another/);
    expect(rowsOf("'=x\n'+y\n", of)).toEqual([0, 2]);
    expect(rowsOf("'=x\n+y\n", of)).toEqual([1, 2]);
  });
});
