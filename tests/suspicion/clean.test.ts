import { describe, expect, it } from 'vitest';
import { measureSuspicion } from '../../bench/suspicion/measureSuspicion';
import { readDigits } from '../../bench/suspicion/readDigits';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';

describe('suspicion on digits as they come', () => {
  it('claims few errors, and fills no queue', () => {
    const digits = readDigits();
    const { calibration } = measureSuspicion(digits, 'uniform', 0, 1, createFloat64LinearAlgebra());
    expect(calibration.wrong).toBe(0);
    expect(calibration.expected / digits.labels.length).toBeLessThan(0.01);
    expect(calibration.flagged / digits.labels.length).toBeLessThan(0.01);
  }, 600_000);
});
