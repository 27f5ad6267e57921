import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areBooleanWords, compareNaturally, isMissing, parseBoolean, parseDate, parseNumber } from './cells';

describe('isMissing', () => {
  it.each(['', ' ', '\t', 'NA', 'n/a', 'NaN', 'null', 'NULL', '?', '-', ' - ', ' NA '])('%j is missing', (cell) => {
    expect(isMissing(cell)).toBe(true);
  });
  it.each(['0', 'none', 'nano', '-1', '--', 'no', 'N', '?x', 'é', 'NAN?'])('%j is not', (cell) => {
    expect(isMissing(cell)).toBe(false);
  });
});

describe('parseNumber', () => {
  it.each([
    ['12', 12],
    [' 12.5 ', 12.5],
    ['-.5', -0.5],
    ['+3.', 3],
    ['1e-3', 0.001],
    ['2E10', 2e10],
    ['1,234', 1234],
    ['-1,234,567.89', -1234567.89],
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['1e999', Infinity],
    ['0123', 123],
  ])('point: %j is %d', (cell, value) => {
    expect(parseNumber(cell, 'point')).toBe(value);
  });

  it.each([
    '',
    ' ',
    'x',
    '1x',
    '0x10',
    '1e',
    'e5',
    '1.2.3',
    '1,23',
    '0,123',
    '12,34',
    '1_000',
    '--1',
    '1 2',
    '.',
    '+',
    '1e5.5',
    '2024-01-01',
  ])('point: %j is no number', (cell) => {
    expect(parseNumber(cell, 'point')).toBeNaN();
  });

  it.each([
    ['12,5', 12.5],
    ['0,123', 0.123],
    ['1.234', 1234],
    ['1.234,5', 1234.5],
    ['1 234,5', 1234.5],
    ['1\u202f234', 1234],
    ['-,5', -0.5],
    ['7', 7],
    ['1,5e3', 1500],
  ])('comma: %j is %d', (cell, value) => {
    expect(parseNumber(cell, 'comma')).toBe(value);
  });

  it.each(['1.5', '1,2,3', '1.2.3'])('comma: %j is no number', (cell) => {
    expect(parseNumber(cell, 'comma')).toBeNaN();
  });

  it('reads what JavaScript writes, exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // String(-0) is "0".
        expect(parseNumber(String(value), 'point')).toBe(value + 0);
        expect(parseNumber(String(value).replace('.', ','), 'comma')).toBe(value + 0);
      }),
      { seed: 1 },
    );
  });
});

describe('parseBoolean', () => {
  it('reads words and digits', () => {
    expect(['Yes', 'n', 'TRUE', 'off', '1', ' 0 ', 'maybe'].map(parseBoolean)).toEqual([1, 0, 1, 0, 1, 0, NaN]);
  });
  it('knows pairs', () => {
    expect(areBooleanWords(['y', 'N'])).toBe(true);
    expect(areBooleanWords(['yes'])).toBe(true);
    expect(areBooleanWords(['yes', 'false'])).toBe(false);
    expect(areBooleanWords([])).toBe(false);
  });
});

describe('parseDate', () => {
  it.each([
    ['1970-01-02', 'ymd', 1],
    ['2024-02-29', 'ymd', 19782],
    ['2024/2/29', 'dmy', 19782],
    ['1970-01-01T12:00', 'ymd', 0.5],
    ['1970-01-01 12:00:00+02:00', 'ymd', 10 / 24],
    ['1970-01-01T00:00:00Z', 'ymd', 0],
    ['2.1.1970', 'dmy', 1],
    ['1/2/1970', 'mdy', 1],
    ['1/2/1970', 'dmy', 31],
  ] as const)('%j as %s is day %d', (cell, order, days) => {
    expect(parseDate(cell, order)).toBeCloseTo(days, 9);
  });
  it.each([
    ['2023-02-29', 'ymd'],
    ['2024-13-01', 'ymd'],
    ['1/2/1970', 'ymd'],
    ['13/12/1970', 'mdy'],
    ['2024', 'ymd'],
    ['2024-1', 'ymd'],
  ] as const)('%j as %s is no date', (cell, order) => {
    expect(parseDate(cell, order)).toBeNaN();
  });
});

describe('compareNaturally', () => {
  it('sorts numbers by size and words with numbers as people do', () => {
    const values = ['10', '9', '-2', 'a10', 'a9', 'b', '1.5', 'a'];
    expect(values.sort(compareNaturally)).toEqual(['-2', '1.5', '9', '10', 'a', 'a9', 'a10', 'b']);
  });
  it('is an order: antisymmetric and transitive, different for different texts', () => {
    const text = fc.string({ unit: fc.constantFrom('0', '1', '2', '-', '.', 'a', 'b', ' '), maxLength: 4 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) + 0);
        expect(compareNaturally(a, b) === 0).toBe(a === b);
        if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0)
          expect(compareNaturally(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 5000, seed: 2 },
    );
  });
});
