import { labelsDisagree } from '../review/labelsDisagree';
import { estimateRandomDeviation, type RowSpread } from './randomSets';

/**
 * The same of estimated changes of the mean validation loss by removing `size` rows. The audit keeps single-row
 * effects by the labels as they are taken only: by the given ones they vary nearly as much
 * (src/worker/review/effectsService.test.ts).
 */
export function estimatesDisagree(taken: number, given: number, spread: RowSpread, size: number): boolean {
  const deviation = estimateRandomDeviation(spread, size);
  return labelsDisagree({ change: taken, deviation }, { change: given, deviation });
}
