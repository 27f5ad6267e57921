/**
 * Small mathematics of vectors. Sums run from the first number to the last, so that a result is the same to the last
 * bit whoever asks for it. O(length) each.
 */

/** aᵀb. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

/** ‖v‖₂. */
export function norm(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}

/** Σ vᵢ. */
export function sumOf(v: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < v.length; at++) sum += v[at];
  return sum;
}

/** a − b, a copy. */
export function subtract(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < out.length; at++) out[at] = a[at] - b[at];
  return out;
}

/** to ← to + factor·from. */
export function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] += factor * from[at];
}

/** to ← factor·to + from. */
export function scaleAndAdd(to: Float64Array, factor: number, from: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] = factor * to[at] + from[at];
}

/** ‖a − b‖₂/‖b‖₂; NaN where b is 0. */
export function relativeDistance(a: Float64Array, b: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (let at = 0; at < b.length; at++) {
    difference += (a[at] - b[at]) * (a[at] - b[at]);
    size += b[at] * b[at];
  }
  return size === 0 ? Number.NaN : Math.sqrt(difference / size);
}

/** max(0, v₁, …): the largest of numbers ≥ 0, 0 of none; NaN where any is NaN. */
export function largestOf(v: Float64Array): number {
  let largest = 0;
  for (let at = 0; at < v.length; at++) largest = Math.max(largest, v[at]);
  return largest;
}

/** Place of the largest of `count` numbers at `v[from]`, counted from there; the first of equals. */
export function indexOfLargest(v: Float64Array, from: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (v[from + c] > v[from + best]) best = c;
  return best;
}

/**
 * Whether no number is NaN or infinite: 0 times any other is 0, and so is the sum. Four sums, which need not wait for
 * each other.
 */
export function isAllFinite(v: Float64Array): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let at = 0;
  for (; at + 4 <= v.length; at += 4) {
    a += 0 * v[at];
    b += 0 * v[at + 1];
    c += 0 * v[at + 2];
    d += 0 * v[at + 3];
  }
  for (; at < v.length; at++) a += 0 * v[at];
  return a + b + c + d === 0;
}
