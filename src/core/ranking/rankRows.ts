/** Rows merged between two calls of `onStep`: a few milliseconds. */
const rowsPerStep = 65536;

/**
 * Ranks of the labelled rows: 1 = largest `logOdds`, ties by larger loss, then by smaller row number; 0 for unlabelled
 * rows. A merge sort of its own, as a built-in sort of many rows cannot be interrupted. O(n log n).
 */
export function rankRows(
  logOdds: Float64Array,
  loss: Float64Array,
  labels: Int32Array,
  onStep?: () => void,
): Int32Array {
  const n = labels.length;
  let count = 0;
  for (let row = 0; row < n; row++) if (labels[row] >= 0) count++;
  let rows = new Int32Array(count);
  let keys = new Float64Array(count);
  for (let row = 0, at = 0; row < n; row++) {
    if (labels[row] < 0) continue;
    rows[at] = row;
    keys[at++] = logOdds[row];
  }
  let otherRows = new Int32Array(count);
  let otherKeys = new Float64Array(count);
  let merged = 0;
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(count, start + width);
      const end = Math.min(count, start + 2 * width);
      mergeRuns(rows, keys, loss, start, middle, end, otherRows, otherKeys);
      merged += end - start;
      if (merged < rowsPerStep) continue;
      merged = 0;
      onStep?.();
    }
    [rows, otherRows] = [otherRows, rows];
    [keys, otherKeys] = [otherKeys, keys];
  }
  const rank = new Int32Array(n);
  for (let at = 0; at < count; at++) rank[rows[at]] = at + 1;
  return rank;
}

/**
 * Merges the sorted runs [start, middle) and [middle, end). Keys move with their rows, so that most comparisons stay in
 * two places of memory.
 */
function mergeRuns(
  rows: Int32Array,
  keys: Float64Array,
  loss: Float64Array,
  start: number,
  middle: number,
  end: number,
  toRows: Int32Array,
  toKeys: Float64Array,
): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    let takesRight = left >= middle;
    if (!takesRight && right < end) {
      const a = keys[left];
      const b = keys[right];
      // The left run has the smaller row numbers: it wins what is equal in both.
      takesRight = b > a || (!(b < a) && loss[rows[right]] > loss[rows[left]]);
    }
    if (takesRight) {
      toRows[at] = rows[right];
      toKeys[at] = keys[right++];
    } else {
      toRows[at] = rows[left];
      toKeys[at] = keys[left++];
    }
  }
}
