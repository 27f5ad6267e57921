import { describe, expect, it } from 'vitest';
import { formatCsvLines } from './csvText';

describe('formatCsvLines', () => {
  it('quotes where needed and keeps numbers, negative ones too, as they are', () => {
    expect(formatCsvLines([['a,b', -1.5e-17, null, 'c"d']])).toBe('"a,b",-1.5e-17,,"c""d"\n');
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx'])('defuses the formula %j', (text) => {
    expect(formatCsvLines([[text, 'plain']]).replace(/^"/, '')).toMatch(/^'/);
  });

  it('gives nothing for no rows', () => {
    expect(formatCsvLines([])).toBe('');
  });
});
