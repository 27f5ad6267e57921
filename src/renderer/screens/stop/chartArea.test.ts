import { describe, expect, it } from 'vitest';
import { pathOf, spreadLabels, ticksTo } from './chartArea';

describe('drawing', () => {
  it('marks round numbers', () => {
    expect(ticksTo(157, 6)).toEqual([0, 50, 100, 150]);
    expect(ticksTo(7, 6)).toEqual([0, 2, 4, 6]);
    expect(ticksTo(0.15, 5)).toEqual([0, 0.05, 0.1, expect.closeTo(0.15, 12) as number]);
  });

  it('moves labels apart, and keeps them inside', () => {
    expect(spreadLabels([10, 12, 50], 8, 0, 100)).toEqual([10, 18, 50]);
    expect(spreadLabels([98, 99, 40], 8, 0, 100)).toEqual([92, 100, 40]);
    expect(spreadLabels([], 8, 0, 100)).toEqual([]);
  });

  it('joins points', () => {
    expect(
      pathOf([
        [0, 1],
        [2.25, 3],
      ]),
    ).toBe('M0.0,1.0L2.3,3.0');
  });
});
