import { describe, expect, it } from 'vitest';
import type { HeadSize } from './headSize';
import { isExactAffordable, judgesByEstimates } from './headSize';

function sizeOf(rows: number, columns: number, outputs: number): HeadSize {
  return { outputs, parameters: outputs * columns, features: { rows, columns } };
}

describe('whether the head that judges labels is estimated', () => {
  it.each([
    ['exact leverages cost next to nothing', sizeOf(1797, 65, 10), 1797, false],
    ['exact leverages cost much, of many rows a parameter', sizeOf(20_000, 257, 10), 20_000, true],
    ['rows are few for the parameters', sizeOf(5_000, 257, 10), 5_000, false],
    ['few of many rows have a label', sizeOf(20_000, 257, 10), 5_000, false],
    ['there is one output', sizeOf(1_000_000, 769, 1), 1_000_000, false],
    ['H is not formed, whatever the rows', sizeOf(10_000, 385, 100), 10_000, true],
  ])('%s', (_, size, rows, expected) => {
    expect(judgesByEstimates(size, rows)).toBe(expected);
  });

  it('where leverages of the training rows are exact and many rows are few features wide', () => {
    const size = sizeOf(200_000, 31, 10);
    expect(isExactAffordable(size)).toBe(true);
    expect(judgesByEstimates(size, 200_000)).toBe(true);
  });
});
