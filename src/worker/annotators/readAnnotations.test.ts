import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import type { ColumnScan } from '../datasets/datasetTypes';
import { type ReadAnnotations, readLabelColumns } from './readAnnotations';
import { readLabelLines } from './readLabelLines';

const signal = { cancelled: false, throwIfCancelled: () => undefined };

/** A scan of a table of columns, two rows a block. */
function scanOf(columns: readonly (readonly string[])[]): ColumnScan {
  return async (indices, onBlock) => {
    for (let row = 0; row < columns[0].length; row += 2) {
      await onBlock(
        row,
        indices.map((index) => columns[index].slice(row, row + 2)),
      );
    }
  };
}

/** [row, annotator, label] of every label. */
function listed({ annotations, annotators, classes }: ReadAnnotations): (string | number)[][] {
  const { rows, starts, annotator, label } = annotations;
  return Array.from({ length: rows }, (_, row) => row).flatMap((row) =>
    Array.from({ length: starts[row + 1] - starts[row] }, (_, k) => [
      row,
      annotators[annotator[starts[row] + k]],
      classes[label[starts[row] + k]],
    ]),
  );
}

describe('readLabelColumns', () => {
  it('reads one annotator a column; blank cells are no labels', async () => {
    const scan = scanOf([
      ['x', 'x', 'x'],
      ['cat', '', ' dog '],
      ['10', 'cat', '\u200b'],
    ]);
    const columns = [
      { index: 1, name: 'anna' },
      { index: 2, name: 'ben' },
    ];
    const read = await readLabelColumns(scan, columns, 3, signal);
    expect(read.classes).toEqual(['10', 'cat', 'dog']);
    expect(listed(read)).toEqual([
      [0, 'anna', 'cat'],
      [0, 'ben', '10'],
      [1, 'ben', 'cat'],
      [2, 'anna', 'dog'],
    ]);
    expect(read.warnings).toEqual([]);
  });

  it('reads spellings that surely mean the same as one class, and says so', async () => {
    const scan = scanOf([
      ['Cat', 'cat', 'cat'],
      ['cat', 'dog', 'dog'],
    ]);
    const columns = [
      { index: 0, name: 'a' },
      { index: 1, name: 'b' },
    ];
    const read = await readLabelColumns(scan, columns, 3, signal);
    expect(read.classes).toEqual(['cat', 'dog']);
    expect(read.warnings.join()).toContain('“Cat” as “cat”');
  });

  it('tells of classes that may be one, and keeps them apart', async () => {
    const columns = [
      { index: 0, name: 'a' },
      { index: 1, name: 'b' },
    ];
    const read = await readLabelColumns(
      scanOf([
        ['A', 'B', 'B'],
        ['a', 'b', 'b'],
      ]),
      columns,
      3,
      signal,
    );
    expect(read.classes).toHaveLength(4);
    expect(read.warnings.join()).toMatch(/look alike are kept apart: “[Bb]” and “[Bb]”, “[Aa]” and “[Aa]”/);
  });

  it('refuses columns without labels, or with one class', async () => {
    const columns = [{ index: 0, name: 'a' }];
    await expect(readLabelColumns(scanOf([['', ' ']]), columns, 2, signal)).rejects.toThrow(/all cells are blank/);
    await expect(readLabelColumns(scanOf([['a', 'a']]), columns, 2, signal)).rejects.toThrow(InputError);
  });
});

describe('readLabelLines', () => {
  const known = { rowCount: 3, ids: ['p', 'q', 'r'], idColumn: 'name' };

  it('finds rows by id or by number, and knows the usual names', () => {
    const byId = readLabelLines('Worker,name,answer\nw1,q,a\nw2,q,b\nw1,r,b\nw2,p,\n', known);
    expect(listed(byId)).toEqual([
      [1, 'w1', 'a'],
      [1, 'w2', 'b'],
      [2, 'w1', 'b'],
    ]);
    const byRow = readLabelLines('row\tlabel\tannotator\n2\ta\tx\n0\tb\ty\n', { ...known, ids: undefined });
    expect(listed(byRow)).toEqual([
      [0, 'y', 'b'],
      [2, 'x', 'a'],
    ]);
  });

  it('takes the names it is given', () => {
    const read = readLabelLines('task;who;said\nq;1;a\nr;2;b\n', known, ['task', 'who', 'said']);
    expect(listed(read)).toEqual([
      [1, '1', 'a'],
      [2, '2', 'b'],
    ]);
    expect(() => readLabelLines('task;who;said\nq;1;a\n', known, ['task', 'whom', 'said'])).toThrow(/no column “whom”/);
  });

  it('lets the last label of an annotator count, and says how many were others', () => {
    const read = readLabelLines('id,annotator,label\np,x,a\np,x,b\nq,x,a\n', known);
    expect(listed(read)).toEqual([
      [0, 'x', 'b'],
      [1, 'x', 'a'],
    ]);
    expect(read.warnings.join()).toMatch(/1 label was given twice/);
  });

  it('names the line that names no row or no annotator, and columns that are missing', () => {
    expect(() => readLabelLines('id,annotator,label\np,x,a\nz,x,b\n', known)).toThrow(/3/);
    expect(() => readLabelLines('id,annotator,label\np,,a\n', known)).toThrow(/Line 2 .* no annotator/);
    expect(() => readLabelLines('id,label\np,a\n', known)).toThrow(/--annotation-columns/);
    expect(() => readLabelLines('id,annotator,label\np,x,a\n', { ...known, ids: undefined })).toThrow(/--id/);
    expect(() => readLabelLines(' ', known)).toThrow(/empty/);
  });
});
