import { createRandom, type Random } from '../../base/random';
import type { CancellationSignal } from '../../job/jobContext';
import type { ForestInput, ForestName } from './forestExpert';
import { forestSeed, forestTrees, rowsOfTree, treeRules } from './forestExpert';
import { shareUnit, TreeGrower, type TreeSums } from './treeGrower';

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
    this.#grower = new TreeGrower(features, input, rowsOfTree(trainingRows.length), treeRules[name], signal, sums);
    this.#weights = new Uint8Array(features.rows);
    const seeds = createRandom(forestSeed);
    this.#seeds = Float64Array.from({ length: forestTrees }, () => seeds.integer(2 ** 32));
  }

  /** Time O(n·√d·log n). @param tree below {@link forestTrees} @throws CancelledError */
  grow(tree: number): void {
    const random = createRandom(this.#seeds[tree]);
    const rows = this.#trainingRows;
    const count = rowsOfTree(rows.length);
    (count < rows.length ? drawWithout : drawWith)(this.#weights.fill(0), rows, count, random);
    this.#grower.grow(this.#weights, random);
  }
}

/** A bootstrap sample: as many draws as there are rows. */
function drawWith(weights: Uint8Array, rows: Int32Array, count: number, random: Random): void {
  for (let draw = 0; draw < count; draw++) weights[rows[random.integer(rows.length)]]++;
}

/**
 * So many different rows: each draw from the rows up to the k-th, and where that was drawn before the k-th itself
 * (Floyd).
 */
function drawWithout(weights: Uint8Array, rows: Int32Array, count: number, random: Random): void {
  for (let k = rows.length - count; k < rows.length; k++) {
    const drawn = rows[random.integer(k + 1)];
    weights[weights[drawn] === 0 ? drawn : rows[k]] = 1;
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
