import { describe, expect, it } from 'vitest';
import { believedConfusion, kappaOf } from './believedConfusion';

describe('given labels beside what they are believed to be', () => {
  it('count by how likely each is right', () => {
    const beliefs = { suspicion: Float64Array.of(0, 0.25, 1, 0.9), others: Int32Array.of(1, 2, 0, -1) };
    const { counts } = believedConfusion(beliefs, Int32Array.of(0, 0, 1, 2), [0, 1, 2, 3], 3);
    // Believed 0: given 0 (1 + 0.75) and 1 (1); believed 2: given 0 (0.25) and 2 (1: no other class is known).
    expect([...counts]).toEqual([1.75, 1, 0, 0, 0, 0, 0.25, 0, 1]);
  });

  it('agree as Cohen’s κ says, by his formula on a table worked by hand', () => {
    // p_o = 35/50, p_e = 0.5·0.6 + 0.5·0.4.
    const table = { counts: Float64Array.of(20, 5, 10, 15), classes: 2 };
    expect(kappaOf(table)).toBeCloseTo(0.4, 12);
    expect(kappaOf({ counts: Float64Array.of(3, 0, 0, 4), classes: 2 })).toBe(1);
    expect(kappaOf({ counts: Float64Array.of(3, 0, 0, 0), classes: 2 })).toBeNaN();
    // As many as by chance.
    expect(kappaOf({ counts: Float64Array.of(4, 4, 4, 4), classes: 2 })).toBeCloseTo(0, 12);
  });
});
