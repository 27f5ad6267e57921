import type { Matrix } from './matrix';

/** The rows with the given numbers, in that order, as a matrix of their own. */
export function gatherRows(features: Matrix, rows: Int32Array): Matrix {
  const d = features.columns;
  const data = new Float64Array(rows.length * d);
  for (let s = 0; s < rows.length; s++) data.set(features.data.subarray(rows[s] * d, (rows[s] + 1) * d), s * d);
  return { rows: rows.length, columns: d, data };
}
