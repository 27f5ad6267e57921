import type { Tensor, TensorOps } from '../tensorflowBinding';
import { BestLists, groupSize } from './bestLists';

/** Scores of one product: 20 MiB, in the allocator's reach for reuse. */
export const mostScores = 5 * 2 ** 20;
/**
 * Queries and references of one product at most. Of equal areas a square is scored fastest: a quarter of a million rows along 64 axes at
 * 1.1 ns a score, 256×16,384 at 2.6.
 */
const mostQueries = 2048;
export const mostReferences = 2048;
/** Blocks scored before the first is looked at in detail: 160 MiB of scores. */
const blocksTogether = 10;
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
 * Offers to `best`, besides what it holds, the references of all blocks that are among the best of each query: O(queries·references·columns)
 * multiply-adds near the peak of the machine, then what {@link offerGroups} reads.
 * `queries`: height×columns, rows [x, 1]; query i is the i-th of `best`.
 */
export function scoreQueries(
  ops: TensorOps,
  queries: Float32Array,
  height: number,
  blocks: readonly ReferenceBlock[],
  best: BestLists,
  onBlock: () => void,
): void {
  const columns = queries.length / height;
  for (let from = 0; from < height; from += mostQueries) {
    const count = Math.min(mostQueries, height - from);
    const part = ops.float32(queries.subarray(from * columns, (from + count) * columns), [count, columns]);
    const places = Int32Array.from({ length: count }, (_, i) => from + i);
    const score = (block: ReferenceBlock): GroupedScores => {
      const scores = scoreGroups(ops, part, block);
      onBlock();
      return scores;
    };
    // The first ones together: their best groups tell what need not be looked at in detail.
    const first = blocks.slice(0, blocksTogether).map(score);
    const thresholds = best.thresholds(places);
    raiseThresholds(thresholds, first, best.c);
    best.raiseThresholds(places, thresholds);
    for (const scores of first) {
      offerGroups(ops, scores, places, thresholds, best);
      onBlock();
    }
    for (const block of blocks.slice(blocksTogether)) {
      offerGroups(ops, score(block), places, best.thresholds(places), best);
    }
    ops.free(part);
  }
}

/**
 * Offers one block's references to the queries at `places` of `best`, which mostly know better ones already. `queries`: places.length×columns,
 * rows [x, 1].
 */
export function scoreSomeQueries(
  ops: TensorOps,
  queries: Float32Array,
  places: Int32Array,
  block: ReferenceBlock,
  best: BestLists,
): void {
  const left = ops.float32(queries, [places.length, queries.length / places.length]);
  const scores = scoreGroups(ops, left, block);
  ops.free(left);
  offerGroups(ops, scores, places, best.thresholds(places), best);
}

/** Scores of a block, in TensorFlow's memory, and the best of each group. */
interface GroupedScores {
  readonly block: ReferenceBlock;
  /** [1, queries·groups, groupSize]. */
  readonly scores: Tensor;
  /** queries×groups. */
  readonly maxima: Float32Array;
}

function scoreGroups(ops: TensorOps, queries: Tensor, block: ReferenceBlock): GroupedScores {
  const groups = (queries.shape[0] * block.tensor.shape[0]) / groupSize;
  const products = ops.matMul(queries, block.tensor, { b: true });
  const scores = ops.reshape(products, [1, groups, groupSize]);
  const largest = ops.max(scores, 2);
  const maxima = ops.readFloat32(largest);
  ops.free(products, largest);
  return { block, scores, maxima };
}

/** Raises each query's threshold to the best of its c-th best group: each of those has a member that is as good. */
function raiseThresholds(thresholds: Float32Array, parts: readonly GroupedScores[], c: number): void {
  const groupsOf = ({ maxima }: GroupedScores): number => maxima.length / thresholds.length;
  const all = new Float32Array(parts.reduce((sum, part) => sum + groupsOf(part), 0));
  if (all.length < c) return;
  for (let i = 0; i < thresholds.length; i++) {
    let filled = 0;
    for (const part of parts) {
      const groups = groupsOf(part);
      all.set(part.maxima.subarray(i * groups, (i + 1) * groups), filled);
      filled += groups;
    }
    thresholds[i] = Math.max(thresholds[i], selectLargest(all, c));
  }
}

/** The c-th largest number; reorders them. Hoare's quickselect, in place: O(count). */
export function selectLargest(numbers: Float32Array, c: number): number {
  let low = 0;
  let high = numbers.length - 1;
  const wanted = c - 1;
  while (low < high) {
    const pivot = numbers[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (numbers[i] > pivot) i++;
      while (numbers[j] < pivot) j--;
      if (i > j) break;
      const held = numbers[i];
      numbers[i++] = numbers[j];
      numbers[j--] = held;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return numbers[wanted];
}

/**
 * Offers what the groups hold whose best reaches the thresholds: only their scores leave TensorFlow. Frees the scores.
 */
function offerGroups(
  ops: TensorOps,
  { block, scores, maxima }: GroupedScores,
  places: Int32Array,
  thresholds: Float32Array,
  best: BestLists,
): void {
  const groups = maxima.length / places.length;
  const wanted = new Int32Array(maxima.length);
  let found = 0;
  for (let i = 0, at = 0; i < places.length; i++) {
    const threshold = thresholds[i];
    for (let g = 0; g < groups; g++, at++) if (maxima[at] >= threshold) wanted[found++] = at;
  }
  if (found > 0) {
    const named = wanted.subarray(0, found);
    const indices = ops.int32(named, [1, found]);
    const slices = ops.gatherSlices(scores, indices);
    best.offerSlices(ops.readFloat32(slices), { wanted: named, groups, places, positions: block.positions });
    ops.free(indices, slices);
  }
  ops.free(scores);
}

/** Lists for what {@link scoreQueries} and {@link scoreSomeQueries} find for so many queries. */
export function createBestLists(queries: number, c: number): BestLists {
  return new BestLists(queries, c, { scores: mostScores, references: mostReferences });
}
