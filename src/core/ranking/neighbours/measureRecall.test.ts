import { describe, expect, it } from 'vitest';
import { measureRecall } from './measureRecall';

describe('measureRecall', () => {
  const truth = { squaredDistances: Float32Array.of(1, 2, 3, 1, 1, Infinity) };

  it('is the share of the true neighbours that were found at the sampled positions', () => {
    const found = { k: 3, squaredDistances: Float32Array.of(9, 9, 9, 1, 2, 4, 9, 9, 9, 1, 1, Infinity) };
    expect(measureRecall(found, truth, Int32Array.of(1, 3))).toBe(4 / 5);
    expect(measureRecall(found, truth, Int32Array.of(3, 1))).toBe((2 + 1) / 5);
  });

  it('counts equals as found, and has nothing to miss where there is nothing', () => {
    expect(measureRecall({ k: 3, squaredDistances: Float32Array.of(3, 3, 3) }, truth, Int32Array.of(0))).toBe(1);
    const nothing = { squaredDistances: new Float32Array(3).fill(Infinity) };
    expect(measureRecall({ k: 3, ...nothing }, nothing, Int32Array.of(0))).toBe(1);
  });
});
