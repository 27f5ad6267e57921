import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  complement,
  fillSoftmax,
  fillSoftmaxResidual,
  logisticCurvature,
  logisticLoss,
  logisticResidual,
  sigmoid,
  softmaxLoss,
} from './rowMath';

describe('scalar forms of the heads', () => {
  it('keep full relative accuracy far from the middle', () => {
    // e^{-50} to all digits: 1 − σ(50) would be 0.
    expect(logisticResidual(50, 1)).toBeCloseTo(-1.928749847963918e-22, 35);
    expect(logisticResidual(-50, 0)).toBeCloseTo(1.928749847963918e-22, 35);
    expect(logisticCurvature(50) / 1.928749847963918e-22).toBeCloseTo(1, 12);
    expect(logisticLoss(50, 1) / 1.928749847963918e-22).toBeCloseTo(1, 12);
    expect(softmaxLoss(Float64Array.of(0, 50, 1), 0, 3, 1)).toBeGreaterThan(1e-22);
    expect(logisticLoss(-800, 1)).toBe(800);
    expect(logisticLoss(800, 1)).toBe(0);
  });

  it('of loss and residual together are those of each alone, bit for bit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 2, maxLength: 7 }),
        fc.nat(),
        (values, pick) => {
          const C = values.length;
          const y = pick % C;
          const logits = Float64Array.from(values);
          const expected = new Float64Array(C);
          fillSoftmax(logits, 0, C, expected, 0);
          expected[y] = -complement(expected, 0, C, y);
          const residual = new Float64Array(C + 1);
          expect(fillSoftmaxResidual(logits, 0, C, y, residual, 1)).toBe(softmaxLoss(logits, 0, C, y));
          expect(residual.slice(1)).toEqual(expected);
        },
      ),
      { seed: 1 },
    );
  });

  it('agree with one another for two classes', () => {
    fc.assert(
      fc.property(fc.double({ min: -60, max: 60, noNaN: true }), fc.integer({ min: 0, max: 1 }), (z, y) => {
        const logits = Float64Array.of(0, z);
        const p = new Float64Array(2);
        fillSoftmax(logits, 0, 2, p, 0);
        expect(Math.abs(p[1] - sigmoid(z))).toBeLessThan(1e-15);
        const loss = softmaxLoss(logits, 0, 2, y);
        expect(Math.abs(loss - logisticLoss(z, y))).toBeLessThanOrEqual(1e-13 * loss);
        const residual = -complement(p, 0, 2, y);
        const expected = y === 1 ? logisticResidual(z, 1) : -logisticResidual(z, 0);
        expect(Math.abs(residual - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected));
      }),
      { seed: 2 },
    );
  });
});
