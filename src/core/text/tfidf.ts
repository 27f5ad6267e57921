/** ln((1 + n) / (1 + texts with the term)) + 1: scikit-learn's smooth idf. */
export function inverseFrequency(texts: number, textsWithTerm: number): number {
  return Math.log((1 + texts) / (1 + textsWithTerm)) + 1;
}

/**
 * Turns the counts of a text's terms into its weights, in place: count · idf, then divided by their norm, so that long
 * texts weigh no more than short ones. Nothing happens where there are none.
 */
export function weighRow(columns: Int32Array, counts: Float64Array, idf: Float64Array): void {
  let squares = 0;
  for (let at = 0; at < counts.length; at++) {
    counts[at] *= idf[columns[at]];
    squares += counts[at] ** 2;
  }
  const norm = Math.sqrt(squares);
  if (norm > 0) for (let at = 0; at < counts.length; at++) counts[at] /= norm;
}
