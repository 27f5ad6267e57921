import type { FeatureRows } from '../../../core/base/featureRows';
import { isStored, readRows } from '../../../core/base/featureRows';
import type { Matrix } from '../../../core/base/matrix';
import type { MapProducts, OnBlock } from '../../../core/linalg/linearAlgebra';
import type { RowElement, RowKernel } from '../kernels/rowKernel';
import { withRowKernel } from '../kernels/rowKernel';

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
 * Passes over rows for a vector or a few, exact: a tile is read into the kernel's memory, from disk without a copy, and
 * multiplied there. What a row is added to next depends on the number of columns and its place in the range only.
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

/**
 * Σ over tiles of X_tileᵀ·V_tile, where `map` makes V_tile (k numbers a row) from X_tile·B (B: d×m): d×k from one
 * reading of the rows, a vector after the other while a tile is in the processor's cache. O(n·d·(m + k)).
 */
export function multiplyRowsThrough(x: RowRange, b: Matrix, k: number, map: MapProducts, onBlock?: OnBlock): Matrix {
  const { columns: d } = x;
  const m = b.columns;
  const vectors = columnsOf(b);
  const sums = Array.from({ length: k }, () => new Float64Array(d));
  withRowKernel(d, (kernel) => {
    const products = new Float64Array(kernel.height * m);
    const mapped = new Float64Array(kernel.height * k);
    const visit = (element: RowElement, from: number, count: number): void => {
      vectors.forEach((vector, t) => {
        kernel.b.set(vector);
        kernel.multiply(element, count);
        scatter(kernel.z, products, t, m, count);
      });
      mapped.fill(0);
      map(products.subarray(0, count * m), mapped.subarray(0, count * k), from, count);
      sums.forEach((sum, t) => {
        gather(mapped, t, k, kernel.v, count);
        kernel.addRows(element, count);
        addTo(sum, kernel.sum);
      });
    };
    forEachTile(x, kernel, visit, onBlock);
  });
  return withColumns(d, sums);
}

/** `count` numbers to every `step`-th place from `first` on. */
function scatter(values: Float64Array, to: Float64Array, first: number, step: number, count: number): void {
  for (let i = 0, at = first; i < count; i++, at += step) to[at] = values[i];
}

/** … and back. */
function gather(values: Float64Array, first: number, step: number, to: Float64Array, count: number): void {
  for (let i = 0, at = first; i < count; i++, at += step) to[i] = values[at];
}

function columnsOf({ rows, columns, data }: Matrix): readonly Float64Array[] {
  if (columns === 1) return [data];
  return Array.from({ length: columns }, (_, t) =>
    Float64Array.from({ length: rows }, (__, j) => data[j * columns + t]),
  );
}

function withColumns(rows: number, columns: readonly Float64Array[]): Matrix {
  const width = columns.length;
  if (width === 1) return { rows, columns: 1, data: columns[0] };
  const data = new Float64Array(rows * width);
  columns.forEach((column, t) => column.forEach((value, j) => (data[j * width + t] = value)));
  return { rows, columns: width, data };
}

function addTo(sum: Float64Array, term: Float64Array): void {
  for (let j = 0; j < sum.length; j++) sum[j] += term[j];
}
