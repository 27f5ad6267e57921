/** What is known of one measurement of a removal. */
interface MeasuredRemoval {
  readonly actual: number | null;
  /** Standard deviation of the actual changes of random removals beside it; null without two of them. */
  readonly randomDeviation: number | null;
}

/**
 * Whether a removal raises a measurement by the labels as they are taken and lowers it by the given ones, or the other
 * way round, and each by more than random removals vary (one standard deviation; without any, by anything at all).
 */
export function labelsDisagree(taken: MeasuredRemoval, given: MeasuredRemoval): boolean {
  if (taken.actual === null || given.actual === null || !(taken.actual * given.actual < 0)) return false;
  return [taken, given].every(
    ({ actual, randomDeviation }) => Math.abs(actual ?? 0) > (randomDeviation === null ? 0 : randomDeviation),
  );
}
