import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellBlock } from './cellBlock';
import { readPlainNumber } from './plainNumber';

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

  it('reads plain numbers where they stand, with either decimal mark', () => {
    const texts = ['1.5', 'x', '-2', '', '1,5', '3e2', ' 4', '-0', '12345678901234567890', '.'];
    const number = (text: string, mark: string): number => readPlainNumber(text, 0, text.length, mark.charCodeAt(0));
    const block = CellBlock.ofColumns(
      0,
      texts.map((text) => [text, 'x', text]),
    );
    const joined = new CellBlock(0, 3, texts.length);
    for (const row of [texts, texts.map(() => 'x'), texts]) joined.add(row.join(separator), code);
    for (const mark of ['.', ',']) {
      for (const one of [block, joined]) {
        expect(texts.map((_, k) => one.plainNumber(2, k, mark.charCodeAt(0)))).toEqual(
          texts.map((text) => number(text, mark)),
        );
      }
    }
    expect(block.plainNumber(0, 4, ','.charCodeAt(0))).toBe(1.5);
    expect(block.bytes).toBeGreaterThan(2 * 2 * texts.join('').length);
  });
});
