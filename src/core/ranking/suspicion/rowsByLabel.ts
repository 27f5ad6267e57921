/** Rows in the order of their given labels, so that what concerns one label stands together. */
export interface RowsByLabel {
  /** C. */
  readonly classes: number;
  /** Row numbers, in the order in which they were given within a label. */
  readonly rows: Int32Array;
  /** C + 1: `rows` of label c are those at [starts[c], starts[c + 1]). */
  readonly starts: Int32Array;
}

/** Counting sort of labelled rows. O(rows + C). */
export function orderByLabel(rows: Int32Array, labels: Int32Array, classes: number): RowsByLabel {
  const starts = new Int32Array(classes + 1);
  for (const row of rows) starts[labels[row] + 1]++;
  for (let c = 0; c < classes; c++) starts[c + 1] += starts[c];
  const next = starts.slice();
  const ordered = new Int32Array(rows.length);
  for (const row of rows) ordered[next[labels[row]]++] = row;
  return { classes, rows: ordered, starts };
}

/** The rows of an n×C matrix in the order of `order`. */
export function gatherByLabel(matrix: Float32Array, { rows, classes }: RowsByLabel): Float32Array {
  const out = new Float32Array(rows.length * classes);
  let to = 0;
  for (const row of rows) {
    for (let c = 0, from = row * classes; c < classes; c++) out[to++] = matrix[from++];
  }
  return out;
}
