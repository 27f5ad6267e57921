import { type FeatureRows, readRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from './linearAlgebra';
import { findPrincipalAxes, projectOnAxes } from './principalAxes';

/** The directions are found from so many numbers at most, of rows spread evenly: 80 MB, some tenths of a second. */
const sampleNumbers = 10_000_000;
/** However many features they have. */
const leastSampleRows = 1_000;

/** Rows (n) in the plane of the two directions along which they vary most. */
export interface PlaneOfRows {
  /** n×2, row-major; the second number is 0 where the rows vary along one direction only. */
  readonly xy: Float32Array;
  /** Share of the variance that lies in the plane, of the rows the directions were found from; 0 to 1. */
  readonly varianceShare: number;
}

/**
 * The first two principal components of rows (n×d), by the rows themselves or, beyond `mostNumbers` numbers, by every
 * k-th of them. O(m·d) some twelve times for m rows looked at, and O(n·d) once.
 * @returns null where all rows looked at are the same.
 */
export function findPlaneOfRows(
  x: FeatureRows,
  context: { readonly linalg: LinearAlgebra; readonly onBlock?: OnBlock },
  mostNumbers = sampleNumbers,
): PlaneOfRows | null {
  const { rows: n, columns: d } = x;
  const most = Math.max(leastSampleRows, Math.floor(mostNumbers / Math.max(1, d)));
  const found = n === 0 || d === 0 ? null : findPrincipalAxes(n <= most ? x : spreadRows(x, most), 2, context);
  if (found === null) return null;
  const places = projectOnAxes(x, found, context);
  return { xy: found.axes.columns === 2 ? places : besideZeros(places), varianceShare: found.varianceShare };
}

/** So many rows, evenly from the first to the last. */
function spreadRows(x: FeatureRows, count: number): Matrix {
  const { columns: d } = x;
  const data = new Float64Array(count * d);
  for (let k = 0; k < count; k++) {
    readRows(x, Math.floor((k * x.rows) / count), 1, data.subarray(k * d, (k + 1) * d));
  }
  return { rows: count, columns: d, data };
}

function besideZeros(first: Float32Array): Float32Array {
  const xy = new Float32Array(2 * first.length);
  first.forEach((value, row) => (xy[2 * row] = value));
  return xy;
}
