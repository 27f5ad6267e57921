import type { Tensor, TensorOps } from '../tensorflowBinding';
import type { BestScores } from './bestScores';

/** References whose best score stands for all of them. */
export const groupSize = 32;
/** Scores of one product: 20 MiB, in the allocator's reach for reuse. */
export const mostScores = 5 * 2 ** 20;
const mostQueries = 512;
/** References of one product at most: below, a product is still of a good shape. */
export const mostReferences = 2 ** 16;
/** −½‖y‖² of what only fills up a group: no row is as far away. */
export const paddingNorm = -1e38;

/**
 * References as a product takes them: rows [y, −½‖y‖²] in single precision, filled up to whole groups, so that a product with
 * queries [x, 1] is xᵀy − ½‖y‖² = ½‖x‖² − ½‖x − y‖².
 */
export interface ReferenceBlock {
  readonly tensor: Tensor;
  /** Position of each reference. */
  readonly positions: Int32Array;
}

/** Rows that a block of so many references has in memory. */
export function paddedCount(count: number): number {
  return Math.ceil(count / groupSize) * groupSize;
}

/** `data` holds paddedCount(positions.length)×columns numbers; the rows beyond the references are filled in here. */
export function createReferenceBlock(
  ops: TensorOps,
  data: Float32Array,
  columns: number,
  positions: Int32Array,
): ReferenceBlock {
  const padded = paddedCount(positions.length);
  data.fill(0, positions.length * columns, padded * columns);
  for (let r = positions.length; r < padded; r++) data[(r + 1) * columns - 1] = paddingNorm;
  return { tensor: ops.float32(data.subarray(0, padded * columns), [padded, columns]), positions };
}

/** Room for the scores of {@link scoreQueries}, kept until the scope ends. */
export function keepScoreRoom(ops: TensorOps): void {
  ops.keepRoom(4 * mostScores);
}

/**
 * Offers to `best`, besides what it holds, the best references of each query: all with a score above that of the c-th best group. Those are the c best of all, as
 * every one of the c best groups has a member that is as good. Only the c groups' scores leave TensorFlow: O(queries·references·columns)
 * multiply-adds near the peak of the machine, then c·32 numbers a query.
 * `queries`: height×columns, rows [x, 1].
 */
export function scoreQueries(
  ops: TensorOps,
  queries: Float32Array,
  height: number,
  blocks: readonly ReferenceBlock[],
  best: BestScores,
  onBlock: () => void,
): void {
  const columns = queries.length / height;
  for (const block of blocks) {
    const most = Math.max(16, Math.min(mostQueries, Math.floor(mostScores / block.tensor.shape[0])));
    for (let from = 0; from < height; from += most) {
      const count = Math.min(most, height - from);
      const left = ops.float32(queries.subarray(from * columns, (from + count) * columns), [count, columns]);
      const scores = ops.matMul(left, block.tensor, { b: true });
      if (block.tensor.shape[0] <= 4 * groupSize * best.c) offerAll(ops.readFloat32(scores), from, count, block, best);
      else offerBestGroups(ops, scores, from, block, best);
      ops.free(left, scores);
      onBlock();
    }
  }
}

/**
 * Offers one block's references to the queries at `places` of `best`, which mostly know better ones already: only the scores of groups
 * whose best is as good as the worst that a query holds leave TensorFlow. `queries`: places.length×columns, rows [x, 1].
 */
export function scoreSomeQueries(
  ops: TensorOps,
  queries: Float32Array,
  places: Int32Array,
  block: ReferenceBlock,
  best: BestScores,
): void {
  const count = places.length;
  const [width, columns] = block.tensor.shape;
  const groups = width / groupSize;
  const left = ops.float32(queries, [count, columns]);
  const scores = ops.matMul(left, block.tensor, { b: true });
  const grouped = ops.reshape(scores, [1, count * groups, groupSize]);
  const largest = ops.max(grouped, 2);
  const maxima = ops.readFloat32(largest);
  ops.free(left, scores, largest);
  const wanted = new Int32Array(count * groups);
  let found = 0;
  for (let i = 0, at = 0; i < count; i++) {
    const threshold = best.threshold(places[i]);
    for (let g = 0; g < groups; g++, at++) if (maxima[at] >= threshold) wanted[found++] = at;
  }
  if (found > 0) {
    const indices = ops.int32(wanted.subarray(0, found), [1, found]);
    const slices = ops.gatherSlices(grouped, indices);
    offerSlices(ops.readFloat32(slices), wanted.subarray(0, found), groups, places, block.positions, best);
    ops.free(indices, slices);
  }
  ops.free(grouped);
}

/** Slice w holds the scores of group wanted[w] mod `groups` of query wanted[w] / `groups`. */
function offerSlices(
  slices: Float32Array,
  wanted: Int32Array,
  groups: number,
  places: Int32Array,
  positions: Int32Array,
  best: BestScores,
): void {
  for (let w = 0; w < wanted.length; w++) {
    const i = Math.floor(wanted[w] / groups);
    const first = (wanted[w] - i * groups) * groupSize;
    const end = Math.min(groupSize, positions.length - first);
    let threshold = best.threshold(places[i]);
    for (let r = 0; r < end; r++) {
      const score = slices[w * groupSize + r];
      if (score < threshold) continue;
      best.offer(places[i], positions[first + r], score);
      threshold = best.threshold(places[i]);
    }
  }
}

function offerAll(scores: Float32Array, from: number, count: number, block: ReferenceBlock, best: BestScores): void {
  const width = block.tensor.shape[0];
  const { positions } = block;
  for (let q = 0; q < count; q++) {
    let threshold = best.threshold(from + q);
    for (let r = 0; r < positions.length; r++) {
      const score = scores[q * width + r];
      if (score < threshold) continue;
      best.offer(from + q, positions[r], score);
      threshold = best.threshold(from + q);
    }
  }
}

function offerBestGroups(ops: TensorOps, scores: Tensor, from: number, block: ReferenceBlock, best: BestScores): void {
  const [count, width] = scores.shape;
  const { positions } = block;
  const t = best.c;
  const grouped = ops.reshape(scores, [count, width / groupSize, groupSize]);
  const maxima = ops.max(grouped, 2);
  const top = ops.topK(maxima, t);
  const slices = ops.gatherSlices(grouped, top.columns);
  const [values, groups, members] = [ops.readFloat32(top.values), ops.readInt32(top.columns), ops.readFloat32(slices)];
  ops.free(grouped, maxima, top.values, top.columns, slices);
  for (let q = 0; q < count; q++) {
    let threshold = Math.max(best.threshold(from + q), values[q * t + t - 1]);
    for (let g = 0; g < t; g++) {
      // Groups come best first: from here on nothing is good enough.
      if (values[q * t + g] < threshold) break;
      const first = groups[q * t + g] * groupSize;
      const end = Math.min(groupSize, positions.length - first);
      const at = (q * t + g) * groupSize;
      for (let r = 0; r < end; r++) {
        if (members[at + r] < threshold) continue;
        best.offer(from + q, positions[first + r], members[at + r]);
        threshold = Math.max(threshold, best.threshold(from + q));
      }
    }
  }
}
