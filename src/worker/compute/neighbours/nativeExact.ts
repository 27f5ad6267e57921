import { forEachRowBlock } from '../../../core/base/featureRows';
import { gatherRows } from '../../../core/base/gatherRows';
import { CandidateRanker } from '../../../core/ranking/neighbours/candidateRanker';
import { DuplicateFinder } from '../../../core/ranking/neighbours/duplicateRows';
import type { NeighbourContext, NeighbourRequest, Neighbours } from '../../../core/ranking/neighbours/neighbours';
import { openKernelRoom } from '../kernels/distanceKernel';
import type { Tensorflow } from '../native/tensorflowBinding';
import { centreRows, meanOfRows } from './projectedRows';
import type { ReferenceBlock } from './scoreKernel';
import { createBestLists, createReferenceBlock, mostReferences, paddedCount, scoreQueries } from './scoreKernel';

/** Candidates beyond k: the query itself, and what rounding may reorder. */
const spare = 6;
/** Rows that the centre comes from: any point among the rows keeps the scores accurate. */
const centreRowCount = 1024;
/** Shares of the progress bar. */
const loadShare = 0.1;
const rankShare = 0.2;

/**
 * Exact neighbours by brute force on native TensorFlow: scores of all pairs in single precision, and the best k + 6 of
 * each query measured in float64. Exact but for neighbours whose distances differ by less than the rounding of a score,
 * about 1e-7 of the rows' squared distances from the middle; duplicates are found in any case.
 *
 * O(queries·references·d) multiply-adds near the peak of the machine; memory 4·references·(d + 1) bytes and some 60 MB,
 * and 4·queries·(k + 6) and up to 400 MiB to measure in.
 */
export function findExactNatively(
  tensorflow: Tensorflow,
  request: NeighbourRequest,
  { signal }: Pick<NeighbourContext, 'signal'>,
  onBlock: (share: number) => void,
): Neighbours {
  const { features, references, queries, k } = request;
  const { rows: n, columns: d } = features;
  const c = k + spare;
  const step = (share: number): void => {
    signal.throwIfCancelled();
    onBlock(share);
  };
  const ranker = tensorflow.scope((ops) => {
    const finder = new DuplicateFinder(n);
    const mean = roughMean(request);
    const blocks: ReferenceBlock[] = [];
    let filling = new Float32Array(0);
    let filled = 0;
    let r = 0;
    let centred = new Float32Array(0);
    forEachRowBlock(features, (block, from, count) => {
      finder.add(block, from, count);
      if (r < references.length && references[r] < from + count) {
        if (centred.length < count * (d + 1)) centred = new Float32Array(count * (d + 1));
        centreRows(block, count, mean, centred);
      }
      for (; r < references.length && references[r] < from + count; r++) {
        if (filled === 0) {
          const size = Math.min(mostReferences, references.length - r);
          filling = new Float32Array(paddedCount(size) * (d + 1));
        }
        const i = references[r] - from;
        filling.set(centred.subarray(i * (d + 1), (i + 1) * (d + 1)), filled * (d + 1));
        if (++filled === mostReferences || r === references.length - 1) {
          const positions = references.subarray(r + 1 - filled, r + 1);
          blocks.push(createReferenceBlock(ops, filling, d + 1, positions));
          filled = 0;
        }
      }
      step((loadShare * (from + count)) / n);
    });
    const found = new CandidateRanker(request, finder.finish(), c, { openRoom: openKernelRoom });
    const share = 1 - loadShare - rankShare;
    const height = Math.max(1, Math.floor(2 ** 20 / d));
    const best = createBestLists(height, c);
    let q = 0;
    let operand = new Float32Array(0);
    forEachRowBlock(features, (block, from, count) => {
      const first = q;
      while (q < queries.length && queries[q] < from + count) q++;
      const asked = Int32Array.from({ length: q - first }, (_, i) => first + i).filter((at) => !found.isComplete(at));
      if (asked.length === 0) return;
      if (centred.length < count * (d + 1)) centred = new Float32Array(count * (d + 1));
      centreRows(block, count, mean, centred);
      if (operand.length !== asked.length * (d + 1)) operand = new Float32Array(asked.length * (d + 1));
      asked.forEach((at, i) => {
        const row = queries[at] - from;
        operand.set(centred.subarray(row * (d + 1), (row + 1) * (d + 1)), i * (d + 1));
        operand[i * (d + 1) + d] = 1;
      });
      let products = 0;
      best.clear(asked.length);
      scoreQueries(ops, operand, asked.length, blocks, best, () => {
        products++;
        // Not known how many products there are; the share only has to grow.
        const part = 1 - 0.97 ** products;
        step(loadShare + (share * (first + part * (q - first))) / queries.length);
      });
      asked.forEach((at, i) => {
        found.offer(at, best.best(i));
        if (i % 256 === 255) signal.throwIfCancelled();
      });
      step(loadShare + (share * q) / queries.length);
    });
    return found;
  });
  const table = ranker.finish((share) => step(1 - rankShare + rankShare * share));
  return { k, rows: table.rows, squaredDistances: table.squaredDistances, method: 'exact', recall: 1 };
}

function roughMean({ features, references }: NeighbourRequest): Float64Array {
  const count = Math.min(centreRowCount, references.length);
  const rows = Int32Array.from({ length: count }, (_, i) => references[Math.floor((i * references.length) / count)]);
  return meanOfRows(gatherRows(features, rows));
}
