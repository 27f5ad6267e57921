import { InputError } from '../../core/base/errors';
import { findExactNeighbours } from '../../core/ranking/neighbours/exactNeighbours';
import type { NeighbourRequest, NeighbourSearch } from '../../core/ranking/neighbours/neighbours';
import type { SearchThread } from './beside/searchThread';
import type { MeasureTogether } from './beside/sharedMeasuring';
import type { Tensorflow } from './native/tensorflowBinding';
import { findInCells } from './neighbours/cellNeighbours';
import { findInGraph } from './neighbours/hnswNeighbours';
import { findExactNatively } from './neighbours/nativeExact';
import { planNeighbours } from './neighbours/planNeighbours';
import { exactSeconds, mostExactSeconds, mostRowBytes, nativeStartSeconds } from './neighbours/searchCosts';

interface NeighbourSearchOptions {
  /** Where searches can go on beside other work; they need native TensorFlow. */
  readonly thread?: SearchThread | undefined;
  /** Measures candidates, where all rows are held: with another thread's help. */
  readonly measure?: MeasureTogether | undefined;
}

/**
 * The neighbour search of the compute thread: exact as long as that is cheap, approximate beyond, and exact again where
 * the approximate one would find too little and time allows. `tensorflow`: null = without native TensorFlow.
 */
export function createNeighbourSearch(
  tensorflow: Tensorflow | null,
  { thread, measure }: NeighbourSearchOptions = {},
): NeighbourSearch {
  const description =
    tensorflow === null
      ? 'exact (plain float64) while affordable, beyond that HNSW over principal axes (usearch)'
      : 'exact (native, float32 short list; few rows plain float64) while affordable, beyond that cells over principal axes; ranked in float64';
  return {
    description,
    search(request, context, onBlock) {
      const { references, queries, features, k } = request;
      if (!(k >= 1)) throw new InputError(`At least one neighbour has to be asked for, not ${k}.`);
      const report = (share: number): void => onBlock?.(Math.floor(share * queries.length), queries.length);
      const { method } = planNeighbours(queries.length, references.length, features.columns, tensorflow !== null);
      if (tensorflow === null || queries.length === 0 || references.length === 0) {
        if (method === 'exact') return findExactNeighbours(request, context.signal, onBlock);
        return findInGraph(request, context, report);
      }
      if (method === 'exact') {
        const plain = exactSeconds(queries.length, references.length, features.columns, false);
        if (plain <= nativeStartSeconds) return findExactNeighbours(request, context.signal, onBlock);
        return findExactNatively(tensorflow, request, context, report);
      }
      let reached = 0;
      const onShare = (share: number): void => {
        reached = share;
        report(share);
      };
      const approximate = findInCells(tensorflow, request, context, exactLimit(request), onShare, measure);
      if (approximate !== null) return approximate;
      return findExactNatively(tensorflow, request, context, (share) => report(reached + (1 - reached) * share));
    },
    ...(thread === undefined || tensorflow === null
      ? {}
      : { begin: (request, seed, context) => thread.begin(request, seed, context) }),
  };
}

/** Seconds that exact search may take; none where the references do not fit into the memory for them. */
function exactLimit({ references, features }: NeighbourRequest): number {
  return 4 * references.length * (features.columns + 1) <= mostRowBytes ? mostExactSeconds : 0;
}
