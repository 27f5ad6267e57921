import { createRandom } from '../../base/random';
import type { CancellationSignal } from '../../job/jobContext';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { drawRows } from '../forest/drawRows';
import { forestSeed, forestTrees, rowsOfTree } from '../forest/forestExpert';
import type { QuantisedFeatures } from '../forest/quantiseFeatures';
import { TreeGrower } from '../forest/treeGrower';
import type { Neighbours } from '../neighbours/neighbours';
import type { ExpertName } from '../suspicion/expertNames';
import type { NumberTreeRules } from './numberCutSearch';
import { NumberTrees } from './numberTrees';

/** What one source says of the label of every row, out of sample. */
export interface NumberExpert {
  readonly name: ExpertName;
  /** n predictions. */
  readonly predictions: Float64Array;
  /** n: how far labels lie apart where the row is (a standard deviation); null where the source does not tell. */
  readonly spread: Float64Array | null;
}

/** What experts learn from. */
export interface NumberTargets {
  /** n, read where `train` is not 0. */
  readonly targets: Float64Array;
  /** n: 1 = others may learn from the row. */
  readonly train: Float64Array;
}

/** Neighbours that are looked for, so that most rows have thirty when some of them are set aside. */
export const soughtNeighbours = 40;
const counts = { neighbours10: 10, neighbours30: 30 } as const;

/**
 * The mean and the standard deviation of the nearest ten or thirty rows that may be learnt from, of those that were
 * found. Rows without one get the mean of all. O(n·k).
 */
export function numberNeighbours(
  name: keyof typeof counts,
  { k, rows }: Neighbours,
  { targets, train }: NumberTargets,
): NumberExpert {
  const n = targets.length;
  const predictions = new Float64Array(n).fill(meanOf(targets, train));
  const spread = new Float64Array(n).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    let found = 0;
    let sum = 0;
    let squares = 0;
    for (let at = i * k; at < (i + 1) * k && found < counts[name] && rows[at] >= 0; at++) {
      if (train[rows[at]] === 0) continue;
      const target = targets[rows[at]];
      found++;
      sum += target;
      squares += target * target;
    }
    if (found === 0) continue;
    predictions[i] = sum / found;
    spread[i] = Math.sqrt(Math.max(0, squares / found - predictions[i] ** 2));
  }
  return { name, predictions, spread };
}

function meanOf(targets: Float64Array, train: Float64Array): number {
  let rows = 0;
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    if (train[i] === 0) continue;
    rows++;
    sum += targets[i];
  }
  return sum / rows;
}

const rulesOf = {
  forest: { cuts: 'best', minLeaf: 3, share: 1 / 3 },
  trees: { cuts: 'random', minLeaf: 1, share: 1 },
} satisfies Partial<Record<ExpertName, NumberTreeRules>>;

/** Values that the trees of both forests look at, about: at each level a third of the features, and all. */
export function numberForestSteps(rows: number, columns: number): number {
  const own = rowsOfTree(rows);
  return forestTrees * (own * (4 / 3) * columns + 2 * rows) * Math.log2(own + 1);
}

interface NumberForestInput extends NumberTargets {
  readonly features: QuantisedFeatures;
  /** Those that may be learnt from, ascending. */
  readonly trainingRows: Int32Array;
}

/**
 * A random forest for numbers (`forest`: bootstrap samples, the best cut of a third of the features, three rows in a
 * leaf) or extremely randomised trees (`trees`: bootstrap samples, a random cut of every feature, single rows), 150 of
 * them. A row's prediction is the mean of the leaves that it comes to in the trees that do not hold it, its spread the
 * square root of their mean variance and the variance of their means. Deterministic.
 * Sources: Breiman, "Random forests", 2001; Geurts, Ernst & Wehenkel, "Extremely randomized trees", 2006.
 *
 * Time O(trees·n·d·log n), memory O(n) beside the features. @throws CancelledError
 */
export function numberForest(
  name: keyof typeof rulesOf,
  { features, targets, train, trainingRows }: NumberForestInput,
  signal: CancellationSignal,
  onTree?: OnBlock,
): NumberExpert {
  const n = features.rows;
  const drawn = rowsOfTree(trainingRows.length);
  const trees = new NumberTrees(features, targets, drawn, rulesOf[name]);
  const grower = new TreeGrower(features, trees, signal);
  const weights = new Uint8Array(n);
  const seeds = createRandom(forestSeed);
  for (let tree = 0; tree < forestTrees; tree++) {
    const random = createRandom(seeds.integer(2 ** 32));
    drawRows(weights, trainingRows, drawn, random);
    grower.grow(weights, random);
    onTree?.(tree + 1, forestTrees);
  }
  const mean = meanOf(targets, train);
  const predictions = new Float64Array(n);
  const spread = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const asked = trees.trees[i];
    predictions[i] = asked === 0 ? mean : trees.means[i] / asked;
    const between = trees.squaredMeans[i] / asked - predictions[i] ** 2;
    spread[i] = Math.sqrt(Math.max(0, between) + trees.variances[i] / asked);
  }
  return { name, predictions, spread };
}
