import type { Neighbours } from './neighbours';

/**
 * Share of the true k nearest that were found. `truth` holds the exact answers of some of the queries: its entry s
 * belongs to position `sample[s]` of `found`. A neighbour as near as the true k-th counts: among equals either is
 * right. 1 when there was nothing to find.
 */
export function measureRecall(
  found: Pick<Neighbours, 'squaredDistances' | 'k'>,
  truth: Pick<Neighbours, 'squaredDistances'>,
  sample: Int32Array,
): number {
  const { k } = found;
  let hits = 0;
  let wanted = 0;
  for (let s = 0; s < sample.length; s++) {
    let limit = -1;
    for (let at = s * k; at < (s + 1) * k && truth.squaredDistances[at] < Infinity; at++) {
      wanted++;
      limit = truth.squaredDistances[at];
    }
    for (let at = sample[s] * k; at < (sample[s] + 1) * k; at++) if (found.squaredDistances[at] <= limit) hits++;
  }
  return wanted === 0 ? 1 : hits / wanted;
}
