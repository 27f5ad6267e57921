import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewRowCount } from './previewSize';

describe('previewRowCount', () => {
  it('is 200 for tables of up to 2,000 columns, however few they have', () => {
    expect([0, 1, 20, 2_000].map(previewRowCount)).toEqual([200, 200, 200, 200]);
  });

  it('shows some rows of any table, in messages that do not grow with the columns until these are very many', () => {
    expect(previewRowCount(20_000)).toBe(20);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80_000 }), (columns) => {
        const rows = previewRowCount(columns);
        expect(rows).toBeGreaterThanOrEqual(5);
        expect(rows * columns).toBeLessThanOrEqual(400_000);
      }),
      { seed: 1 },
    );
    expect(previewRowCount(1_000_000)).toBe(5);
  });
});
