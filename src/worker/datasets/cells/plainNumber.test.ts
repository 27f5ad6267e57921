import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainNumber } from './plainNumber';

const point = '.'.charCodeAt(0);
const comma = ','.charCodeAt(0);
const read = (text: string, mark = point): number => readPlainNumber(text, 0, text.length, mark);

describe('readPlainNumber', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['+7', 7],
    ['-12.5', -12.5],
    ['.5', 0.5],
    ['5.', 5],
    ['0.1', 0.1],
    ['9007199254740991', 9007199254740991],
    ['0.0000000000000000000001', 1e-22],
    ['1e22', 1e22],
    ['-1.25E-05', -1.25e-5],
    ['2.5e+3', 2500],
  ])('%s', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it.each([
    ...[
      '',
      '-',
      '.',
      'e5',
      '.e5',
      '1e',
      '1e+',
      '1e5.5',
      '1.2.3',
      '1,5',
      '1 2',
      ' 1',
      '1x',
      '0x10',
      '--1',
      'inf',
      'nan',
      '١',
    ],
    // Numbers, but not without another look.
    ...['9007199254740993', '0.12345678901234567', '1e23', '1e-23', '1e0005', `0.${'0'.repeat(40)}1`],
  ])('%j needs a closer look', (text) => {
    expect(read(text)).toBeNaN();
  });

  it('reads a part of a text, with another mark', () => {
    expect(readPlainNumber('1;-2,75;3', 2, 7, comma)).toBe(-2.75);
    expect(read('2.5', comma)).toBeNaN();
  });

  it('is Number() to the last bit, or says nothing', () => {
    const sign = fc.constantFrom('', '-', '+');
    const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength });
    const exponent = fc.option(fc.tuple(fc.constantFrom('e', 'E'), sign, digits(3)), { nil: ['', '', ''] as const });
    const parts = fc.tuple(sign, digits(20), fc.constantFrom('', '.'), digits(20), exponent);
    fc.assert(
      fc.property(parts, ([before, whole, mark, fraction, power]) => {
        const text = `${before}${whole}${mark}${fraction}${power.join('')}`;
        const value = read(text);
        expect(Number.isNaN(value) || Object.is(value, Number(text)), text).toBe(true);
      }),
      { numRuns: 20_000, seed: 1 },
    );
  });

  it('reads what programs write of numbers with up to 15 digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 15 }), (value, digits) => {
        const text = value.toPrecision(digits);
        fc.pre(value === 0 || Math.abs(value) > 1e-6);
        expect(read(text)).toBe(Number(text));
      }),
      { seed: 2 },
    );
  });
});
