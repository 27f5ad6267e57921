import { describe, expect, it } from 'vitest';
import type { StoredArray } from '../../src/worker/store/storeTypes';
import { beyondLimits, largestError, relativeError, worstRowError, worstScalarError } from './agreement';

const matrix = (rows: readonly (readonly number[])[]): StoredArray => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
});
const vector = (...values: number[]): StoredArray => ({ data: Float64Array.from(values), shape: [values.length] });

describe('worstRowError', () => {
  it('is the worst over rows of the norm of the difference over the norm of the reference', () => {
    const reference = matrix([
      [3, 4],
      [300, 400],
    ]);
    const found = matrix([
      [3, 4.05],
      [300, 401],
    ]);
    expect(worstRowError(found, reference)).toBeCloseTo(0.01, 12);
    expect(worstRowError(reference, reference)).toBe(0);
  });

  it('takes a vector as rows of one number', () => {
    expect(worstRowError(vector(1, 2.2), vector(1, 2))).toBeCloseTo(0.1, 12);
  });

  it('never lets a missing, infinite or misshapen number pass', () => {
    expect(worstRowError(vector(1, Number.NaN), vector(1, 2))).toBe(Number.POSITIVE_INFINITY);
    expect(worstRowError(vector(1, 2), vector(1, 0))).toBe(Number.POSITIVE_INFINITY);
    expect(worstRowError(vector(1, 0), vector(1, 0))).toBe(0);
    expect(worstRowError(vector(1, 2, 3), vector(1, 2))).toBe(Number.POSITIVE_INFINITY);
    expect(worstRowError(vector(1, 2), matrix([[1, 2]]))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('worstScalarError', () => {
  it('measures numbers near zero against a thousandth of the root mean square', () => {
    // The root mean square of the reference is 1.
    const reference = vector(Math.SQRT2, 0);
    expect(worstScalarError(vector(Math.SQRT2, 1e-6), reference)).toBeCloseTo(1e-3, 12);
    expect(worstScalarError(vector(Math.SQRT2 * 1.5, 0), reference)).toBeCloseTo(0.5, 12);
  });

  it('lets rows without a value agree with rows without a value only', () => {
    expect(worstScalarError(vector(1, Number.NaN), vector(1, Number.NaN))).toBe(0);
    expect(worstScalarError(vector(1, 0), vector(1, Number.NaN))).toBe(Number.POSITIVE_INFINITY);
    expect(worstScalarError(vector(1, Number.NaN), vector(1, 0))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('relativeError', () => {
  it('is that of the whole array', () => {
    expect(relativeError(vector(3, 5), vector(3, 4))).toBeCloseTo(0.2, 12);
  });
});

describe('beyondLimits and largestError', () => {
  it('name what is too large, missing or not a number', () => {
    const limits = { if: 1e-5, rif: 1e-5, leverage: 1e-5, theta: 1e-5 };
    expect(beyondLimits({ if: 1e-6, rif: 2e-5, leverage: Number.NaN }, limits)).toEqual(['rif', 'leverage', 'theta']);
    expect(largestError({ if: 1e-6, rif: 2e-5 })).toBe(2e-5);
    expect(largestError({ if: 1e-6, rif: Number.NaN })).toBe(Number.POSITIVE_INFINITY);
    expect(largestError({})).toBeNull();
  });
});
