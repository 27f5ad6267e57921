import type { FeatureRows } from './featureRows';
import { isStored } from './featureRows';
import type { Matrix } from './matrix';

/** The rows with the given numbers, in that order, as a matrix of their own. One read a row where they are stored elsewhere. */
export function gatherRows(features: FeatureRows, rows: Int32Array): Matrix {
  const d = features.columns;
  const data = new Float64Array(rows.length * d);
  for (let s = 0; s < rows.length; s++) {
    if (isStored(features)) features.read(rows[s], 1, data.subarray(s * d, (s + 1) * d));
    else data.set(features.data.subarray(rows[s] * d, (rows[s] + 1) * d), s * d);
  }
  return { rows: rows.length, columns: d, data };
}
