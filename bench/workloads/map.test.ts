import { describe, expect, it } from 'vitest';
import { trustworthiness } from './map';

describe('trustworthiness', () => {
  const x = Float64Array.from({ length: 12 }, (_, row) => row * row);

  it('is 1 where the plane has the neighbours of the features', () => {
    const places = Float64Array.from({ length: 24 }, (_, at) => (at % 2 === 0 ? x[at / 2] : 0));
    expect(trustworthiness({ x, rows: 12, columns: 1 }, places, 3, 100)).toBe(1);
  });

  it("is scikit-learn's", () => {
    // scikit-learn 1.9.1: x = np.arange(12.).reshape(-1, 1) ** 2; y = np.c_[(5 * np.arange(12)) % 12, np.zeros(12)];
    // trustworthiness(x, y, n_neighbors=3)
    const places = Float64Array.from({ length: 24 }, (_, at) => (at % 2 === 0 ? (5 * (at / 2)) % 12 : 0));
    expect(trustworthiness({ x, rows: 12, columns: 1 }, places, 3, 100)).toBeCloseTo(0.46825396825396826, 10);
  });
});
