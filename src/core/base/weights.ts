/** Numbers of the rows whose weight is not 0, ascending. */
export function rowsOfWeight(weights: Float64Array): Int32Array {
  const rows = new Int32Array(countOfWeight(weights));
  for (let i = 0, at = 0; at < rows.length; i++) if (weights[i] !== 0) rows[at++] = i;
  return rows;
}

/** How many rows have a weight that is not 0. */
export function countOfWeight(weights: Float64Array): number {
  let count = 0;
  for (const weight of weights) if (weight !== 0) count++;
  return count;
}
