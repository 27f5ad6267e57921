import type { CancellationSignal } from '../../core/base/jobContext';
import type { NeighbourRequest, Neighbours } from '../../core/ranking/neighbours';
import { NearestList, squaredDistance } from './nearestList';

/**
 * Exact neighbours by looking at every pair in float64, most of them given up after a few columns. No library, one thread.
 * O(queries·references·d).
 */
export function scanNeighbours(
  { features, references, queries, k }: NeighbourRequest,
  signal: CancellationSignal,
  onBlock?: (queriesDone: number, queriesTotal: number) => void,
): Neighbours {
  const rows = new Int32Array(queries.length * k);
  const squaredDistances = new Float64Array(queries.length * k);
  const nearest = new NearestList(k);
  queries.forEach((query, q) => {
    nearest.clear();
    for (const row of references)
      if (row !== query) nearest.offer(row, squaredDistance(features, query, row, nearest.worst));
    nearest.writeTo(rows, squaredDistances, q * k);
    signal.throwIfCancelled();
    if (q % 64 === 63) onBlock?.(q + 1, queries.length);
  });
  onBlock?.(queries.length, queries.length);
  return { k, rows, squaredDistances, method: 'exact', recall: 1 };
}

/**
 * Share of the true k nearest that were found for the sampled queries (positions in `queries`). A neighbour as near as the true
 * k-th counts: among equals either is right.
 */
export function measureRecall(
  { features, references, queries, k }: NeighbourRequest,
  { squaredDistances }: Pick<Neighbours, 'squaredDistances'>,
  sample: Int32Array,
  signal: CancellationSignal,
): number {
  const exact = scanNeighbours(
    { features, references, queries: sample.map((position) => queries[position]), k },
    signal,
  );
  let hits = 0;
  let wanted = 0;
  sample.forEach((position, s) => {
    const truth = exact.squaredDistances.subarray(s * k, (s + 1) * k);
    const limit = truth.reduce((most, value) => (value < Infinity ? Math.max(most, value) : most), 0);
    for (let j = 0; j < k; j++) {
      if (truth[j] < Infinity) wanted++;
      if (squaredDistances[position * k + j] <= limit) hits++;
    }
  });
  return wanted === 0 ? 1 : hits / wanted;
}
