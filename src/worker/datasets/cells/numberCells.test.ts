import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellBlock } from './cellBlock';
import { parseBoolean } from './cells';
import { NumberCells } from './numberCells';
import type { NumberStyle } from './numberFormat';
import { numberReader } from './numberStyle';

const characters = fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE %$x\u2212'), maxLength: 7 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const written = fc.oneof(
  characters,
  number.map(String),
  number.map((value) => value.toFixed(3)),
  number.map((value) => value.toPrecision(6).replace('.', ',')),
  fc.constantFrom('', ' ', 'NA', '-999', '-999.0', ' -999 ', '-1', '$5', '7 %', '1,234', '1.234', '9,9', '9.9'),
);
const style: fc.Arbitrary<NumberStyle> = fc.record(
  {
    format: fc.constantFrom('point' as const, 'comma' as const),
    unit: fc.constantFrom('', '%', '$'),
    origin: fc.constantFrom('100', '0.5'),
    factor: fc.constantFrom(1, 2 ** 10),
  },
  { requiredKeys: ['format'] },
);
const words = fc.option(fc.subarray(['-999', '-1', 'x', '9,9', '9.9', '1e3']).map((some) => new Set(some)));

describe('NumberCells', () => {
  it('reads every cell as if it were looked at as a text', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1 }), style, words, (cells, how, missing) => {
        const read = numberReader(how);
        const numbers = new NumberCells({ read, style: how, missing });
        const block = CellBlock.ofColumns(0, [cells.map(() => 'before'), cells]);
        const expected = cells.map((cell) => (missing?.has(cell.trim()) === true ? NaN : read(cell)));
        expect(cells.map((_, row) => numbers.at(block, row, 1))).toEqual(expected);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it('reads words where the column has no numbers', () => {
    const cells = new NumberCells({ read: parseBoolean, style: null, missing: null });
    const block = CellBlock.ofColumns(0, [['yes', '0', '2']]);
    expect([0, 1, 2].map((row) => cells.at(block, row, 0))).toEqual([1, 0, NaN]);
  });
});
