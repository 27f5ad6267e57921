import { describe, expect, it } from 'vitest';
import { type Moment, readMoments } from './readMoments';

function momentsOf(...pairs: readonly (readonly [seconds: number, told: number | null])[]): Moment[] {
  return pairs.map(([seconds, told]) => ({ seconds, told, stages: [] }));
}

describe('readMoments', () => {
  it('compares what was told last with what came', () => {
    const moments = momentsOf([0, 10], [2, 9], [4, 8], [7, 3], [8, null]);
    const { seconds, quarters, silence } = readMoments(moments);
    expect(seconds).toBe(8);
    // After 2, 4 and 6 of 8 s: 9 told of 6, 8 of 4, 8 of 2.
    expect(quarters).toEqual([0.5, 1, 3]);
    expect(silence).toBe(3);
  });

  it('counts as a rise what is above the least told before', () => {
    expect(readMoments(momentsOf([0, 10], [2, 4], [3, 6], [5, 5], [10, 0])).rise).toBeCloseTo(0.2, 12);
    expect(readMoments(momentsOf([0, 10], [5, 5], [10, 0]))).toMatchObject({ rise: 0, quarters: [0.25 / 0.75, 0, 1] });
  });

  it('has nothing to read where nothing was told', () => {
    expect(() => readMoments([])).toThrow(/told nothing/);
    expect(readMoments(momentsOf([0, null], [4, null])).quarters).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
