import type { CancellationSignal } from '../../core/base/jobContext';
import type { NeighbourRequest, Neighbours } from '../../core/ranking/neighbours';
import { NearestList, squaredDistance } from './nearestList';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** Queries and references of one product: 16 MiB of scores, about 3 ms, still in the allocator's reach for reuse. */
const queryBlock = 1024;
const referenceBlock = 4096;
/** Groups looked into beyond those that must hold the answer: single precision may swap near ties. */
const spareGroups = 3;

/** Share of the time of a query block that goes into its scores; the rest is ranking in float64. */
const scoringShare = 0.7;

/** References whose best score stands for all of them: fewer for wide rows, whose distances cost more to recompute. */
function groupSizeFor(columns: number): number {
  return columns <= 64 ? 32 : 16;
}

/**
 * Exact neighbours by brute force on native TensorFlow: 2xᵀy − ‖y‖² for a block of queries and references in single precision,
 * of which only the best of every group of references is kept; the k+1 groups with the best scores contain the k
 * nearest (each shows a reference at least as near as its group's best). Their members' distances are then computed in
 * float64. Exact but for near ties closer than the rounding of a score (about 1e-7 of the rows' squared norms).
 *
 * O(queries·references·d) multiply-adds, near the peak of the machine; memory 4·references·(d + 1) bytes and some 50 MB.
 */
export function nativeNeighbours(
  tensorflow: Tensorflow,
  { features, references, queries, k }: NeighbourRequest,
  signal: CancellationSignal,
  onBlock?: (queriesDone: number, queriesTotal: number) => void,
): Neighbours {
  const rows = new Int32Array(queries.length * k).fill(-1);
  const squaredDistances = new Float64Array(queries.length * k).fill(Infinity);
  const answer: Neighbours = { k, rows, squaredDistances, method: 'exact', recall: 1 };
  if (queries.length === 0 || references.length === 0) return answer;
  const group = groupSizeFor(features.columns);
  const nearest = new NearestList(k);
  tensorflow.scope((ops) => {
    const center = meanOf(features.data, features.columns, references);
    const blocks = loadReferences(ops, features.data, features.columns, references, center, group, signal);
    ops.keepRoom(4 * queryBlock * referenceBlock);
    for (let q0 = 0; q0 < queries.length; q0 += queryBlock) {
      const part = queries.subarray(q0, Math.min(queries.length, q0 + queryBlock));
      const left = ops.float32(augmentQueries(features.data, features.columns, part, center), [
        part.length,
        features.columns + 1,
      ]);
      const { groups, perQuery } = bestGroups(ops, left, blocks, group, k, (share) => {
        signal.throwIfCancelled();
        onBlock?.(q0 + Math.floor(scoringShare * share * part.length), queries.length);
      });
      ops.free(left);
      for (let q = 0; q < part.length; q++) {
        nearest.clear();
        for (let g = 0; g < perQuery; g++) {
          const first = groups[q * perQuery + g] * group;
          const end = Math.min(first + group, references.length);
          for (let r = first; r < end; r++) {
            const row = references[r];
            if (row !== part[q]) nearest.offer(row, squaredDistance(features, part[q], row, nearest.worst));
          }
        }
        nearest.writeTo(rows, squaredDistances, (q0 + q) * k);
        if (q % 128 === 127) signal.throwIfCancelled();
      }
      onBlock?.(q0 + part.length, queries.length);
      signal.throwIfCancelled();
    }
  });
  return answer;
}

function meanOf(data: Float64Array, d: number, rows: Int32Array): Float64Array {
  const mean = new Float64Array(d);
  for (const row of rows) for (let j = 0; j < d; j++) mean[j] += data[row * d + j];
  return mean.map((sum) => sum / rows.length);
}

/** The references as (d+1)×block matrices: their coordinates about `center`, and −‖y‖² in the last row. */
function loadReferences(
  ops: TensorOps,
  data: Float64Array,
  d: number,
  references: Int32Array,
  center: Float64Array,
  group: number,
  signal: CancellationSignal,
): Tensor[] {
  const blocks: Tensor[] = [];
  for (let from = 0; from < references.length; from += referenceBlock) {
    const count = Math.min(referenceBlock, references.length - from);
    const width = Math.ceil(count / group) * group;
    const block = new Float32Array((d + 1) * width);
    // Padding that fills the last group is farther away than any row.
    block.fill(-3e38, d * width + count);
    for (let r = 0; r < count; r++) {
      const row = references[from + r] * d;
      let norm = 0;
      for (let j = 0; j < d; j++) {
        const value = Math.fround(data[row + j] - center[j]);
        block[j * width + r] = value;
        norm += value * value;
      }
      block[d * width + r] = -norm;
    }
    blocks.push(ops.float32(block, [d + 1, width]));
    signal.throwIfCancelled();
  }
  return blocks;
}

/** Rows [2x, 1], so that a product with the references' columns is 2xᵀy − ‖y‖² = ‖x‖² − ‖x − y‖². */
function augmentQueries(data: Float64Array, d: number, queries: Int32Array, center: Float64Array): Float32Array {
  const block = new Float32Array(queries.length * (d + 1));
  queries.forEach((row, q) => {
    const at = q * (d + 1);
    for (let j = 0; j < d; j++) block[at + j] = 2 * (data[row * d + j] - center[j]);
    block[at + d] = 1;
  });
  return block;
}

/** For each query the numbers of the groups with the best scores, best first. */
function bestGroups(
  ops: TensorOps,
  queries: Tensor,
  blocks: readonly Tensor[],
  group: number,
  k: number,
  onBlock: (share: number) => void,
): { readonly groups: Int32Array; readonly perQuery: number } {
  const count = queries.shape[0];
  const best = blocks.map((block, index) => {
    const width = block.shape[1];
    const scores = ops.matMul(queries, block);
    const grouped = ops.reshape(scores, [(count * width) / group, group]);
    const flat = ops.max(grouped, 1);
    const maxima = ops.reshape(flat, [count, width / group]);
    ops.free(scores, grouped, flat);
    onBlock((index + 1) / blocks.length);
    return maxima;
  });
  const all = ops.concatColumns(best);
  // One more than k: the query itself may be among the references.
  const perQuery = Math.min(all.shape[1], k + 1 + spareGroups);
  const { values, columns } = ops.topK(all, perQuery);
  const groups = ops.readInt32(columns);
  ops.free(...best, all, values, columns);
  return { groups, perQuery };
}
