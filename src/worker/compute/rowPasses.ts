import { isStored, readRows } from '../../core/base/featureRows';
import type { FeatureRows } from '../../core/base/featureRows';
import type { MapProducts, OnBlock } from '../../core/linalg/linearAlgebra';
import type { RowElement, RowKernel } from './rowKernel';
import { withRowKernel } from './rowKernel';

/** Rows [first, first + rows) of some features. */
export interface RowRange {
  readonly features: FeatureRows;
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
}

/** Numbers that go by between two calls of `onBlock`: about a millisecond. */
const reportNumbers = 2 ** 21;

/**
 * Passes over rows for one vector, exact: a tile is read into the kernel's memory, from disk without a copy, and multiplied there. What a row is
 * added to next depends on the number of columns and its place in the range only.
 */
function forEachTile(
  { features, first, rows, columns }: RowRange,
  kernel: RowKernel,
  visit: (element: RowElement, from: number, count: number) => void,
  onBlock: OnBlock | undefined,
): void {
  const element = isStored(features) ? features.element : 'float64';
  let unreported = 0;
  for (let from = 0; from < rows; from += kernel.height) {
    const count = Math.min(kernel.height, rows - from);
    readRows(features, first + from, count, kernel.tile[element]);
    visit(element, from, count);
    unreported += count * columns;
    if (unreported < reportNumbers && from + count < rows) continue;
    onBlock?.(from + count, rows);
    unreported = 0;
  }
}

/** X·b, n numbers. O(n·d). */
export function multiplyRows(x: RowRange, b: Float64Array, onBlock?: OnBlock): Float64Array {
  const out = new Float64Array(x.rows);
  withRowKernel(x.columns, (kernel) => {
    kernel.b.set(b);
    const visit = (element: RowElement, from: number, count: number): void => {
      kernel.multiply(element, count);
      out.set(kernel.z.subarray(0, count), from);
    };
    forEachTile(x, kernel, visit, onBlock);
  });
  return out;
}

/** Xᵀ·v, d numbers. O(n·d). */
export function addWeightedRows(x: RowRange, v: Float64Array, onBlock?: OnBlock): Float64Array {
  const sum = new Float64Array(x.columns);
  withRowKernel(x.columns, (kernel) => {
    const visit = (element: RowElement, from: number, count: number): void => {
      kernel.v.set(v.subarray(from, from + count));
      kernel.addRows(element, count);
      addTo(sum, kernel.sum);
    };
    forEachTile(x, kernel, visit, onBlock);
  });
  return sum;
}

/** Σ over tiles of X_tileᵀ·v_tile, where `map` makes v_tile from X_tile·b: d numbers from one reading of the rows. O(n·d). */
export function multiplyRowsThrough(x: RowRange, b: Float64Array, map: MapProducts, onBlock?: OnBlock): Float64Array {
  const sum = new Float64Array(x.columns);
  withRowKernel(x.columns, (kernel) => {
    kernel.b.set(b);
    const visit = (element: RowElement, from: number, count: number): void => {
      kernel.multiply(element, count);
      const v = kernel.v.subarray(0, count);
      v.fill(0);
      map(kernel.z.subarray(0, count), v, from, count);
      kernel.addRows(element, count);
      addTo(sum, kernel.sum);
    };
    forEachTile(x, kernel, visit, onBlock);
  });
  return sum;
}

function addTo(sum: Float64Array, term: Float64Array): void {
  for (let j = 0; j < sum.length; j++) sum[j] += term[j];
}
