/** Statistics of a few numbers or many, which do not depend on their order. */

/** Times the median distance from the median: the standard deviation of normal numbers, whatever a few others do. */
export const deviationsPerMedianDistance = 1.4826;

/** The middle number, or the mean of the two; NaN of nothing. O(m log m). */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The q-quantile of the values that are numbers (nearest rank); NaN when there are none. O(n). */
export function quantile(values: Float64Array, q: number): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return Number.NaN;
  return selectSmallest(numbers, Math.min(numbers.length - 1, Math.floor(q * numbers.length)));
}

/**
 * The number that would stand at `rank` if they were sorted; moves them about. Source: Hoare, "Algorithm 65:
 * Find", 1961.
 */
function selectSmallest(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    // The median of three, so that sorted values are no worse than others.
    const a = values[low];
    const b = values[(low + high) >> 1];
    const c = values[high];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left] < pivot) left++;
      while (values[right] > pivot) right--;
      if (left > right) break;
      const held = values[left];
      values[left++] = values[right];
      values[right--] = held;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank];
}

/** How many of ascending numbers are smaller than `value`: the place of the first that is not. O(log n). */
export function countBelow(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
