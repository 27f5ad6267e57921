/** Numbers as they lie in memory or come from a file. */
export type Numbers = Float64Array | Float32Array;

/**
 * Squared distance of the d numbers at `i` in a and at `j` in b, in float64, or any number above `limit` as soon as it is known to exceed
 * it. Always summed in the same order, as four partial sums: an addition need not wait for the one before.
 */
export function squaredDistance(a: Numbers, i: number, b: Numbers, j: number, d: number, limit: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const end = i + d;
  for (const blocks = end - 16; i <= blocks;) {
    for (const stop = i + 16; i < stop; i += 4, j += 4) {
      const d0 = a[i] - b[j];
      const d1 = a[i + 1] - b[j + 1];
      const d2 = a[i + 2] - b[j + 2];
      const d3 = a[i + 3] - b[j + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    const sum = s0 + s1 + (s2 + s3);
    if (sum > limit) return sum;
  }
  for (const fours = end - 4; i <= fours; i += 4, j += 4) {
    const d0 = a[i] - b[j];
    const d1 = a[i + 1] - b[j + 1];
    const d2 = a[i + 2] - b[j + 2];
    const d3 = a[i + 3] - b[j + 3];
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  let sum = s0 + s1 + (s2 + s3);
  for (; i < end; i++, j++) {
    const difference = a[i] - b[j];
    sum += difference * difference;
  }
  return sum;
}
