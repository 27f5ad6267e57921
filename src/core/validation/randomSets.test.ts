import { describe, expect, it } from 'vitest';
import { estimateRandomDeviation, measureSpread } from './randomSets';

/** Every set of `size` of the numbers, as its sum. */
function sumsOf(values: readonly number[], size: number): number[] {
  if (size === 0) return [0];
  return values.flatMap((value, at) => sumsOf(values.slice(at + 1), size - 1).map((sum) => sum + value));
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('what random removals vary by', () => {
  const effects = [0.3, -1.2, 0.02, 0.7, -0.4, 2.1, 0.5];

  it('is what all sets of that size vary by', () => {
    const spread = measureSpread(Float64Array.of(...effects, Number.NaN));
    expect(spread.rows).toBe(7);
    for (const size of [1, 2, 3, 6, 7]) {
      expect(estimateRandomDeviation(spread, size)).toBeCloseTo(deviationOf(sumsOf(effects, size)), 12);
    }
  });

  it('is not known without two rows', () => {
    expect(estimateRandomDeviation(measureSpread(Float64Array.of(1, Number.NaN)), 1)).toBeNull();
  });
});
