import { describe, expect, it } from 'vitest';
import { formatCsvLines } from './csvText';

describe('formatCsvLines', () => {
  it('quotes where needed and keeps numbers, negative ones too, as they are', () => {
    expect(formatCsvLines([['a,b', -1.5e-17, null, 'c"d']])).toBe('"a,b",-1.5e-17,,"c""d"\n');
  });

  it.each(['=1+1', '=1\n+1', '=1', '+1+1', '-1\n', "-cmd|' /C calc'!A0", '--1', '@x', '\tx', '\rx'])(
    'defuses the formula %j',
    (text) => {
      expect(formatCsvLines([[text, 'plain']]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it.each(['-1', '+1', '-0.5', '-.5e-3'])('leaves the number %j as it is, for labels are often -1 and 1', (text) => {
    expect(formatCsvLines([[text]])).toBe(`${text}\n`);
  });

  it('gives nothing for no rows', () => {
    expect(formatCsvLines([])).toBe('');
  });
});
