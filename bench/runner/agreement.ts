import type { NumericArray, StoredArray } from '../../src/worker/store/storeTypes';

/**
 * Worst relative error over rows of an n×m array: max over i of ‖aᵢ − bᵢ‖₂ / ‖bᵢ‖₂, b the reference. A row that is zero
 * in the reference must be zero. Infinite when the shapes differ or a number of `a` is not finite.
 */
export function worstRowError(a: StoredArray, b: StoredArray): number {
  if (!sameShape(a, b)) return Number.POSITIVE_INFINITY;
  const n = b.shape[0] ?? 0;
  const m = n === 0 ? 0 : b.data.length / n;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    let difference = 0;
    let size = 0;
    for (let at = i * m; at < (i + 1) * m; at++) {
      difference += (a.data[at] - b.data[at]) ** 2;
      size += b.data[at] ** 2;
    }
    worst = Math.max(worst, quotient(Math.sqrt(difference), Math.sqrt(size)));
  }
  return worst;
}

/**
 * The same for one signed number a row, where a row may be near zero by cancellation: |aᵢ − bᵢ| / max(|bᵢ|, a
 * thousandth of the root mean square of b), as the golden tests measure it. Rows that are NaN in both have no value and
 * agree.
 */
export function worstScalarError(a: StoredArray, b: StoredArray): number {
  if (!sameShape(a, b)) return Number.POSITIVE_INFINITY;
  let squares = 0;
  let values = 0;
  for (const value of b.data) {
    if (Number.isNaN(value)) continue;
    squares += value * value;
    values++;
  }
  const floor = values === 0 ? 0 : 1e-3 * Math.sqrt(squares / values);
  let worst = 0;
  for (let i = 0; i < b.data.length; i++) {
    if (Number.isNaN(a.data[i]) && Number.isNaN(b.data[i])) continue;
    worst = Math.max(worst, quotient(Math.abs(a.data[i] - b.data[i]), Math.max(Math.abs(b.data[i]), floor)));
  }
  return worst;
}

/** ‖a − b‖₂ / ‖b‖₂ of whole arrays. */
export function relativeError(a: StoredArray, b: StoredArray): number {
  if (!sameShape(a, b)) return Number.POSITIVE_INFINITY;
  let difference = 0;
  for (let i = 0; i < b.data.length; i++) difference += (a.data[i] - b.data[i]) ** 2;
  return quotient(Math.sqrt(difference), norm(b.data));
}

/** Names of the errors that are not within their limit; an error that is not a number is never within. */
export function beyondLimits(
  errors: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number>>,
): string[] {
  return Object.keys(limits).filter((name) => !(errors[name] <= limits[name]));
}

/** The largest; infinite when one is missing or not a number, null without any. */
export function largestError(errors: Readonly<Record<string, number>>): number | null {
  const values = Object.values(errors);
  if (values.length === 0) return null;
  return Math.max(...values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)));
}

function sameShape(a: StoredArray, b: StoredArray): boolean {
  return a.data.length === b.data.length && a.shape.join() === b.shape.join();
}

/** 0/0 counts as agreement, x/0 and anything not finite as none. */
function quotient(difference: number, size: number): number {
  if (difference === 0) return 0;
  const value = difference / size;
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

function norm(values: NumericArray): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
