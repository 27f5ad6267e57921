/**
 * Ranks of the labelled rows: 1 = largest `logOdds`, ties by larger loss, then by smaller row number; 0 for unlabelled rows.
 * O(n log n).
 */
export function rankRows(logOdds: Float64Array, loss: Float64Array, labels: Int32Array): Int32Array {
  const order: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0) order.push(i);
  order.sort((a, b) => logOdds[b] - logOdds[a] || loss[b] - loss[a] || a - b);
  const rank = new Int32Array(labels.length);
  order.forEach((row, at) => {
    rank[row] = at + 1;
  });
  return rank;
}
