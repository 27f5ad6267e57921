import { describe, expect, it } from 'vitest';
import { findAnchors } from './classAnchors';
import { roundNumbers } from './drawOverlay';

describe('what stands in the map', () => {
  it('has names of classes at the medians of their rows, largest first', () => {
    const xy = Float32Array.of(0, 0, 1, 2, 100, 4, 5, 5, NaN, 1, 7, 7);
    const codes = Float32Array.of(1, 1, 1, 0, 0, NaN);
    expect(findAnchors(xy, codes, 3, 5)).toEqual([
      { code: 1, rows: 3, x: 1, y: 2 },
      { code: 0, rows: 1, x: 5, y: 5 },
    ]);
    expect(findAnchors(xy, codes, 3, 1)).toHaveLength(1);
  });

  it('has round numbers along its axes', () => {
    expect(roundNumbers(0.3, 9.6, 5)).toEqual([2, 4, 6, 8]);
    expect(roundNumbers(-30, 40, 4)).toEqual([-20, 0, 20, 40]);
    expect(roundNumbers(1, 1, 4)).toEqual([]);
  });
});
