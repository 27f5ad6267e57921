import { describe, expect, it } from 'vitest';
import { planNeighbours } from './planNeighbours';

describe('planNeighbours', () => {
  it('is exact for few rows, approximate for many, and sooner so without native TensorFlow or with wide rows', () => {
    expect(planNeighbours(20_000, 20_000, 30, true).method).toBe('exact');
    expect(planNeighbours(5_000, 5_000, 768, true).method).toBe('exact');
    expect(planNeighbours(20_000, 20_000, 512, true).method).toBe('approximate');
    expect(planNeighbours(1_000_000, 900_000, 768, true).method).toBe('approximate');
    expect(planNeighbours(5_000, 5_000, 30, false).method).toBe('exact');
    expect(planNeighbours(60_000, 60_000, 30, false).method).toBe('approximate');
  });

  it('expects more time for more rows and more columns, and less with native TensorFlow', () => {
    for (const native of [true, false]) {
      let before = 0;
      for (const rows of [0, 100, 3_000, 20_000, 100_000, 1_000_000]) {
        const { expectedSeconds } = planNeighbours(rows, rows, 400, native);
        expect(expectedSeconds).toBeGreaterThanOrEqual(before);
        expect(expectedSeconds).toBeLessThanOrEqual(planNeighbours(rows, rows, 700, native).expectedSeconds);
        if (native) expect(expectedSeconds).toBeLessThanOrEqual(planNeighbours(rows, rows, 400, false).expectedSeconds);
        before = expectedSeconds;
      }
    }
  });
});
