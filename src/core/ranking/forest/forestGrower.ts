import { createRandom } from '../../base/random';
import type { CancellationSignal } from '../../job/jobContext';
import { ClassTrees, shareUnit, type TreeSums } from './classTrees';
import { drawRows } from './drawRows';
import type { ForestInput, ForestName } from './forestExpert';
import { forestSeed, forestTrees, rowsOfTree, treeRules } from './forestExpert';
import { TreeGrower } from './treeGrower';

/**
 * Grows any of a forest's trees, in any order: each has random numbers of its own, and what they say is added up in
 * whole numbers. Several growers with some trees each make the same forest bit by bit as one with all of them.
 */
export class ForestGrower {
  readonly #grower: TreeGrower;
  readonly #trainingRows: Int32Array;
  readonly #weights: Uint8Array;
  readonly #seeds: Float64Array;

  /** @param sums zeros, to which the trees are added; useless once a tree has been cancelled */
  constructor(name: ForestName, input: ForestInput, sums: TreeSums, signal: CancellationSignal) {
    const { features, trainingRows } = input;
    this.#trainingRows = trainingRows;
    const trees = new ClassTrees(features, input, rowsOfTree(trainingRows.length), treeRules[name], sums);
    this.#grower = new TreeGrower(features, trees, signal);
    this.#weights = new Uint8Array(features.rows);
    const seeds = createRandom(forestSeed);
    this.#seeds = Float64Array.from({ length: forestTrees }, () => seeds.integer(2 ** 32));
  }

  /** Time O(n·√d·log n). @param tree below {@link forestTrees} @throws CancelledError */
  grow(tree: number): void {
    const random = createRandom(this.#seeds[tree]);
    const rows = this.#trainingRows;
    const count = rowsOfTree(rows.length);
    drawRows(this.#weights, rows, count, random);
    this.#grower.grow(this.#weights, random);
  }
}

/**
 * What the trees of all parts say together: n×C probabilities P = (Σ shares + 1/C)/(N + 1), N the trees that do not
 * hold the row.
 */
export function joinTrees(parts: readonly TreeSums[], classes: number): Float32Array {
  const n = parts[0].trees.length;
  const out = new Float32Array(n * classes);
  const trees = new Int32Array(n);
  for (const part of parts) for (let row = 0; row < n; row++) trees[row] += part.trees[row];
  for (let row = 0, at = 0; row < n; row++) {
    const scale = 1 / (trees[row] + 1);
    for (let c = 0; c < classes; c++, at++) {
      let sum = 0;
      for (const part of parts) sum += part.shares[at];
      out[at] = (sum / shareUnit + 1 / classes) * scale;
    }
  }
  return out;
}
