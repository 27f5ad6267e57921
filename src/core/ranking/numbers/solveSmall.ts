/**
 * Solves a few symmetric positive definite equations by elimination; each row of the system has its right side last.
 * null where a pivot is not positive.
 */
export function solveSmall(system: readonly (readonly number[])[]): number[] | null {
  const m = system.length;
  const rows = system.map((row) => [...row]);
  for (let column = 0; column < m; column++) {
    const pivot = rows[column][column];
    if (!(pivot > 0)) return null;
    for (let row = 0; row < m; row++) {
      if (row === column) continue;
      const factor = rows[row][column] / pivot;
      for (let at = column; at <= m; at++) rows[row][at] -= factor * rows[column][at];
    }
  }
  return rows.map((row, at) => row[m] / row[at]);
}
