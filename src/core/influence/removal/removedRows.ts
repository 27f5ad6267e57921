import { InputError, NumericalError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import type { RidgeConvention } from './removalTypes';

/** Sums of weights, taken away one by one, leave so much of themselves at most. */
const rounding = 1e-12;
/** Numbers gathered at a time: 16 MiB. */
const gatheredNumbers = 2 ** 21;

/**
 * Goes through the given rows in that order, a block of copies at a time: `part` are their numbers, `first` the place
 * of the first one. Sets of any size are read this way without a copy of all of them.
 */
export function forEachGatheredBlock(
  features: FeatureRows,
  rows: Int32Array,
  visit: (part: Int32Array, gathered: Matrix, first: number) => void,
): void {
  const height = Math.max(1, Math.floor(gatheredNumbers / Math.max(1, features.columns)));
  for (let first = 0; first < rows.length; first += height) {
    const part = rows.subarray(first, first + height);
    visit(part, gatherRows(features, part), first);
  }
}

/** Copy of the weights with 0 for `rows`. */
export function withoutRows(weights: Float64Array, rows: Int32Array): Float64Array {
  const out = weights.slice();
  for (const row of rows) out[row] = 0;
  return out;
}

/** Σ wᵢ of the rows. */
export function weightOfRows({ weights }: Pick<HeadProblem, 'weights'>, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += weights[row];
  return sum;
}

/**
 * The problem with the weights of `rows` 0: `fixed` keeps the ridge term at nλ, `mean` takes it to (n − Σ_S wᵢ)λ.
 * Nothing of X is copied.
 */
export function problemWithout(
  problem: HeadProblem,
  rows: Int32Array,
  ridgeConvention: RidgeConvention = 'fixed',
): HeadProblem {
  const removedWeight = weightOfRows(problem, rows);
  const shift = ridgeConvention === 'mean' ? removedWeight * problem.l2 : 0;
  return {
    ...problem,
    weights: withoutRows(problem.weights, rows),
    totalWeight: problem.totalWeight - removedWeight,
    ridgeRows: problem.ridgeRows - (ridgeConvention === 'mean' ? removedWeight : 0),
    ridge: problem.ridge.map((value) => (value === 0 ? 0 : value - shift)),
  };
}

/**
 * λθ̂ on the penalised features, p numbers: what the gradient of each removed row, at weight 1, has more of in the
 * `mean` convention, where its share of the ridge leaves with it.
 */
export function ridgePull({ problem, theta }: Pick<FittedModel, 'problem' | 'theta'>): Float64Array {
  const { ridge, l2 } = problem;
  return theta.map((value, at) => (ridge[at % ridge.length] === 0 ? 0 : l2 * value));
}

/** Σ wᵢ of the rows of each class, C numbers; none for a ridge head. */
export function classWeights({ kind, classes, labels, weights }: HeadProblem): Float64Array {
  const sums = new Float64Array(kind === 'ridge' ? 0 : classes);
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) sums[labels[i]] += weights[i];
  return sums;
}

/**
 * The first class that loses its last row with `rows`, −1 for none. With an unpenalised intercept it has no finite
 * optimum; else it does no harm.
 */
export function findLostClass(problem: HeadProblem, rows: Int32Array, before = classWeights(problem)): number {
  if (problem.unpenalised.length === 0 || problem.kind === 'ridge') return -1;
  const left = before.slice();
  for (const row of rows) left[problem.labels[row]] -= problem.weights[row];
  return left.findIndex((weight, c) => weight <= rounding * before[c] && before[c] > 0);
}

/** @throws NumericalError naming a row of the class that is lost: what classes are called is not known here. */
export function requireNoLostClass(problem: HeadProblem, rows: Int32Array): void {
  const lost = findLostClass(problem, rows);
  if (lost < 0) return;
  throw new NumericalError(
    `Removing these rows would leave the class of row ${rows.find((row) => problem.weights[row] > 0 && problem.labels[row] === lost)} without a training row; ` +
      'the Newton step then has no finite answer.',
    { details: { class: lost, l2: problem.l2, conditionEstimate: Number.NaN } },
  );
}

/** A selection of rows, as far as it concerns the fit. */
interface SelectedRows {
  /** Distinct training rows, ascending. */
  readonly train: Int32Array;
  /** How many distinct rows beside them are no labelled training rows. */
  readonly others: number;
}

/** @throws InputError for a row that does not exist. */
export function requireRow({ weights }: Pick<HeadProblem, 'weights'>, row: number): void {
  const n = weights.length;
  if (Number.isInteger(row) && row >= 0 && row < n) return;
  throw new InputError(`There is no row ${row}; the rows are 0 to ${n - 1}.`, { details: { row } });
}

/** `rows` in any order, duplicates ignored. @throws InputError for a row that does not exist. */
export function selectTrainingRows(problem: Pick<HeadProblem, 'weights'>, rows: Int32Array): SelectedRows {
  const distinct = Int32Array.from(new Set(rows)).sort();
  for (const row of distinct) requireRow(problem, row);
  const train = distinct.filter((row) => problem.weights[row] !== 0);
  return { train, others: distinct.length - train.length };
}
