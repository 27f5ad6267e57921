import type { NeighbourRequest, NeighbourSearch } from '../../core/ranking/neighbours';
import { hnswNeighbours } from './hnswNeighbours';
import { nativeNeighbours } from './nativeNeighbours';
import { scanNeighbours } from './scanNeighbours';
import type { Tensorflow } from './tensorflowBinding';

/**
 * Largest queries·references·(d + 20) for which every pair is looked at: on two cores about 100 s natively (280,000 rows of 30
 * numbers), where the graph takes as long and is not exact, and about 30 s in plain TypeScript (44,000 rows).
 */
const mostNativeWork = 4e12;
const mostPlainWork = 1e11;

function workOf({ features, references, queries }: NeighbourRequest): number {
  // A pair costs something whatever the number of columns: its score is compared.
  return references.length * queries.length * (features.columns + 20);
}

/**
 * The neighbour search of the compute thread: exact as long as that is affordable, by a graph beyond.
 * `tensorflow`: null = without native TensorFlow.
 */
export function createNeighbourSearch(tensorflow: Tensorflow | null): NeighbourSearch {
  const exact = tensorflow === null ? 'plain float64' : 'native, float32 short list ranked in float64';
  return {
    description: `exact (${exact}) while affordable, beyond that HNSW (usearch, float32, ranked in float64)`,
    search(request, context, onBlock) {
      const work = workOf(request);
      if (work > (tensorflow === null ? mostPlainWork : mostNativeWork)) {
        const found = hnswNeighbours(request, context, onBlock);
        context.log(`Neighbours by HNSW: recall ${found.recall.toFixed(4)} at k = ${request.k} on a sample.`);
        return found;
      }
      return tensorflow === null
        ? scanNeighbours(request, context.signal, onBlock)
        : nativeNeighbours(tensorflow, request, context.signal, onBlock);
    },
  };
}
