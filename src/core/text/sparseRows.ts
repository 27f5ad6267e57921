import type { Matrix } from '../base/matrix';
import type { OnBlock } from '../linalg/linearAlgebra';

/** A sparse matrix by rows (CSR): row i has `values[at]` in column `columns[at]` for at in [starts[i], starts[i+1]). */
export interface SparseRows {
  readonly rows: number;
  readonly width: number;
  /** rows + 1 */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Rows between two calls of `onBlock`. */
const blockRows = 512;

/** X·B, n×w for B t×w. O(entries·w). */
export function multiplySparse(x: SparseRows, b: Matrix, onBlock?: OnBlock): Matrix {
  const out = new Float64Array(x.rows * b.columns);
  for (let row = 0; row < x.rows; row++) {
    gatherRow(x, row, b.data, b.columns, out);
    if (row % blockRows === blockRows - 1) onBlock?.(row + 1, x.rows);
  }
  onBlock?.(x.rows, x.rows);
  return { rows: x.rows, columns: b.columns, data: out };
}

/** Xᵀ·V, t×w for V n×w. O(entries·w). */
export function transposeMultiplySparse(x: SparseRows, v: Matrix, onBlock?: OnBlock): Matrix {
  const out = new Float64Array(x.width * v.columns);
  for (let row = 0; row < x.rows; row++) {
    scatterRow(x, row, v.data, v.columns, out);
    if (row % blockRows === blockRows - 1) onBlock?.(row + 1, x.rows);
  }
  onBlock?.(x.rows, x.rows);
  return { rows: x.width, columns: v.columns, data: out };
}

function gatherRow(
  { starts, columns, values }: SparseRows,
  row: number,
  b: Float64Array,
  w: number,
  out: Float64Array,
): void {
  for (let at = starts[row]; at < starts[row + 1]; at++) addScaled(out, row * w, values[at], b, columns[at] * w, w);
}

function scatterRow(
  { starts, columns, values }: SparseRows,
  row: number,
  v: Float64Array,
  w: number,
  out: Float64Array,
): void {
  for (let at = starts[row]; at < starts[row + 1]; at++) addScaled(out, columns[at] * w, values[at], v, row * w, w);
}

/** out[to + j] += factor · from[first + j] for j < w. */
export function addScaled(
  out: Float64Array,
  to: number,
  factor: number,
  from: Float64Array | Float32Array,
  first: number,
  w: number,
): void {
  for (let j = 0; j < w; j++) out[to + j] += factor * from[first + j];
}

/** X·Xᵀ, n×n. O(Σ over columns of entries², halved). */
export function gramOfRows(x: SparseRows): Matrix {
  const { rows: n } = x;
  const byColumn = transpose(x);
  const data = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let at = x.starts[row]; at < x.starts[row + 1]; at++) {
      addProducts(byColumn, x.columns[at], row, x.values[at], data, n);
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[j * n + i] = data[i * n + j];
  return { rows: n, columns: n, data };
}

/** Adds a row's entry of a column times the entries of this and the rows before. */
function addProducts(
  { starts, columns: rows, values }: SparseRows,
  column: number,
  row: number,
  value: number,
  data: Float64Array,
  n: number,
): void {
  for (let at = starts[column]; at < starts[column + 1]; at++) {
    if (rows[at] > row) return;
    data[row * n + rows[at]] += value * values[at];
  }
}

/** Xᵀ by rows, whose entries are in rising order of X's rows. */
function transpose({ rows, width, starts, columns, values }: SparseRows): SparseRows {
  const places = new Int32Array(width + 1);
  for (const column of columns) places[column + 1]++;
  for (let column = 0; column < width; column++) places[column + 1] += places[column];
  const turned = { starts: places.slice(), columns: new Int32Array(columns.length), values: values.slice() };
  for (let row = 0; row < rows; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      const to = places[columns[at]]++;
      turned.columns[to] = row;
      turned.values[to] = values[at];
    }
  }
  return { rows: width, width: rows, ...turned };
}
