import type { HeadSize } from '../models/headSize';
import { hessianWork, leverageWork, searchesByEstimates } from '../models/headSize';

/** A part of the search for λ: from … to of its work, 0–1. */
export interface SearchShare {
  readonly from: number;
  readonly to: number;
}

/** λ values of a path, mostly, and of one on a sample; the first begins at θ = 0 and counts twice. */
const usualPoints = 9;
const sampledPoints = 7;
/** What remains for those beyond. */
const latest = 0.97;
/** λ values that are compared on all rows after a search on a sample, mostly. */
const usualComparisons = 4;
/** Hessians of one λ, mostly. */
const usualHessians = 2;

/** Passes over the rows of one λ with estimated losses, and Gram matrices and eigenvectors of order d. */
const usualPasses = 30;
const usualGrams = 3;
const eigenWork = 9;

/** Multiply-adds of visiting one λ, about. */
function visitWork(size: HeadSize): number {
  if (searchesByEstimates(size)) {
    const { rows: n, columns: d } = size.features;
    return 2 * usualPasses * n * size.parameters + usualGrams * n * d ** 2 + eigenWork * d ** 3;
  }
  return usualHessians * hessianWork(size) + leverageWork(size);
}

/** Multiply-adds of a search, about. `sample`: where the path is followed on it. */
export function searchWork(size: HeadSize, sample?: HeadSize): number {
  if (sample === undefined) return (usualPoints + 1) * visitWork(size);
  return (sampledPoints + 1) * visitWork(sample) + usualComparisons * visitWork(size);
}

/** The share of the `done`-th λ of the path, and of the `done`-th that is compared. */
export function planSearch(
  size: HeadSize,
  sample?: HeadSize,
): { readonly ofPath: (done: number) => SearchShare; readonly ofComparison: (done: number) => SearchShare } {
  const points = sample === undefined ? usualPoints : sampledPoints;
  const path = ((points + 1) * visitWork(sample ?? size)) / searchWork(size, sample);
  const at = (done: number): number => path * Math.min(latest, (done === 0 ? 0 : done + 1) / (points + 1));
  const compared = (done: number): number => path + (1 - path) * Math.min(latest, done / usualComparisons);
  return {
    ofPath: (done) => ({ from: at(done), to: at(done + 1) }),
    ofComparison: (done) => ({ from: compared(done), to: compared(done + 1) }),
  };
}
