import { InputError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { forEachRowBlock, isStored } from '../../base/featureRows';
import { gatherRows } from '../../base/gatherRows';
import type { CancellationSignal } from '../../job/jobContext';
import { WorkTicker } from '../../linalg/workTicker';
import type { NeighbourRequest, Neighbours, NeighbourSearch } from './neighbours';
import { NeighbourTable } from './neighbourTable';
import { squaredDistance } from './squaredDistance';

/** Numbers of a tile of references that stays in the cache while all queries of a block go over it: 128 KiB. */
const tileNumbers = 2 ** 14;
/** Numbers of the queries held at a time where rows are stored elsewhere: 32 MiB. */
const queryNumbers = 2 ** 22;

/** See {@link findExactNeighbours}. */
export function createExactNeighbourSearch(): NeighbourSearch {
  return {
    description: 'exact, blocked, float64',
    search: (request, { signal }, onBlock) => findExactNeighbours(request, signal, onBlock),
  };
}

/**
 * Exact neighbours by looking at every pair in float64, most of them given up after some of the columns. O(q·r·d),
 * 1.5e9 to 4e9 columns a second: fine to some 20,000 rows. Stored rows are read in order, once for every 32 MiB of
 * queries.
 * @throws CancelledError, InputError when k < 1.
 */
export function findExactNeighbours(
  { features, references, queries, k }: NeighbourRequest,
  signal: CancellationSignal,
  onBlock?: (queriesDone: number, queriesTotal: number) => void,
): Neighbours {
  if (!(k >= 1)) throw new InputError(`At least one neighbour has to be asked for, not ${k}.`);
  const d = features.columns;
  const table = new NeighbourTable(queries.length, k);
  const ticker = new WorkTicker(queries.length * references.length * (d + 4) + 1, queries.length, (done, total) => {
    signal.throwIfCancelled();
    onBlock?.(done, total);
  });
  const height = isStored(features) ? Math.max(1, Math.floor(queryNumbers / d)) : queries.length;
  for (let from = 0; from < queries.length; from += height) {
    const part = queries.subarray(from, from + height);
    const left = queryRows(features, part);
    let r0 = 0;
    forEachRowBlock(features, (block, blockFrom, count) => {
      let r1 = r0;
      while (r1 < references.length && references[r1] < blockFrom + count) r1++;
      const tile = Math.max(8, Math.floor(tileNumbers / d));
      for (; r0 < r1; r0 = Math.min(r1, r0 + tile)) {
        const stop = Math.min(r1, r0 + tile);
        for (let q = 0; q < part.length; q++) {
          const query = part[q];
          const at = left.inPlace ? query * d : q * d;
          let limit = table.limit(from + q);
          for (let r = r0; r < stop; r++) {
            const row = references[r];
            if (row === query) continue;
            const distance = squaredDistance(left.data, at, block, (row - blockFrom) * d, d, limit);
            if (distance > limit) continue;
            table.offer(from + q, row, distance);
            limit = table.limit(from + q);
          }
          ticker.tick((stop - r0) * (d + 4));
        }
      }
    });
  }
  ticker.finish();
  return { k, rows: table.rows, squaredDistances: table.squaredDistances, method: 'exact', recall: 1 };
}

/** The numbers of the queries: in place, where row numbers tell where they are, or copied one after the other. */
function queryRows(
  features: FeatureRows,
  queries: Int32Array,
): { readonly data: Float64Array; readonly inPlace: boolean } {
  if (!isStored(features)) return { data: features.data, inPlace: true };
  return { data: gatherRows(features, queries).data, inPlace: false };
}
