import { groupSize } from '../kernels/groupKernel';
import type { Tensor, TensorOps } from '../native/tensorflowBinding';
import { BestLists } from './bestLists';

/** Scores of one product: 20 MiB. */
export const mostScores = 5 * 2 ** 20;
/**
 * Queries and references of one product at most. Of equal areas one that is nearly square is scored fastest: a quarter
 * of a million rows along 64 axes at 1.1 ns a score, 256×16,384 at 2.6. Rows of scores must not lie a multiple of 4 KiB
 * apart, or they push each other out of the caches: 2048×2048 takes a tenth longer a score.
 */
const mostQueries = 2048;
export const mostReferences = 2016;
/** Blocks scored before the first is looked at in detail: 160 MiB of scores. */
export const blocksTogether = 10;
/** −½‖y‖² of what only fills up a group: no row is as far away. */
const paddingNorm = -1e38;

/**
 * References as a product takes them: rows [y, −½‖y‖²] in single precision, filled up to whole groups, so that a
 * product with queries [x, 1] is xᵀy − ½‖y‖² = ½‖x‖² − ½‖x − y‖².
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

/**
 * Offers to `best`, besides what it holds, the references of all blocks that are among the best of each query:
 * O(queries·references·columns) multiply-adds near the peak of the machine, then what {@link offerGroups} reads.
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
    best.raiseLimits(
      places,
      first.map(({ maxima }) => maxima),
    );
    for (const scores of first) {
      offerGroups(ops, scores, places, best);
      onBlock();
    }
    for (const block of blocks.slice(blocksTogether)) offerGroups(ops, score(block), places, best);
    ops.free(part);
  }
}

/**
 * Offers one block's references to the queries at `places` of `best`, which mostly know better ones already. `queries`:
 * places.length×columns, rows [x, 1].
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
  offerGroups(ops, scores, places, best);
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

/** Offers what the groups hold whose best reaches the limits: only their scores leave TensorFlow. Frees the scores. */
function offerGroups(
  ops: TensorOps,
  { block, scores, maxima }: GroupedScores,
  places: Int32Array,
  best: BestLists,
): void {
  const wanted = best.chooseGroups(places, maxima);
  if (wanted.length > 0) {
    const indices = ops.int32(wanted, [1, wanted.length]);
    const slices = ops.gatherSlices(scores, indices);
    const groups = maxima.length / places.length;
    best.offerSlices(ops.readFloat32(slices), { wanted, groups, places, positions: block.positions });
    ops.free(indices, slices);
  }
  ops.free(scores);
}

/** Lists for what {@link scoreQueries} and {@link scoreSomeQueries} find for so many queries. */
export function createBestLists(queries: number, c: number): BestLists {
  const height = Math.min(queries, mostQueries);
  return new BestLists(queries, c, {
    scores: mostScores,
    references: mostReferences,
    raisingGroups: height * blocksTogether * (mostReferences / groupSize),
  });
}
