import { describe, expect, it } from 'vitest';
import { countOfWeight, rowsOfWeight } from './weights';

describe('rows of weight', () => {
  it.each([
    [
      [1, 1, 1, 0, 1, 0],
      [0, 1, 2, 4],
    ],
    [
      [0, 0.5, -0, 2],
      [1, 3],
    ],
    [[0, 0], []],
    [[], []],
  ])('of %j are %j', (weights, rows) => {
    expect(rowsOfWeight(Float64Array.from(weights))).toEqual(Int32Array.from(rows));
    expect(countOfWeight(Float64Array.from(weights))).toBe(rows.length);
  });
});
