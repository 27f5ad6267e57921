import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { type LabelledRows, parseLabelFile } from './labelFile';

const classes = ['bird', 'cat', '=dog'];
const known: LabelledRows = {
  rowCount: 5,
  ids: ['007', '7', 'x', 'x', '=sum'],
  columns: ['name', 'weight', 'kind'],
  labelColumn: 'kind',
  idColumn: 'name',
  delimiter: ';',
  labels: Int32Array.of(0, 1, 2, 0, -1),
  read: (label) => (classes.includes(label.trim()) ? classes.indexOf(label.trim()) : undefined),
};
const read = (text: string, changes: Partial<LabelledRows> = {}): [number, number][] => {
  const { rows, labels } = parseLabelFile(text, { ...known, ...changes });
  return Array.from(rows, (row, at) => [row, labels[at]]);
};

describe('parseLabelFile', () => {
  it.each([
    ['by row', 'row,label\n0,cat\n4,bird\n'],
    ['by id, with a mark of its encoding and Windows line ends', '\ufeffid,label\r\n007,cat\r\n=sum,bird\r\n'],
    ['by the names of the columns, and others beside', 'weight;kind;name\n1;cat;007\n2;bird;=sum\n'],
    ['as scores.csv has suggestions', 'row,id,suggested_label\n0,,cat\n4,,bird\n'],
  ])('reads a list: %s', (_, text) => {
    expect(read(text)).toEqual([
      [0, 1],
      [4, 0],
    ]);
  });

  it('prefers rows to ids, gives all rows of an id the label, and leaves out labels that are the same', () => {
    expect(read('row,id,label\n1,007,bird\n')).toEqual([[1, 0]]);
    const both = parseLabelFile('id,label\nx,bird\n', known);
    expect([[...both.rows], both.unchanged]).toEqual([[2], 1]);
  });

  it('reads ids and labels as a list for people has them', () => {
    expect(read("id,label\n'=sum,'=dog\n")).toEqual([[4, 2]]);
  });

  it('reads a corrected copy of the data row by row, whatever its ids', () => {
    const copy = 'name;weight;kind\n007;1;cat\n7;2;cat\nx;3;bird\nx;4;=dog\n=sum;5;\n';
    expect(read(copy)).toEqual([
      [0, 1],
      [2, 0],
      [3, 2],
    ]);
    // With a row less it is a list, in which the two rows called x contradict each other.
    expect(() => read(copy.replace('7;2;cat\n', ''))).toThrow(/Lines 3 and 4 .* row 2 different labels/);
  });

  it('takes numbers where the head does', () => {
    const labels = Float64Array.of(1, 2, 3, 4, Number.NaN);
    const numbers = { labels, read: (text: string) => (Number.isNaN(Number(text)) ? undefined : Number(text)) };
    expect(read('row,label\n0,-1\n1,2.0\n', numbers)).toEqual([[0, -1]]);
    expect(() => read('row,label\n0,cat\n', numbers)).toThrow(/label “cat”, which the data does not have/);
  });

  it.each([
    ['', /is empty/],
    ['007\n7\n', /needs a header .* its first line is: 007/],
    ['row,comment\n0,x\n', /“label” or “kind”/],
    ['row,label\n9,cat\n', /Line 2 of the label file says “9”.*rows are 0 to 4/],
    ['id,label\n8,cat\n', /Line 2 of the label file says “8”, which is no id/],
    ['row,label\n0,cat\n1,cow\n', /Line 3 of the label file has the label “cow”/],
    ['row,label\n0,\n', /Line 2 of the label file has no label/],
    ['row,label\n0,cat\n0,bird\n', /Lines 2 and 3 of the label file give row 0 different labels/],
    ['row,label\n0,\u001b[2Jcow\n', /label “[^\u001b]+”/],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(InputError);
  });

  it('wants row numbers where no column is the id', () => {
    expect(() => read('id,label\n7,cat\n', { ids: undefined, idColumn: undefined })).toThrow(/no column .* is the id/);
  });
});
