import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../core/base/errors';
import type { FeatureRows } from '../../../core/base/featureRows';
import { createFloat32Rows } from '../../../core/base/featureRows';
import { createRandom } from '../../../core/base/random';
import type { RowRange } from './rowPasses';
import { addWeightedRows, multiplyRows, multiplyRowsThrough } from './rowPasses';

/** Numbers that single precision holds exactly, as a matrix and as rows stored in single precision. */
function bothKinds(rows: number, columns: number): readonly [FeatureRows, FeatureRows] {
  const random = createRandom(rows + columns);
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  return [{ rows, columns, data: new Float64Array(data) }, createFloat32Rows(data, rows, columns)];
}

const whole = (features: FeatureRows): RowRange => ({
  features,
  first: 0,
  rows: features.rows,
  columns: features.columns,
});

function vectorOf(length: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => random.normal());
}

/** Xb by plain sums, for the rows of a range. */
function plainProduct({ features, first, rows, columns }: RowRange, b: Float64Array): Float64Array {
  if ('read' in features) throw new Error('Only for matrices.');
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += features.data[(first + i) * columns + j] * b[j];
    return sum;
  });
}

function plainSum({ features, first, rows, columns }: RowRange, v: Float64Array): Float64Array {
  if ('read' in features) throw new Error('Only for matrices.');
  const sum = new Float64Array(columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) sum[j] += v[i] * features.data[(first + i) * columns + j];
  return sum;
}

function expectNear(actual: Float64Array, expected: Float64Array, size: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i] - expected[i])).toBeLessThan(1e-14 * size);
}

describe('passes over rows for a vector or a few', () => {
  // No whole group of four rows or columns, tiles of a few rows, several tiles.
  it.each([
    [1, 1],
    [2, 3],
    [5, 4],
    [7, 7],
    [9, 8],
    [50_003, 5],
    [1031, 515],
    [37, 8192],
  ])('are those of plain sums for %i rows of %i numbers, the same bits in single precision', (n, d) => {
    const [matrix, single] = bothKinds(n, d);
    const b = vectorOf(d, 1);
    const v = vectorOf(n, 2);
    const product = multiplyRows(whole(matrix), b);
    expectNear(product, plainProduct(whole(matrix), b), d * 10);
    expect(multiplyRows(whole(single), b)).toEqual(product);
    const sum = addWeightedRows(whole(matrix), v);
    expectNear(sum, plainSum(whole(matrix), v), n * 10);
    expect(addWeightedRows(whole(single), v)).toEqual(sum);
    const square = (z: Float64Array, out: Float64Array, from: number, count: number): void => {
      // Every other row is left as it came, at zero.
      for (let i = 0; i < count; i++) if ((from + i) % 2 === 0) out[i] = z[i] * z[i];
    };
    const through = multiplyRowsThrough(whole(single), { rows: d, columns: 1, data: b }, 1, square);
    const squares = product.map((z, i) => (i % 2 === 0 ? z * z : 0));
    expect(through).toEqual({ rows: d, columns: 1, data: addWeightedRows(whole(matrix), squares) });
  });

  it.each([
    [1, 1],
    [7, 7],
    [1031, 515],
  ])('take several vectors through %i rows of %i numbers as one after the other would', (n, d) => {
    const [matrix] = bothKinds(n, d);
    const vectors = [vectorOf(d, 1), vectorOf(d, 2), vectorOf(d, 3)];
    const b = {
      rows: d,
      columns: 3,
      data: Float64Array.from({ length: 3 * d }, (_, at) => vectors[at % 3][Math.floor(at / 3)]),
    };
    // Two numbers of three, of which the second row and every fifth after it have none.
    const mix = (z: Float64Array, out: Float64Array, from: number, count: number): void => {
      for (let i = 0; i < count; i++) {
        if ((from + i) % 5 === 1) continue;
        out[2 * i] = z[3 * i] * z[3 * i + 2];
        out[2 * i + 1] = z[3 * i + 1];
      }
    };
    const products = vectors.map((vector) => multiplyRows(whole(matrix), vector));
    const present = (i: number): number => (i % 5 === 1 ? 0 : 1);
    const expected = [
      products[0].map((z, i) => present(i) * z * products[2][i]),
      products[1].map((z, i) => present(i) * z),
    ].map((v) => addWeightedRows(whole(matrix), v));
    const { data, ...size } = multiplyRowsThrough(whole(matrix), b, 2, mix);
    expect(size).toEqual({ rows: d, columns: 2 });
    expected.forEach((sum, t) => expect(data.filter((_, at) => at % 2 === t)).toEqual(sum));
  });

  it('read a range of the rows', () => {
    const [matrix, single] = bothKinds(900, 65);
    const part = { features: matrix, first: 7, rows: 850, columns: 65 };
    const b = vectorOf(65, 3);
    expect(multiplyRows({ ...part, features: single }, b)).toEqual(multiplyRows(whole(matrix), b).subarray(7, 857));
    const v = vectorOf(850, 4);
    expectNear(addWeightedRows(part, v), plainSum(part, v), 8500);
  });

  it('may be nested, and start afresh after one that threw', () => {
    const [matrix] = bothKinds(600, 300);
    const range = whole(matrix);
    const b = vectorOf(300, 5);
    const product = multiplyRows(range, b);
    const nested = multiplyRowsThrough(range, { rows: 300, columns: 1, data: b }, 1, (z, v, from) => {
      const inner = multiplyRows(range, vectorOf(300, from));
      v.set(z);
      expect(inner.length).toBe(600);
    });
    expect(nested.data).toEqual(addWeightedRows(range, product));
    const cancel = (): void => {
      throw new CancelledError();
    };
    expect(() => multiplyRows(range, b, cancel)).toThrow(CancelledError);
    expect(multiplyRows(range, b)).toEqual(product);
  });

  it('tell how far they are about once in two million numbers, and at the end', () => {
    const [, single] = bothKinds(9000, 600);
    const told: number[] = [];
    addWeightedRows(whole(single), new Float64Array(9000), (done, total) => {
      expect(total).toBe(9000);
      told.push(done);
    });
    expect(told.length).toBe(3);
    expect(told[2]).toBe(9000);
  });

  it('go on with what is not finite', () => {
    const [matrix] = bothKinds(6, 5);
    const b = Float64Array.of(1, 0, Number.POSITIVE_INFINITY, 0, 0);
    const product = multiplyRows(whole(matrix), b);
    expect(product.every((z) => Math.abs(z) === Number.POSITIVE_INFINITY)).toBe(true);
  });
});
