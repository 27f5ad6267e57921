/** The histogram of suspicion: bins of equal width from 0 to 1; the threshold stands on their edges. */

/**
 * Height of a bar for a count, 0 to 1: logarithmic, so that a tail of ten rows shows beside a peak of a hundred
 * thousand.
 */
export function barHeight(count: number, largest: number): number {
  if (count <= 0 || largest <= 0) return 0;
  return Math.log1p(count) / Math.log1p(largest);
}

/** The edge nearest to a suspicion; counts at or above it are then exact. */
export function snapToEdge(suspicion: number, bins: number): number {
  const clamped = Math.min(1, Math.max(0, suspicion));
  return bins > 0 ? Math.round(clamped * bins) / bins : clamped;
}

/** Number of the first bin at or above the threshold. */
export function firstBinAbove(threshold: number, bins: number): number {
  // 0.57 · 100 is a little below 57: without rounding one bin too many would count.
  return Math.ceil(Number((threshold * bins).toFixed(6)));
}

/** Rows at or above the threshold; exact where it stands on an edge. */
export function countAbove(histogram: readonly number[], threshold: number): number {
  let count = 0;
  for (let bin = firstBinAbove(threshold, histogram.length); bin < histogram.length; bin += 1) count += histogram[bin];
  return count;
}

/** The threshold after a key of a slider; null when the key is none of its. */
export function thresholdForKey(key: string, threshold: number, bins: number): number | null {
  const step = 1 / Math.max(1, bins);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return snapToEdge(threshold - step, bins);
    case 'ArrowRight':
    case 'ArrowUp':
      return snapToEdge(threshold + step, bins);
    case 'PageDown':
      return snapToEdge(threshold - 10 * step, bins);
    case 'PageUp':
      return snapToEdge(threshold + 10 * step, bins);
    case 'Home':
      return 0;
    case 'End':
      return 1;
    default:
      return null;
  }
}
