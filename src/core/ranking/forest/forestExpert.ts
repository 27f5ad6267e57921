import { InputError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { createRandom, type Random } from '../../base/random';
import type { CancellationSignal } from '../../job/jobContext';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { ExpertName } from '../suspicion/expertNames';
import type { Expert } from '../suspicion/experts';
import type { TreeRules } from './cutSearch';
import type { QuantisedFeatures } from './quantiseFeatures';
import { TreeGrower } from './treeGrower';

/** Trees of a forest. */
export const forestTrees = 150;
/** The seed of every forest, whatever the audit draws: the same data has the same forests. */
const forestSeed = 0;
/** With more training rows than this each tree has rows of its own, drawn without replacement. */
const mostBootstrapped = 20_000;
/** So many. */
const drawnRows = 5_000;
/** Fewer training rows are no forest. */
const fewestRows = 20;
/** Features after encoding, the intercept not counted: a forest is for tables. */
const mostForestFeatures = 200;

const rulesOf = {
  forest: { cuts: 'best', minLeaf: 3 },
  trees: { cuts: 'random', minLeaf: 1 },
} satisfies Partial<Record<ExpertName, TreeRules>>;
export type ForestName = keyof typeof rulesOf;

export function isForest(name: ExpertName): name is ForestName {
  return name in rulesOf;
}

/** What a forest is made of. */
interface ForestInput {
  readonly features: QuantisedFeatures;
  /** n labels in [0, classes); −1 = unlabelled. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Labelled training rows, ascending: no other row has a part in the trees. */
  readonly trainingRows: Int32Array;
}

/** @throws InputError when the features are too many for a forest */
export function checkForestFeatures(features: FeatureRows, unpenalised: readonly number[]): void {
  const count = features.columns - unpenalised.length;
  if (count <= mostForestFeatures) return;
  throw new InputError(
    `The experts forest and trees are for tables of at most ${mostForestFeatures} features after encoding, and there are ${count}. ` +
      'Leave them out, or give fewer columns the role “feature”.',
  );
}

/** Rows that each tree draws, from so many training rows. */
export function rowsOfTree(trainingRows: number): number {
  return trainingRows > mostBootstrapped ? drawnRows : trainingRows;
}

/** Why there can be no forest of these rows, in words; '' where there can. */
export function forestHindrance({ labels, classes, trainingRows }: Omit<ForestInput, 'features'>): string {
  if (trainingRows.length < fewestRows) return `there are fewer than ${fewestRows} labelled training rows`;
  const sizes = new Int32Array(classes);
  for (const row of trainingRows) sizes[labels[row]]++;
  return sizes.some((size) => size < 2) ? 'a class has fewer than two labelled training rows' : '';
}

/**
 * A random forest (`forest`: bootstrap samples, the best cut of √d features, three rows in a leaf) or extremely
 * randomised trees (`trees`: bootstrap samples, random cuts of √d features, single rows), 150 of them, by Gini gain.
 * A row's probabilities are P = (Σ shares + 1/C)/(N + 1) over the leaves that it comes to in the N trees that do not
 * hold it; for rows that are no training rows those are all trees. Deterministic.
 * Sources: Breiman, "Random forests", 2001; Geurts, Ernst & Wehenkel, "Extremely randomized trees", 2006.
 *
 * Time O(trees·n·√d·log n), memory O(n·C) beside the features. @throws CancelledError
 */
export function forestExpert(
  name: ForestName,
  input: ForestInput,
  signal: CancellationSignal,
  onTree?: OnBlock,
): Expert {
  const { features, trainingRows, classes } = input;
  const mostRows = rowsOfTree(trainingRows.length);
  const grower = new TreeGrower(features, input, mostRows, rulesOf[name], signal);
  const weights = new Uint8Array(features.rows);
  const draw = mostRows < trainingRows.length ? drawWithout : drawWith;
  const seeds = createRandom(forestSeed);
  for (let tree = 0; tree < forestTrees; tree++) {
    const random = createRandom(seeds.integer(2 ** 32));
    draw(weights.fill(0), trainingRows, mostRows, random);
    grower.grow(weights, random);
    onTree?.(tree + 1, forestTrees);
  }
  smoothShares(grower.sums, grower.trees, classes);
  return { name, probabilities: grower.sums };
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

/** From sums of shares to probabilities, in place: one share more, spread over the classes. */
function smoothShares(sums: Float32Array, trees: Uint16Array, classes: number): void {
  for (let row = 0, at = 0; row < trees.length; row++) {
    const scale = 1 / (trees[row] + 1);
    for (let c = 0; c < classes; c++, at++) sums[at] = (sums[at] + 1 / classes) * scale;
  }
}
