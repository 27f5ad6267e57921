import type { FeatureRows } from './featureRows';
import { readRows } from './featureRows';
import type { Matrix } from './matrix';

/** The rows with the given numbers, in that order, as a matrix of their own. Runs of consecutive rows are one read. */
export function gatherRows(features: FeatureRows, rows: Int32Array): Matrix {
  const d = features.columns;
  const data = new Float64Array(rows.length * d);
  for (let s = 0, end = 0; s < rows.length; s = end) {
    end = s + 1;
    while (end < rows.length && rows[end] === rows[end - 1] + 1) end++;
    readRows(features, rows[s], end - s, data.subarray(s * d, end * d));
  }
  return { rows: rows.length, columns: d, data };
}
