import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDataLines, formatListLines, guardCell, unguardCell } from './csvText';

const awkward = fc.string({
  unit: fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    "'",
    '"',
    '\t',
    '\n',
    '\r',
    ' ',
    '\u00a0',
    '\ufeff',
    '＝',
    '1',
    '.',
    'e',
    'a',
  ),
});

describe('formatListLines', () => {
  it('quotes where needed and keeps numbers, negative ones too, as they are', () => {
    expect(formatListLines([['a,b', -1.5e-17, null, 'c"d']])).toBe('"a,b",-1.5e-17,,"c""d"\n');
  });

  it.each([
    ...['=1+1', '=1\n+1', '=1', '+1+1', '-1\n', "-cmd|' /C calc'!A0", '--1', '@x', '\tx', '\rx', '\nx', '\r\n=1'],
    ...[' =1', '\u00a0+x', "'=1", '"=1"', '\ufeff=1', '＝1', '＋x', '－x', '＠x', '﹦1', '\u200b=1', '|x', '+', '-'],
  ])('defuses the formula %j', (text) => {
    expect(formatListLines([[text, 'plain']]).replace(/^"/, '')).toMatch(/^'/);
  });

  it.each(['-1', '+1', '-0.5', '-.5e-3', 'a=1', "'tis", ' plain', 'x-ray'])('leaves %j as it is', (text) => {
    expect(formatListLines([[text]])).toMatch(new RegExp(`^"?${text.replace('+', '\\+')}"?\n$`));
  });

  it('gives nothing for no rows', () => {
    expect(formatListLines([])).toBe('');
  });
});

describe('formatDataLines', () => {
  it('never alters a text', () => {
    expect(formatDataLines([['=1+1', '-', '\tx', -0.5]])).toBe('=1+1,-,\tx,-0.5\n');
  });
});

describe('unguardCell', () => {
  it('gives back what guardCell was given, and leaves alone what needs no guard', () => {
    fc.assert(
      fc.property(fc.oneof(awkward, fc.string()), (text) => {
        expect(unguardCell(guardCell(text))).toBe(text);
      }),
      { seed: 1 },
    );
    expect(unguardCell("'tis")).toBe("'tis");
    expect(unguardCell("'-1")).toBe("'-1");
  });

  it('tells any two texts apart', () => {
    fc.assert(
      fc.property(awkward, awkward, (a, b) => a === b || guardCell(a) !== guardCell(b)),
      { seed: 2 },
    );
  });
});
