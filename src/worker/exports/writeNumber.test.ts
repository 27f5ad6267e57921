import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/dataset';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import { writeNumber } from './writeNumber';

function written(format: 'point' | 'comma', unit: string): Pick<Column, 'format' | 'reading'> {
  return { format, reading: { decimal: format, unit } as Column['reading'] };
}

describe('writeNumber', () => {
  it.each([
    ['12.5', '7,25 €', written('comma', '€'), '12,5 €'],
    ['12.5', '€ 7.25', written('point', '€'), '€ 12.5'],
    ['-3', '$7', written('point', '$'), '$-3'],
    ['40', '55%', written('point', '%'), '40%'],
    ['40', '', written('point', '%'), '40%'],
    ['70', 'unknown', written('point', 'kg'), '70'],
    ['70', '1,234 kg', written('point', 'kg'), '70 kg'],
    ['8', '7.5', written('point', ''), '8'],
    // Says it already, in its own way.
    ['1200', '1,200.00 kg', written('point', 'kg'), '1,200.00 kg'],
    ['1e+21', '7', written('point', ''), '1e+21'],
  ])('writes %s in the place of “%s”', (digits, cell, label, text) => {
    expect(writeNumber(digits, cell, label)).toBe(text);
  });

  it('always reads as the number, and has the unit where the cell had it', () => {
    const cells = fc.constantFrom('7', '7,5', '7.5 kg', '-7 kg', 'kg 7', '(7)', '~7 kg', '55 %', '€7', '', 'x', '7+');
    fc.assert(
      fc.property(
        // As people decide them; beside a unit no exponent and no twenty digits are read as a number.
        fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 })).map(([n, k]) => n / 10 ** k),
        cells,
        fc.constantFrom('point' as const, 'comma' as const),
        fc.constantFrom('', 'kg', '%', '€'),
        (value, cell, format, unit) => {
          const label = written(format, unit);
          const read = numberReader(styleOf(label));
          const text = writeNumber(String(value), cell, label);
          expect(read(text)).toBe(value === 0 ? read(text) : value);
          if (unit !== '' && !Number.isNaN(read(cell)) && cell.includes(unit)) expect(text).toContain(unit);
        },
      ),
      { seed: 5, numRuns: 2_000 },
    );
  });
});
