import { describe, expect, it } from 'vitest';
import { describeFlippingRows } from './flipReport';

describe('the rows of a flip', () => {
  it.each([
    [[4], '1 row'],
    [[3], '1 row, itself,'],
    [[4, 5], '2 rows'],
    [[4, 3], '2 rows, itself among them,'],
  ])('%j are said to hold the row that is asked for, or not', (rows, said) => {
    expect(describeFlippingRows({ row: 3, rows: Int32Array.from(rows) })).toBe(said);
  });
});
