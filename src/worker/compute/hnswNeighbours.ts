import type { JobContext } from '../../core/base/jobContext';
import type { Matrix } from '../../core/base/matrix';
import type { NeighbourRequest, Neighbours } from '../../core/ranking/neighbours';
import { moduleRequire } from './moduleRequire';
import { NearestList, squaredDistance } from './nearestList';
import { measureRecall } from './scanNeighbours';

import type * as Usearch from 'usearch';

/** Rows handed to the index in one call: well below 100 ms, so that cancelling takes effect. */
const addBatch = 64;
const searchBatch = 128;
/** Edges of a node, and candidates kept while adding and searching: recall at k = 30 above 0.95 on 200,000 × 30. */
const connectivity = 24;
const expansionAdd = 100;
const expansionSearch = 80;
/** Asked for beyond k: the query itself, and what double precision may reorder. */
const spare = 10;
/** Queries on which recall is measured. */
const sampleSize = 200;

/** Shares of the progress bar: adding takes about as long as searching. */
const addShare = 0.5;

/**
 * Approximate neighbours by a hierarchical navigable small-world graph (usearch; Malkov & Yashunin 2018) in single precision;
 * the candidates are ranked again in float64. Rows are added by one thread, so the same input gives the same graph.
 * The recall on a seeded sample of at least 200 queries (all of them if fewer) is measured and returned.
 * O((references + queries)·log(references)·d); memory about 4·references·(d + 2·connectivity) bytes.
 */
export function hnswNeighbours(
  { features, references, queries, k }: NeighbourRequest,
  { signal, random }: Pick<JobContext, 'signal' | 'random'>,
  onBlock?: (queriesDone: number, queriesTotal: number) => void,
): Neighbours {
  const { Index, MetricKind, ScalarKind } = moduleRequire()('usearch') as typeof Usearch;
  const index = new Index({
    dimensions: features.columns,
    metric: MetricKind.L2sq,
    quantization: ScalarKind.F32,
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: Math.max(expansionSearch, 2 * k),
    multi: false,
  });
  const report = (share: number): void => onBlock?.(Math.floor(share * queries.length), queries.length);
  for (let from = 0; from < references.length;) {
    // The index grows when it is about to be full and then prepares for the threads of that call only: let it grow on
    // single rows, whose order no number of threads can change, so that several threads may search afterwards.
    const room = Number(index.capacity()) - Number(index.size()) - 1;
    const count = Math.max(1, Math.min(addBatch, room));
    const part = references.subarray(from, from + count);
    index.add(BigUint64Array.from(part, BigInt), gather(features, part), count === 1 ? 0 : 1);
    from += count;
    signal.throwIfCancelled();
    report((addShare * from) / references.length);
  }
  const rows = new Int32Array(queries.length * k);
  const squaredDistances = new Float64Array(queries.length * k);
  const nearest = new NearestList(k);
  const asked = Math.min(references.length, k + spare);
  for (let from = 0; from < queries.length; from += searchBatch) {
    const part = queries.subarray(from, from + searchBatch);
    const found = index.search(gather(features, part), asked, 0);
    part.forEach((query, q) => {
      nearest.clear();
      const end = q * asked + foundFor(found, q);
      for (let j = q * asked; j < end; j++) {
        const row = Number(found.keys[j]);
        if (row !== query) nearest.offer(row, squaredDistance(features, query, row, nearest.worst));
      }
      nearest.writeTo(rows, squaredDistances, (from + q) * k);
    });
    signal.throwIfCancelled();
    report(addShare + (1 - addShare) * ((from + part.length) / queries.length));
  }
  const answer = { k, rows, squaredDistances };
  const recall = measureRecall(
    { features, references, queries, k },
    answer,
    drawSample(queries.length, random),
    signal,
  );
  return { ...answer, method: 'approximate', recall };
}

/** Neighbours found for query q of a batch; usearch gives a single query back in another shape than several. */
function foundFor(found: Usearch.Matches | Usearch.BatchMatches, q: number): number {
  return 'counts' in found ? Number(found.counts[q]) : found.keys.length;
}

function gather({ data, columns }: Matrix, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => out.set(data.subarray(row * columns, (row + 1) * columns), i * columns));
  return out;
}

function drawSample(count: number, random: JobContext['random']): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  if (count <= sampleSize) return order;
  random.shuffle(order);
  return order.slice(0, sampleSize).sort();
}
