import { describe, expect, it } from 'vitest';
import { InputError } from '../core/base/errors';
import type { NameableRows } from './removalFile';
import { parseRemovalFile } from './removalFile';

const named: NameableRows = { rowCount: 5, ids: ['a', 'b', 'c', 'b', '4'] };
const rowsOf = (text: string, of = named): number[] => [...parseRemovalFile(text, of).rows];

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
    expect(() => rowsOf('0\n5\n')).toThrow(/Line 2 .*“5”.*0 to 4/);
    expect(() => rowsOf('row\n1\nx\n')).toThrow(/Line 3/);
    expect(() => rowsOf('id\nzz\n')).toThrow(/Line 2 .*no id/);
    expect(() => rowsOf('0,1\n')).toThrow(/several columns/);
    expect(() => rowsOf('\n \n')).toThrow(InputError);
    expect(() => parseRemovalFile('id\na\n', { rowCount: 5, ids: undefined })).toThrow(
      /no column of the dataset is the id/,
    );
  });
});
