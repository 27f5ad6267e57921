import type { Random } from '../../base/random';

/**
 * The rows of a tree: `weights` (n) becomes how often it holds each. As many as there are is a bootstrap sample; fewer
 * are different rows.
 */
export function drawRows(weights: Uint8Array, rows: Int32Array, count: number, random: Random): void {
  (count < rows.length ? drawWithout : drawWith)(weights.fill(0), rows, count, random);
}

/** A bootstrap sample: as many draws as there are rows. */
function drawWith(weights: Uint8Array, rows: Int32Array, count: number, random: Random): void {
  for (let draw = 0; draw < count; draw++) weights[rows[random.integer(rows.length)]]++;
}

/**
 * So many different rows: each draw from the rows up to the k-th, and where that was drawn before the k-th itself
 * (Floyd).
 */
function drawWithout(weights: Uint8Array, rows: Int32Array, count: number, random: Random): void {
  for (let k = rows.length - count; k < rows.length; k++) {
    const drawn = rows[random.integer(k + 1)];
    weights[weights[drawn] === 0 ? drawn : rows[k]] = 1;
  }
}
