import { describe, expect, it } from 'vitest';
import {
  meanRanks,
  measureAgreement,
  medianRelativeError,
  pearson,
  relativeError,
  slopeAgainst,
  spearman,
} from './correlation';

describe('correlation', () => {
  it('agrees with figures worked out by hand', () => {
    const x = [1, 2, 3, 4, 5];
    const y = [2, 1, 4, 3, 5];
    expect(pearson(x, y)).toBeCloseTo(0.8, 12);
    expect(spearman(x, y)).toBeCloseTo(0.8, 12);
    expect(slopeAgainst([1, 2, 3], [2, 4, 6])).toBeCloseTo(0.5, 12);
    // Ranks 1, 2½, 2½, 4 against 1, 3, 2, 4: 4.5 / √(4.5 · 5).
    expect(spearman([1, 2, 2, 3], [1, 3, 2, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
  });

  it('gives equal values the mean of their ranks', () => {
    expect([...meanRanks([10, 20, 20, 5, 20])]).toEqual([2, 4, 4, 1, 4]);
    expect([...meanRanks([])]).toEqual([]);
  });

  it('is not thrown by a large common offset', () => {
    const x = [1e9 + 1, 1e9 + 2, 1e9 + 3];
    expect(pearson(x, [1, 2, 3])).toBeCloseTo(1, 12);
    expect(slopeAgainst(x, [2, 4, 6])).toBeCloseTo(0.5, 12);
  });

  it('says NaN where nothing varies or there is nothing', () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(pearson([0.1, 0.1, 0.1], [0.3, 0.3, 0.3])).toBeNaN();
    expect(slopeAgainst([1, 2], [3, 3])).toBeNaN();
    expect(slopeAgainst([3, 3], [1, 2])).toBe(0);
    expect(spearman([], [])).toBeNaN();
    expect(medianRelativeError([1, 2], [0, 0])).toBeNaN();
  });

  it('takes the median of relative errors over the pairs with an actual change', () => {
    expect(medianRelativeError([1, 3, 5, 9], [2, 2, 0, -3])).toBeCloseTo(0.5, 12);
  });

  it('measures the error of all pairs by norms', () => {
    expect(relativeError([1, 3, 6], [2, 1, 2])).toBeCloseTo(Math.sqrt(21) / 3, 12);
    expect(relativeError([1, 2], [0, 0])).toBeNaN();
    expect(measureAgreement([1, Number.NaN, 3], [2, 5, 4]).relativeError).toBeCloseTo(Math.sqrt(2 / 20), 12);
  });

  it('leaves pairs without a number out', () => {
    const agreement = measureAgreement([1, Number.NaN, 3, 4], [2, 5, 6, 8]);
    expect(agreement).toMatchObject({ pairs: 3, medianRelativeError: 0.5 });
    expect(agreement.pearson).toBeCloseTo(1, 12);
    expect(agreement.slope).toBeCloseTo(0.5, 12);
  });
});
