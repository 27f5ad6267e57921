import { describe, expect, it } from 'vitest';
import { beyondLimit, outsideFence } from './oddity';

describe('beyondLimit', () => {
  const limit = { none: 0.6, limit: 0.3, worst: 0 };
  it.each([
    [0.9, 0],
    [0.6, 0],
    [0.45, 0.25],
    [0.3, 0.5],
    [0.15, 0.75],
    [0, 1],
    [-1, 1],
  ])('of %f is %f', (value, score) => {
    expect(beyondLimit(value, limit)).toBeCloseTo(score, 12);
  });

  it('rises where the worst is large, and knows nothing of NaN', () => {
    expect(beyondLimit(0.95, { none: 0.9, limit: 0.95, worst: 1 })).toBeCloseTo(0.5, 12);
    expect(beyondLimit(Number.NaN, limit)).toBeNaN();
  });
});

describe('outsideFence', () => {
  // Quartiles 25 and 75 of 0 … 100, by nearest rank.
  const values = Float64Array.from({ length: 101 }, (_, i) => i);

  it('is ½ on the fence, at the quartile plus so many interquartile ranges', () => {
    const more = Float64Array.from([...values, 250, -200, Number.NaN]);
    // Of the 103 numbers the quartiles are 24 and 76.
    const scores = outsideFence(more, { side: 'both', reach: (250 - 76) / (76 - 24), leastSpread: 1 });
    expect(scores[101]).toBeCloseTo(0.5, 12);
    expect(scores[102]).toBeGreaterThan(0.5);
    expect(scores[103]).toBeNaN();
    expect(scores[50]).toBe(0);
  });

  it('looks to one side only where that is asked', () => {
    const high = outsideFence(values, { side: 'high', reach: 1.5, leastSpread: 1 });
    expect([high[0], high[100] > 0]).toEqual([0, true]);
  });

  it('counts small differences by the least spread where nearly all values are alike', () => {
    const alike = new Float64Array(50).fill(4);
    alike[7] = 4.5;
    alike[8] = 7;
    const scores = outsideFence(alike, { side: 'both', reach: 1, leastSpread: 1 });
    expect([scores[0], scores[7], scores[8]]).toEqual([0, 0.5 / 1.5, 3 / 4]);
  });
});
