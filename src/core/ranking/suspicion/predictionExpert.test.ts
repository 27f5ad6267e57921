import { describe, expect, it } from 'vitest';
import { agreementOf } from './predictionExpert';

describe('agreementOf', () => {
  it('counts labelled rows of which something is said', () => {
    const probabilities = Float32Array.of(0.7, 0.3, 0.2, 0.8, 0.5, 0.5, 0.9, 0.1, 0.4, 0.6);
    expect(agreementOf(probabilities, Int32Array.of(0, 0, 1, -1, 1), 2)).toBeCloseTo(2 / 3, 12);
  });
  it('is unknown where nothing is said', () => {
    expect(agreementOf(Float32Array.of(0.5, 0.5), Int32Array.of(0), 2)).toBeNaN();
  });
});
