import type { Point } from './camera';

/** Where the name of a class stands: in the middle of its rows. */
export interface ClassAnchor extends Point {
  readonly code: number;
  readonly rows: number;
}

/** The medians of the places of each class, largest classes first, at most `most` of them; O(n log n). */
export function findAnchors(xy: Float32Array, codes: Float32Array, classes: number, most: number): ClassAnchor[] {
  const rowsOf = Array.from({ length: classes }, (): number[] => []);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    if (Number.isFinite(xy[2 * row]) && Number.isFinite(xy[2 * row + 1])) rowsOf[code]?.push(row);
  }
  return rowsOf
    .map((rows, code) => ({ rows, code }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => b.rows.length - a.rows.length || a.code - b.code)
    .slice(0, most)
    .map(({ rows, code }) => ({ code, rows: rows.length, x: medianOf(xy, rows, 0), y: medianOf(xy, rows, 1) }));
}

function medianOf(xy: Float32Array, rows: readonly number[], axis: 0 | 1): number {
  const values = Float32Array.from(rows, (row) => xy[2 * row + axis] as number).sort();
  return values[values.length >> 1] as number;
}
