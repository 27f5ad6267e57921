/** Numbers as they lie in memory or come from a file. */
export type Numbers = Float64Array | Float32Array;

/** Columns between two looks at the limit. */
const stretch = 32;

/**
 * Squared distance of the d numbers at `i` in a and at `j` in b, in float64, or any number above `limit` as soon as it
 * is known to exceed it. Always summed in the same order, as four partial sums: an addition need not wait for the one
 * before. A run of the engine should hand in one type of array for a and one for b: code for several is half as fast.
 */
export function squaredDistance(a: Numbers, i: number, b: Numbers, j: number, d: number, limit: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const end = i + d;
  const ahead = j - i;
  for (const last = end - stretch; i <= last;) {
    for (const stop = i + stretch; i < stop; i += 8) {
      const j0 = i + ahead;
      const d0 = a[i] - b[j0];
      const d1 = a[i + 1] - b[j0 + 1];
      const d2 = a[i + 2] - b[j0 + 2];
      const d3 = a[i + 3] - b[j0 + 3];
      const d4 = a[i + 4] - b[j0 + 4];
      const d5 = a[i + 5] - b[j0 + 5];
      const d6 = a[i + 6] - b[j0 + 6];
      const d7 = a[i + 7] - b[j0 + 7];
      s0 += d0 * d0 + d4 * d4;
      s1 += d1 * d1 + d5 * d5;
      s2 += d2 * d2 + d6 * d6;
      s3 += d3 * d3 + d7 * d7;
    }
    const sum = s0 + s1 + (s2 + s3);
    if (sum > limit) return sum;
  }
  for (const last = end - 4; i <= last; i += 4) {
    const d0 = a[i] - b[i + ahead];
    const d1 = a[i + 1] - b[i + ahead + 1];
    const d2 = a[i + 2] - b[i + ahead + 2];
    const d3 = a[i + 3] - b[i + ahead + 3];
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  let sum = s0 + s1 + (s2 + s3);
  for (; i < end; i++) {
    const difference = a[i] - b[i + ahead];
    sum += difference * difference;
  }
  return sum;
}
