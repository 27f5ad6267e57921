import { InputError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { type ExpertName, mostForestFeatures } from '../suspicion/expertNames';
import type { TreeRules } from './cutSearch';
import type { QuantisedFeatures } from './quantiseFeatures';

/** Trees of a forest. */
export const forestTrees = 150;
/** The seed of every forest, whatever the audit draws: the same data has the same forests. */
export const forestSeed = 0;
/** With more rows than this each tree has rows of its own, drawn without replacement. */
const mostBootstrapped = 20_000;
/** So many. */
const drawnRows = 5_000;
/** Fewer rows are no forest. */
const fewestRows = 20;

/**
 * `forest` is a random forest: bootstrap samples, the best cut of √d features, three rows in a leaf. `trees` are
 * extremely randomised trees: bootstrap samples, random cuts of √d features, single rows. Either by Gini gain.
 * Sources: Breiman, "Random forests", 2001; Geurts, Ernst & Wehenkel, "Extremely randomized trees", 2006.
 */
export const treeRules = {
  forest: { cuts: 'best', minLeaf: 3 },
  trees: { cuts: 'random', minLeaf: 1 },
} satisfies Partial<Record<ExpertName, TreeRules>>;
export type ForestName = keyof typeof treeRules;

export function isForest(name: ExpertName): name is ForestName {
  return name in treeRules;
}

/** What a forest is made of. */
export interface ForestInput {
  readonly features: QuantisedFeatures;
  /** n labels in [0, classes); −1 = unlabelled. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Labelled rows to grow from, ascending: no other row has a part in the trees. */
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

/** Rows that each tree draws, from so many. */
export function rowsOfTree(trainingRows: number): number {
  return trainingRows > mostBootstrapped ? drawnRows : trainingRows;
}

/** Values that the trees of a forest look at, about: at each level √d of their own rows and one of every row. */
export function forestSteps(rows: number, columns: number): number {
  const own = rowsOfTree(rows);
  return forestTrees * (own * Math.sqrt(columns) + rows) * Math.log2(own + 1);
}

/**
 * Why there can be no forest of these rows, in words; '' where there can. A class of one row is no hindrance: the trees
 * tell the other classes apart all the same, and out of the bag nothing is known of that row, as for every expert.
 */
export function forestHindrance({ labels, classes, trainingRows }: Omit<ForestInput, 'features'>): string {
  if (trainingRows.length < fewestRows) return `there are fewer than ${fewestRows} labelled rows`;
  const sizes = new Int32Array(classes);
  for (const row of trainingRows) sizes[labels[row]]++;
  const repeated = sizes.filter((size) => size > 1).length;
  return repeated < Math.min(2, classes) ? 'fewer than two classes have more than one labelled row' : '';
}
