import type { Matrix } from './matrix';

/**
 * Feature rows that are not one Float64Array in memory: on disk, in single precision, or made on the way. Read by
 * ranges, in any order and any number of times; always the same numbers. Synchronous: the engine reads in its worker
 * thread.
 */
export interface StoredRows {
  readonly rows: number;
  readonly columns: number;
  /** How the numbers are kept; those kept as float32 are exact in float64. */
  readonly element: 'float64' | 'float32';
  /**
   * Copies rows [from, from + count), row-major, to the start of `out` (count·columns numbers at least).
   * @throws StorageError when the rows cannot be read.
   */
  read(from: number, count: number, out: Float64Array | Float32Array): void;
}

/** The features of a dataset: a matrix in memory, or rows stored elsewhere. */
export type FeatureRows = Matrix | StoredRows;

export function isStored(features: FeatureRows): features is StoredRows {
  return 'read' in features;
}

/** Copies rows [from, from + count) of `features` to the start of `out`. */
export function readRows(features: FeatureRows, from: number, count: number, out: Float64Array | Float32Array): void {
  if (isStored(features)) {
    features.read(from, count, out);
  } else {
    const d = features.columns;
    out.set(features.data.subarray(from * d, (from + count) * d));
  }
}

/** Rows kept in memory in single precision: half the size, the same numbers where the data came as float32. */
export function createFloat32Rows(data: Float32Array, rows: number, columns: number): StoredRows {
  return {
    rows,
    columns,
    element: 'float32',
    read: (from, count, out) => out.set(data.subarray(from * columns, (from + count) * columns)),
  };
}

/** The rows with one more behind them. A matrix is copied, stored rows are not. */
export function appendRow(features: FeatureRows, row: Float64Array): FeatureRows {
  const { rows: n, columns: d } = features;
  if (!isStored(features)) {
    const data = new Float64Array((n + 1) * d);
    data.set(features.data);
    data.set(row, n * d);
    return { rows: n + 1, columns: d, data };
  }
  return {
    rows: n + 1,
    columns: d,
    element: 'float64',
    read: (from, count, out) => {
      const stored = Math.min(count, n - from);
      if (stored > 0) features.read(from, stored, out);
      if (from + count > n) out.set(row, (n - from) * d);
    },
  };
}

/** Numbers of a block that {@link forEachRowBlock} reads: 8 MiB in float64. */
const blockNumbers = 2 ** 20;

/**
 * Goes through the rows in order, a block at a time, without copying what is in memory. `block` holds rows [from,
 * from + count) and is only valid during the call.
 */
export function forEachRowBlock(
  features: FeatureRows,
  visit: (block: Float64Array, from: number, count: number) => void,
): void {
  const { rows: n, columns: d } = features;
  const height = Math.max(1, Math.floor(blockNumbers / Math.max(1, d)));
  if (!isStored(features)) {
    const { data } = features;
    for (let from = 0; from < n; from += height) {
      const count = Math.min(height, n - from);
      visit(data.subarray(from * d, (from + count) * d), from, count);
    }
    return;
  }
  const buffer = new Float64Array(Math.min(n, height) * d);
  for (let from = 0; from < n; from += height) {
    const count = Math.min(height, n - from);
    features.read(from, count, buffer);
    visit(buffer.subarray(0, count * d), from, count);
  }
}
