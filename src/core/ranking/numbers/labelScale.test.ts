import { describe, expect, it } from 'vitest';
import { clipTargets, createLabelScale, fromScale, logSlope, toScale } from './labelScale';

describe('the scale of labels', () => {
  const values = Float64Array.of(1, 2, 4, 8, 16, 1000);

  it.each(['plain', 'logarithmic'] as const)('%s goes there and back, and tells its slope', (kind) => {
    const scale = createLabelScale(kind, values);
    for (const value of values) {
      expect(fromScale(scale, toScale(scale, value)) / value).toBeCloseTo(1, 12);
      const step = 1e-6 * value;
      const slope = (toScale(scale, value + step) - toScale(scale, value - step)) / (2 * step);
      expect(Math.exp(logSlope(scale, value)) / slope).toBeCloseTo(1, 6);
    }
  });

  it('is of size 1 around the middle', () => {
    const scale = createLabelScale('plain', Float64Array.of(5, 7, 9));
    expect(toScale(scale, 7)).toBe(0);
    expect(scale.deviation).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(createLabelScale('plain', Float64Array.of(3, 3)).deviation).toBe(1);
  });

  it('clips what lies four robust deviations away', () => {
    const targets = Float64Array.from({ length: 101 }, (_, i) => i - 50);
    targets[0] = -1e9;
    targets[3] = Number.NaN;
    const clipped = clipTargets(targets);
    expect(clipped[3]).toBeNaN();
    expect(clipped[100]).toBe(50);
    expect(clipped[0]).toBeGreaterThan(-200);
    expect(clipped[0]).toBeLessThan(-50);
    const same = Float64Array.of(2, 2, 2, 9);
    expect([...clipTargets(same)]).toEqual([...same]);
  });
});
