import type { FeatureRows } from '../base/featureRows';
import { searchWork } from '../l2/searchShares';

/** Two passes over the rows, which may be on disk, come before the first λ. */
const passesShare = 0.02;
/** Multiply-adds that a row's coordinates take for each of the rows before it, features aside: exact ones, and slow. */
const coordinateWork = 6;

/** Multiply-adds of finding the coordinates of n rows of more than n features, about. */
export function rowSpaceWork(n: number, d: number): number {
  return n * n * (d + coordinateWork * n);
}

/**
 * The share of the stage `lambda` that opening a problem is, about: reading it, and where rows are fewer than features
 * finding their coordinates. `outputs`: of the head.
 */
export function openingShare({ rows: n, columns: d }: FeatureRows, outputs: number, l2: number | 'auto'): number {
  if (l2 !== 'auto') return 1;
  if (n + 1 >= d) return passesShare;
  const opening = rowSpaceWork(n, d);
  const searching = searchWork({ outputs, parameters: outputs * n, features: { rows: n, columns: n } });
  return opening / (opening + searching);
}
