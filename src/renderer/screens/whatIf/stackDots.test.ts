import { describe, expect, it } from 'vitest';
import { rangeAround, stackDots } from './stackDots';

describe('stackDots', () => {
  it('puts dots of one column on one another, each at its own value', () => {
    expect(stackDots([0.9, 0.11, 0.12, 1], [0, 1], 10)).toEqual([
      { x: 0.11, level: 0 },
      { x: 0.12, level: 1 },
      { x: 0.9, level: 0 },
      { x: 1, level: 1 },
    ]);
  });
});

describe('rangeAround', () => {
  it('has zero and every value within, also of none and of zeros', () => {
    expect(rangeAround([-2, -1])).toEqual([-2.12, 0.12]);
    const [low, high] = rangeAround([0]);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(rangeAround([])).toEqual([low, high]);
  });
});
