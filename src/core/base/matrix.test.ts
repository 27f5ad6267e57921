import { describe, expect, it } from 'vitest';
import { copyOf, relativeDistances, rowNorms, rowOf, rowProducts } from './matrix';

describe('rows of a matrix', () => {
  const a = { rows: 3, columns: 2, data: Float64Array.of(1, 2, 3, 4, 0, 0) };
  const b = { rows: 3, columns: 2, data: Float64Array.of(3, 4, 3, 4, 0, 0) };

  it('are part of it, and a copy is not', () => {
    const matrix = copyOf(a);
    rowOf(matrix, 1).fill(7);
    expect(matrix.data).toEqual(Float64Array.of(1, 2, 7, 7, 0, 0));
    expect(a.data[2]).toBe(3);
  });

  it('have products, lengths and distances of their own', () => {
    expect(rowProducts(a, b)).toEqual(Float64Array.of(11, 25, 0));
    expect(rowNorms(b)).toEqual(Float64Array.of(5, 5, 0));
    expect(relativeDistances(a, b)).toEqual(Float64Array.of(Math.sqrt(8 / 25), 0, Number.NaN));
    expect(rowNorms({ rows: 0, columns: 2, data: new Float64Array(0) })).toHaveLength(0);
  });
});
