/** Rows merged between two calls of `onStep`: a few milliseconds. */
const rowsPerStep = 65536;

/**
 * Ranks of the labelled rows: 1 = largest `logOdds`, ties by larger loss, then by smaller row number; 0 for unlabelled rows.
 * A merge sort of its own, as a built-in sort of many rows cannot be interrupted. O(n log n).
 */
export function rankRows(
  logOdds: Float64Array,
  loss: Float64Array,
  labels: Int32Array,
  onStep?: () => void,
): Int32Array {
  const labelled = Int32Array.from(labels.keys()).filter((row) => labels[row] >= 0);
  const comesFirst = (a: number, b: number): boolean => {
    if (logOdds[a] !== logOdds[b]) return logOdds[a] > logOdds[b];
    if (loss[a] !== loss[b]) return loss[a] > loss[b];
    return a < b;
  };
  const rank = new Int32Array(labels.length);
  mergeSort(labelled, comesFirst, onStep).forEach((row, at) => {
    rank[row] = at + 1;
  });
  return rank;
}

function mergeSort(rows: Int32Array, comesFirst: (a: number, b: number) => boolean, onStep?: () => void): Int32Array {
  let from: Int32Array = rows;
  let to: Int32Array = new Int32Array(rows.length);
  let merged = 0;
  for (let width = 1; width < rows.length; width *= 2) {
    for (let start = 0; start < rows.length; start += 2 * width) {
      const middle = Math.min(rows.length, start + width);
      const end = Math.min(rows.length, start + 2 * width);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takesRight = left >= middle || (right < end && comesFirst(from[right], from[left]));
        to[at] = takesRight ? from[right++] : from[left++];
        if (++merged % rowsPerStep === 0) onStep?.();
      }
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}
