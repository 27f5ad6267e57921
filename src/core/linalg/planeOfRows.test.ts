import { describe, expect, it } from 'vitest';
import { createFloat32Rows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { createRandom, drawNormals } from '../base/random';
import { createFloat64LinearAlgebra } from './float64LinearAlgebra';
import { findPlaneOfRows } from './planeOfRows';
import { findPrincipalAxes, projectOnAxes } from './principalAxes';

const linalg = createFloat64LinearAlgebra();

/** Rows that vary by 3, 2, 1, 1, … along the columns. */
function normals(rows: number, columns: number): Matrix {
  const data = drawNormals(createRandom(3), rows * columns).map(
    (value, at) => value * Math.max(1, 3 - (at % columns)) + 5,
  );
  return { rows, columns, data };
}

describe('rows in a plane', () => {
  it('are their first two principal components', () => {
    const x = normals(300, 6);
    const axes = findPrincipalAxes(x, 2, { linalg });
    const found = findPlaneOfRows(x, { linalg });
    if (axes === null || found === null) throw new Error('These rows differ.');
    expect(found.xy).toEqual(projectOnAxes(x, axes, { linalg }));
    expect(found.varianceShare).toBe(axes.varianceShare);
    expect(found.varianceShare).toBeGreaterThan(0.6);
  });

  it('are found from a share of the rows where there are many numbers', () => {
    const x = normals(3_000, 30);
    const stored = createFloat32Rows(Float32Array.from(x.data), x.rows, x.columns);
    const found = findPlaneOfRows(stored, { linalg }, 30_000);
    const all = findPlaneOfRows(stored, { linalg });
    if (found === null || all === null) throw new Error('These rows differ.');
    expect(found.xy).toHaveLength(6_000);
    expect(found.xy).not.toEqual(all.xy);
    // The two wide columns are found all the same.
    for (const axis of [0, 1]) {
      const along = Array.from({ length: x.rows }, (_, row) => [found.xy[2 * row + axis], all.xy[2 * row + axis]]);
      expect(correlation(along)).toBeGreaterThan(0.95);
    }
  });

  it('lie on a line where they vary along one, and nowhere where they are the same', () => {
    const line: Matrix = { rows: 4, columns: 2, data: Float64Array.of(0, 0, 1, 2, 2, 4, 3, 6) };
    const found = findPlaneOfRows(line, { linalg });
    expect(found?.varianceShare).toBeCloseTo(1, 10);
    expect([...(found?.xy ?? [])].filter((_, at) => at % 2 === 1)).toEqual([0, 0, 0, 0]);
    expect(findPlaneOfRows({ rows: 3, columns: 2, data: new Float64Array(6).fill(7) }, { linalg })).toBeNull();
    expect(findPlaneOfRows({ rows: 0, columns: 2, data: new Float64Array(0) }, { linalg })).toBeNull();
  });
});

function correlation(pairs: readonly (readonly number[])[]): number {
  const mean = (at: number): number => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (value: (pair: readonly number[]) => number): number =>
    pairs.reduce((total, pair) => total + value(pair), 0);
  return sum(([a, b]) => (a - x) * (b - y)) / Math.sqrt(sum(([a]) => (a - x) ** 2) * sum(([, b]) => (b - y) ** 2));
}
