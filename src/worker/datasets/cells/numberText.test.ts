import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberProfile } from '../columns/numberProfile';
import { isMissing, isNumberMarker, parseNumber, scanPlain } from './cells';
import { takeApart } from './numberText';

describe('takeApart', () => {
  it.each([
    ['12.3%', '%'],
    ['% 5', '%'],
    ['-$5', '$'],
    ['$-5', '$'],
    ['($5.00)', '$'],
    ['$(5.00)', '$'],
    ['US$ 5', '$'],
    ['5 EUR', '€'],
    ['€5', '€'],
    ['CHF 5.-', 'Fr.'],
    ['Rs. 1,200/-', '₹'],
    ['5 kg', 'kg'],
    ['5kg', 'kg'],
    ['5 fl oz', 'fl oz'],
    ['12.5 m/s', 'm/s'],
    ['7 µg/m³', 'µg/m³'],
    ['5', ''],
    ['(5)', ''],
    ['−5', ''],
    ['5-', ''],
  ])('%j is a number in %j', (cell, unit) => {
    expect(takeApart(cell)?.unit).toBe(unit);
  });

  it.each([
    '',
    '-',
    '$',
    '%',
    'A5',
    'ABC 12',
    '5-7',
    '1/2',
    '(5',
    '5)',
    '--5',
    '-(5)',
    '$5€',
    '007 kg',
    '12 Main Street 5',
    '2024-01-05',
    '10:30',
  ])('%j is none', (cell) => {
    expect(takeApart(cell)).toBeNull();
  });

  it('tells limits', () => {
    for (const cell of ['<0.05', '< 0,05', '>100', '≤5', '>= 5', '~5', '8+'])
      expect(takeApart(cell)?.limit, cell).toBe(true);
    for (const cell of ['0.05', '+5', '5-', '(5)']) expect(takeApart(cell)?.limit, cell).toBe(false);
  });
});

describe('parseNumber with signs around', () => {
  it.each([
    ['12.3%', 'point', '%', 12.3],
    ['0', 'point', '%', 0],
    ['$1,234.50', 'point', '$', 1234.5],
    ['1234.5', 'point', '$', 1234.5],
    ['1.234,50 €', 'comma', '€', 1234.5],
    ["CHF 1'234.50", 'point', 'Fr.', 1234.5],
    ['Fr. 5.–', 'point', 'Fr.', 5],
    ['12 KG', 'point', 'kg', 12],
    ['3 days', 'point', 'day', 3],
    ['1,23,456.5', 'point', '', 123456.5],
    ['(1,234.5)', 'point', '', -1234.5],
    ['1 234,5', 'comma', '', 1234.5],
    ['1’234’567', 'comma', '', 1234567],
    ['1,5E+03', 'comma', '', 1500],
    ['1.2×10^3', 'point', '', 1200],
    ['1.2 · 10⁻³', 'point', '', 0.0012],
    ['1.5D+03', 'point', '', 1500],
    ['<0.05', 'point', '', 0.05],
    ['−5', 'point', '', -5],
    ['٣٫٥', 'point', '', 3.5],
    ['１２．５', 'point', '', 12.5],
  ] as const)('%j (%s, %j) is %d', (cell, format, unit, value) => {
    expect(parseNumber(cell, format, unit)).toBeCloseTo(value, 12);
  });

  it.each([
    ['12.3', 'point', '%'],
    ['12.3%', 'point', ''],
    ['$5', 'point', '€'],
    ['5 kg', 'point', ''],
    ['5 mW', 'point', 'MW'],
    ['1,5', 'point', ''],
    ['1.5', 'comma', ''],
    ['1,234.5', 'comma', ''],
    ['0,123', 'point', ''],
  ] as const)('%j (%s, %j) is none', (cell, format, unit) => {
    expect(parseNumber(cell, format, unit)).toBeNaN();
  });
});

describe('markers', () => {
  it.each(['#N/A', '#DIV/0!', '<NA>', '\\N', '(null)', 'NaT', '-nan', '1.#QNAN', '-1.#IND', 'n.a.', ' #REF! '])(
    '%j is missing anywhere',
    (cell) => {
      expect(isMissing(cell)).toBe(true);
    },
  );
  it.each(['None', '.', '--', 'nil', 'missing', 'unknown', '—', 'n.d.'])('%j is missing among numbers only', (cell) => {
    expect(isMissing(cell)).toBe(false);
    expect(isNumberMarker(cell)).toBe(true);
  });
  it.each(['<0.05', '-1', '-.5', '1.5', '1.#', '#1', '(5)', '[a]', '+', '0', 'x', 'No'])('%j is neither', (cell) => {
    expect(isMissing(cell) || isNumberMarker(cell)).toBe(false);
  });
});

/** A way of writing numbers. */
interface Style {
  readonly group: string;
  readonly mark: '.' | ',';
  readonly before: string;
  readonly behind: string;
  readonly negative: 'minus' | 'brackets' | 'behind' | 'typographic';
  readonly decimals: number;
}

const styles: fc.Arbitrary<Style> = fc
  .record({
    group: fc.constantFrom('', ',', '.', ' ', '\u00a0', '\u202f', '\u2009', "'", '’'),
    mark: fc.constantFrom('.', ','),
    before: fc.constantFrom('', '', '', '$', '€ ', 'CHF ', 'US$', 'kr '),
    behind: fc.constantFrom('', '', '', ' €', '%', ' %', '\u00a0zł', ' kg', 'mm'),
    negative: fc.constantFrom('minus', 'brackets', 'behind', 'typographic'),
    decimals: fc.integer({ min: 0, max: 5 }),
  })
  .filter(({ group, mark, before, behind }) => group !== mark && (before === '' || behind === ''));

function write(value: number, { group, mark, before, behind, negative, decimals }: Style): string {
  const [whole = '', fraction = ''] = Math.abs(value).toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, group) + (fraction === '' ? '' : mark + fraction);
  const amount = `${before}${digits}${behind}`;
  if (value >= 0) return amount;
  switch (negative) {
    case 'minus':
      return `-${amount}`;
    case 'typographic':
      return `\u2212${amount}`;
    case 'brackets':
      return `(${amount})`;
    case 'behind':
      return `${before}${digits}-${behind}`;
  }
}

const values = fc.array(
  fc.double({ min: -5e6, max: 5e6, noNaN: true }).map((value) => value + 0),
  { minLength: 1, maxLength: 40 },
);

describe('a column of numbers', () => {
  const profileOf = (cells: readonly string[]): NumberProfile => {
    const profile = new NumberProfile();
    cells.forEach((cell, row) => {
      expect(profile.add(scanPlain(cell), cell, row, row + 2), cell).toBeDefined();
    });
    return profile;
  };

  it('in any one way of writing reads back, with the mark that the analyst says', () => {
    fc.assert(
      fc.property(values, styles, (numbers, style) => {
        const cells = numbers.map((value) => write(value, style));
        const said = style.mark === '.' ? '.' : ',';
        const { format, unit, tally, other } = profileOf(cells).read(said, null, false);
        expect(other).toEqual([]);
        expect(tally.count).toBe(numbers.length);
        cells.forEach((cell, k) => {
          expect(parseNumber(cell, format, unit) + 0, cell).toBe(
            Number((numbers[k] ?? NaN).toFixed(style.decimals)) + 0,
          );
        });
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('is never off by 1,000 without a word', () => {
    fc.assert(
      fc.property(values, styles, (numbers, style) => {
        const cells = numbers.map((value) => write(value, style));
        const { format, unit, basis } = profileOf(cells).read('auto', null, false);
        if (basis === 'guess' || basis === 'few-cells') return;
        cells.forEach((cell, k) => {
          expect(parseNumber(cell, format, unit) + 0, cell).toBe(
            Number((numbers[k] ?? NaN).toFixed(style.decimals)) + 0,
          );
        });
      }),
      { numRuns: 1000, seed: 2 },
    );
  });
});
