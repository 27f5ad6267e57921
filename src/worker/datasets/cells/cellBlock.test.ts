import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellBlock } from './cellBlock';

describe('CellBlock', () => {
  const separator = '\u001f';
  const code = separator.charCodeAt(0);

  it('gives back the cells that it was filled with, whatever these hold', () => {
    const table = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 5 })).chain(([columns, rows]) =>
      fc.array(fc.array(fc.string({ maxLength: 5 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
    fc.assert(
      fc.property(table, (rows) => {
        const width = rows[0]?.length ?? 1;
        const columns = Array.from({ length: width }, (_, k) => rows.map((row) => row[k]));
        const block = CellBlock.ofColumns(7, columns);
        expect([block.firstRow, block.rows, block.columns]).toEqual([7, rows.length, width]);
        expect(columns.map((_, k) => block.column(k))).toEqual(columns);
        const joined = new CellBlock(7, rows.length, width);
        fc.pre(rows.every((row) => row.every((cell) => !cell.includes(separator))));
        for (const row of rows) expect(joined.add(row.join(separator), code)).toBe(true);
        expect(columns.map((_, k) => joined.column(k))).toEqual(columns);
      }),
      { seed: 1 },
    );
  });

  it('refuses a row with more or fewer cells, and takes another one in its place', () => {
    const block = new CellBlock(0, 1, 2);
    expect(block.add('one', code)).toBe(false);
    expect(block.add(['one', 'two', 'three'].join(separator), code)).toBe(false);
    expect(block.add(['one', 'two'].join(separator), code)).toBe(true);
    expect([block.cell(0, 0), block.cell(0, 1)]).toEqual(['one', 'two']);
  });

  it('reads plain numbers where they stand', () => {
    const block = CellBlock.ofColumns(0, [['1.5'], ['x'], ['-2']]);
    const mark = '.'.charCodeAt(0);
    expect([0, 1, 2].map((k) => block.plainNumber(0, k, mark))).toEqual([1.5, NaN, -2]);
  });
});
