import { describe, expect, it } from 'vitest';
import { finiteOrNull, formatCount, formatPercent, formatPlural, formatRough, formatRoughPercent } from './format';

describe('numbers in sentences', () => {
  it('groups counts', () => {
    expect(formatCount(218340)).toBe('218,340');
    expect([0, 999, 1000, 1_000_000].map(formatCount)).toEqual(['0', '999', '1,000', '1,000,000']);
    expect(formatCount(-1234)).toBe('−1,234');
    expect(formatPlural(1, 'class', 'classes')).toBe('1 class');
    expect(formatPlural(10, 'class', 'classes')).toBe('10 classes');
    expect([0, 1, 1200].map((count) => formatPlural(count, 'row'))).toEqual(['0 rows', '1 row', '1,200 rows']);
  });

  it('says shares as per cent', () => {
    expect(formatPercent(0.7894, 1)).toBe('78.9 %');
    expect(formatPercent(1, 0)).toBe('100 %');
    expect([0.0341, 0.05, 1, 0, 0.5].map(formatRoughPercent)).toEqual(['3.4 %', '5 %', '100 %', '0 %', '50 %']);
    expect([9.126, 0.000867, 12, 120].map(formatRough)).toEqual(['9.1', '0.00087', '12', '120']);
  });

  it('has nothing for JSON where there is no number', () => {
    expect([0, -1.5, Number.NaN, Number.POSITIVE_INFINITY, null].map(finiteOrNull)).toEqual([
      0,
      -1.5,
      null,
      null,
      null,
    ]);
  });
});
