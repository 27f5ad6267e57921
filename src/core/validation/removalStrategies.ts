import { BugError, InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { forEachRowBlock, readRows } from '../base/featureRows';
import type { Random } from '../base/random';

/**
 * Ways to choose rows to remove, for measuring how far predictions can be trusted (the RIF paper's protocol, arXiv
 * 2506.06656, section 5; after Koh et al. 2019): `random`; `feature`: the rows nearest to a random row in one random
 * feature; `distance`: the rows nearest to a random row; `loss`: the rows with the highest loss.
 */
export const removalStrategies = ['random', 'feature', 'distance', 'loss'] as const;
export type RemovalStrategy = (typeof removalStrategies)[number];

export const strategyDescriptions: Readonly<Record<RemovalStrategy, string>> = {
  random: 'rows drawn at random',
  feature: 'rows nearest to a random row in one feature',
  distance: 'rows nearest to a random row',
  loss: 'rows with the highest loss',
};

/** Shares of the training rows that are removed, 0.1 % to 5 %. */
export const defaultRemovalShares = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05] as const;

/** What strategies choose from. */
export interface StrategyRows {
  readonly features: FeatureRows;
  /** Numbers of the training rows, ascending. */
  readonly train: Int32Array;
  /** Loss at θ̂ of each training row, in the order of `train`. */
  readonly losses: Float64Array;
}

/** Rows for each share: round(share·n), at least 1 and at most n − 1; without repetitions, ascending. */
export function removalSizes(trainRows: number, shares: readonly number[]): number[] {
  if (trainRows < 2) throw new InputError('At least two training rows are needed to remove some of them.');
  const sizes = shares.map((share) => {
    if (!(share > 0 && share < 1)) throw new InputError(`A share of the rows lies between 0 and 1, not at ${share}.`);
    return Math.min(trainRows - 1, Math.max(1, Math.round(share * trainRows)));
  });
  return [...new Set(sizes)].sort((a, b) => a - b);
}

/**
 * `size` row numbers by a strategy, ascending. Deterministic for a given state of `random`. `repetition`: how often
 * this strategy has been asked for this size; only `loss` depends on it. `feature` and `distance`: O(n·d).
 */
export function chooseRemovalSet(
  strategy: RemovalStrategy,
  rows: StrategyRows,
  size: number,
  random: Random,
  repetition = 0,
): Int32Array {
  if (!(size >= 1 && size <= rows.train.length)) {
    throw new BugError(`${size} of ${rows.train.length} training rows cannot be chosen.`);
  }
  switch (strategy) {
    case 'random':
      return chooseRandom(rows.train, size, random);
    case 'feature':
      return chooseByFeature(rows, size, random);
    case 'distance':
      return chooseByDistance(rows, size, random);
    case 'loss':
      return chooseByLoss(rows, size, random, repetition === 0 ? 1 : 0.5);
  }
}

/** `size` of `candidates` without repetition, each set equally likely; ascending. */
export function chooseRandom(candidates: Int32Array, size: number, random: Random): Int32Array {
  const drawn = candidates.slice();
  random.shuffle(drawn);
  return drawn.slice(0, size).sort();
}

/**
 * The rows whose value of one random feature (of those that vary) is nearest to that of a random row; equal distances
 * by lot.
 */
function chooseByFeature({ features, train }: StrategyRows, size: number, random: Random): Int32Array {
  const varying = varyingFeatures(features, train);
  if (varying.length === 0) return chooseRandom(train, size, random);
  const feature = varying[random.integer(varying.length)];
  const centre = readOne(features, train[random.integer(train.length)])[feature];
  const distances = mapTrainingRows(features, train, (block, from) => Math.abs(block[from + feature] - centre));
  return nearest(train, distances, size, random);
}

/**
 * The rows nearest to a random row in the space of the features (Euclidean), that row among them; equal distances by
 * lot.
 */
function chooseByDistance({ features, train }: StrategyRows, size: number, random: Random): Int32Array {
  const centre = readOne(features, train[random.integer(train.length)]);
  const distances = mapTrainingRows(features, train, (block, from) => {
    let sum = 0;
    for (let j = 0; j < centre.length; j++) sum += (block[from + j] - centre[j]) ** 2;
    return sum;
  });
  return nearest(train, distances, size, random);
}

/**
 * The rows with the highest loss among a random `share` of the training rows: all of them, or a part so that repeated
 * draws differ.
 */
function chooseByLoss({ train, losses }: StrategyRows, size: number, random: Random, share: number): Int32Array {
  const places = Int32Array.from(train.keys());
  if (share < 1) random.shuffle(places);
  const pool = places.subarray(0, Math.max(size, Math.ceil(share * train.length)));
  const highest = Array.from(pool).sort((a, b) => losses[b] - losses[a] || a - b);
  return Int32Array.from(highest.slice(0, size), (place) => train[place]).sort();
}

function nearest(train: Int32Array, distances: Float64Array, size: number, random: Random): Int32Array {
  const lots = Int32Array.from(train.keys());
  random.shuffle(lots);
  const order = Array.from(train.keys()).sort((a, b) => distances[a] - distances[b] || lots[a] - lots[b]);
  return Int32Array.from(order.slice(0, size), (place) => train[place]).sort();
}

function readOne(features: FeatureRows, row: number): Float64Array {
  const out = new Float64Array(features.columns);
  readRows(features, row, 1, out);
  return out;
}

/** A number for each training row, in their order. */
function mapTrainingRows(
  features: FeatureRows,
  train: Int32Array,
  measure: (block: Float64Array, from: number) => number,
): Float64Array {
  const out = new Float64Array(train.length);
  let place = 0;
  forEachRowBlock(features, (block, from, count) => {
    for (; place < train.length && train[place] < from + count; place++) {
      out[place] = measure(block, (train[place] - from) * features.columns);
    }
  });
  return out;
}

function varyingFeatures(features: FeatureRows, train: Int32Array): number[] {
  const first = readOne(features, train[0]);
  const varies = new Uint8Array(features.columns);
  mapTrainingRows(features, train, (block, from) => {
    for (let j = 0; j < first.length; j++) if (block[from + j] !== first[j]) varies[j] = 1;
    return 0;
  });
  return Array.from(varies.keys()).filter((j) => varies[j] === 1);
}

/**
 * `size` rows drawn at random with as many of each class as `chosen` has, outside `chosen` where enough rows are left.
 * Without classes (`labels` undefined): any rows. Ascending.
 */
export function chooseSameClassMix(
  chosen: Int32Array,
  train: Int32Array,
  labels: Int32Array | undefined,
  random: Random,
): Int32Array {
  const inside = new Set(chosen);
  const classOf = (row: number): number => (labels === undefined ? 0 : labels[row]);
  const wanted = new Map<number, number>();
  for (const row of chosen) wanted.set(classOf(row), (wanted.get(classOf(row)) ?? 0) + 1);
  const drawn: number[] = [];
  for (const [label, count] of [...wanted].sort(([a], [b]) => a - b)) {
    const all = train.filter((row) => classOf(row) === label);
    const outside = all.filter((row) => !inside.has(row));
    drawn.push(...chooseRandom(outside.length >= count ? outside : all, count, random));
  }
  return Int32Array.from(drawn).sort();
}
