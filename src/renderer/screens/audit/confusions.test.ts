import { describe, expect, it } from 'vitest';
import { meanDiagonal, topConfusions } from './confusions';

const matrix = [
  [0.9, 0.1, 0],
  [0.004, 0.996, 0],
  [0.02, 0.05, 0.93],
];

describe('topConfusions', () => {
  it('puts the largest first, true class before given label, and leaves out what is next to nothing', () => {
    expect(topConfusions(matrix, ['a', 'b', 'c'], 5)).toEqual([
      { from: 'a', to: 'b', share: 0.1 },
      { from: 'c', to: 'b', share: 0.05 },
      { from: 'c', to: 'a', share: 0.02 },
    ]);
    expect(topConfusions(matrix, ['a', 'b', 'c'], 1)).toHaveLength(1);
  });

  it('takes the mean of the diagonal', () => {
    expect(meanDiagonal(matrix)).toBeCloseTo((0.9 + 0.996 + 0.93) / 3, 12);
  });

  it('believes nothing of an audit without a matrix', () => {
    expect(meanDiagonal([])).toBeNull();
  });
});
