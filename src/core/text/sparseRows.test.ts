import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { truncatedSvd } from '../linalg/truncatedSvd';
import { gramOfRows, multiplySparse, type SparseRows, transposeMultiplySparse } from './sparseRows';
import { sparseSvdRows } from './sparseSvd';

/** A third of the entries, and the same numbers in full. */
function drawSparse(rows: number, width: number, seed: number): { readonly x: SparseRows; readonly full: number[][] } {
  const random = createRandom(seed);
  const full = Array.from({ length: rows }, () =>
    Array.from({ length: width }, () => (random.uniform() < 1 / 3 ? random.normal() : 0)),
  );
  const starts = [0];
  const columns: number[] = [];
  for (const row of full) {
    row.forEach((value, column) => value !== 0 && columns.push(column));
    starts.push(columns.length);
  }
  const values = full.flatMap((row) => row.filter((value) => value !== 0));
  const x = {
    rows,
    width,
    starts: Int32Array.from(starts),
    columns: Int32Array.from(columns),
    values: Float64Array.from(values),
  };
  return { x, full };
}

const close = (actual: Float64Array, expected: readonly number[]): void =>
  expected.forEach((value, at) => expect(actual[at]).toBeCloseTo(value, 12));

describe('sparse rows', () => {
  const { x, full } = drawSparse(7, 11, 1);

  it('are multiplied as full ones are', () => {
    const b = drawSparse(11, 3, 2).full;
    const v = drawSparse(7, 2, 3).full;
    const matrix = (rows: number[][]) => ({
      rows: rows.length,
      columns: rows[0].length,
      data: Float64Array.from(rows.flat()),
    });
    close(
      multiplySparse(x, matrix(b)).data,
      full.flatMap((row) => b[0].map((_, j) => row.reduce((sum, value, t) => sum + value * b[t][j], 0))),
    );
    close(
      transposeMultiplySparse(x, matrix(v)).data,
      full[0].flatMap((_, t) => v[0].map((__, j) => full.reduce((sum, row, i) => sum + row[t] * v[i][j], 0))),
    );
    close(
      gramOfRows(x).data,
      full.flatMap((row) => full.map((other) => row.reduce((sum, value, t) => sum + value * other[t], 0))),
    );
  });

  it('have the same directions by their products and without them', () => {
    const linalg = createFloat64LinearAlgebra();
    // 3,001 rows of which all but the first 40 are empty: too many for products of all with each other.
    const { x: few } = drawSparse(40, 30, 4);
    const many = {
      ...few,
      rows: 3_001,
      starts: Int32Array.from({ length: 3_002 }, (_, row) => few.starts[Math.min(row, 40)]),
    };
    const [a, b] = [few, many].map((rows) =>
      truncatedSvd(sparseSvdRows(rows, linalg), 25, { linalg, random: createRandom(5) }),
    );
    close(a.singularValues, [...b.singularValues]);
    a.directions.data.forEach((value, at) => expect(b.directions.data[at]).toBeCloseTo(value, 8));
  });
});
