import { estimateRandomDeviation, type RowSpread } from './randomSets';

/** What is known of one measurement of a removal. */
interface MeasuredRemoval {
  /** By retraining or estimated; null: not known. */
  readonly change: number | null;
  /** Standard deviation of the changes that random removals of the same size make; null: not known. */
  readonly deviation: number | null;
}

/**
 * Whether a removal raises a measurement by the labels as they are taken and lowers it by the given ones, or the other
 * way round, and each by more than random removals vary (one standard deviation; where it is not known, by anything at
 * all).
 */
export function labelsDisagree(taken: MeasuredRemoval, given: MeasuredRemoval): boolean {
  if (taken.change === null || given.change === null || !(taken.change * given.change < 0)) return false;
  return [taken, given].every(({ change, deviation }) => Math.abs(change ?? 0) > (deviation ?? 0));
}

/**
 * The same of estimated changes of the mean validation loss by removing `size` rows. The audit keeps single-row
 * effects by the labels as they are taken only: by the given ones they vary nearly as much
 * (src/worker/review/effectsService.test.ts).
 */
export function estimatesDisagree(taken: number, given: number, spread: RowSpread, size: number): boolean {
  const deviation = estimateRandomDeviation(spread, size);
  return labelsDisagree({ change: taken, deviation }, { change: given, deviation });
}
