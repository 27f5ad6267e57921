import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NeighbourTable } from './neighbourTable';

describe('NeighbourTable', () => {
  it('holds the nearest, ties by row, whatever the order of the offers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (all, k) => {
          const sorted = all
            .map((distance, row) => ({ distance, row }))
            .sort((a, b) => a.distance - b.distance || a.row - b.row);
          for (const order of [all.map((_, row) => row), all.map((_, row) => all.length - 1 - row)]) {
            const table = new NeighbourTable(2, k);
            for (const row of order) if (all[row] <= table.limit(1)) table.offer(1, row, all[row]);
            const expected = sorted.slice(0, k);
            expect([...table.rows.subarray(k, k + expected.length)]).toEqual(expected.map(({ row }) => row));
            expect([...table.squaredDistances.subarray(k, k + expected.length)]).toEqual(
              expected.map(({ distance }) => distance),
            );
            expect([...table.rows.subarray(0, k)]).toEqual(new Array(k).fill(-1));
          }
        },
      ),
      { seed: 1 },
    );
  });

  it('takes distances that float32 cannot tell apart as ties, and never rounds to 0 or ∞', () => {
    const table = new NeighbourTable(1, 3);
    table.offer(0, 9, 1 + 1e-12);
    table.offer(0, 4, 1);
    table.offer(0, 7, 1e-300);
    expect([...table.rows]).toEqual([7, 4, 9]);
    expect(table.squaredDistances[0]).toBeGreaterThan(0);
    expect(1 + 1e-12).toBeLessThanOrEqual(table.limit(0));
    table.offer(0, 3, 1 + 1e-12);
    expect([...table.rows]).toEqual([7, 3, 4]);
    const far = new NeighbourTable(1, 1);
    far.offer(0, 1, 1e300);
    expect(far.squaredDistances[0]).toBeLessThan(Infinity);
  });

  it('lets a row with a lower number replace a duplicate', () => {
    const table = new NeighbourTable(1, 1);
    table.offer(0, 5, 0);
    expect(table.limit(0)).toBe(0);
    table.offer(0, 2, 0);
    expect([...table.rows]).toEqual([2]);
  });
});
