interface Confusion {
  /** The true class and the label given in its place. */
  readonly from: string;
  readonly to: string;
  /** Share of the true class that was given that label, 0–1. */
  readonly share: number;
}

/**
 * The label errors the audit believes in, largest first: off-diagonal cells of the transition matrix (row = true class,
 * column = given label, rows sum to 1) of at least `atLeast`, `limit` of them. Cost O(C²).
 */
export function topConfusions(
  matrix: readonly (readonly number[])[],
  classes: readonly string[],
  limit: number,
  atLeast = 0.005,
): Confusion[] {
  const found: Confusion[] = [];
  matrix.forEach((row, r) => {
    row.forEach((share, c) => {
      const from = classes[r];
      const to = classes[c];
      if (r !== c && share >= atLeast && from !== undefined && to !== undefined) found.push({ from, to, share });
    });
  });
  return found.sort((a, b) => b.share - a.share).slice(0, limit);
}

/** Mean share of given labels believed right: the mean of the diagonal; null where no matrix could be estimated. */
export function meanDiagonal(matrix: readonly (readonly number[])[]): number | null {
  if (matrix.length === 0) return null;
  return matrix.reduce((sum, row, index) => sum + (row[index] ?? 0), 0) / matrix.length;
}
