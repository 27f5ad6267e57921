import { InputError, NumericalError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import type { HeadProblem } from '../../models/headProblem';
import type { RidgeConvention } from './removalTypes';

/** Numbers gathered at a time: 16 MiB. */
const gatheredNumbers = 2 ** 21;

/**
 * Goes through the given rows in that order, a block of copies at a time: `part` are their numbers, `first` the place of the first one. Sets of
 * any size are read this way without a copy of all of them.
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

/**
 * The problem with the weights of `rows` 0: `fixed` keeps the ridge term at nλ, `mean` takes it to (n − |S|)λ. Nothing of X is copied.
 */
export function problemWithout(
  problem: HeadProblem,
  rows: Int32Array,
  ridgeConvention: RidgeConvention = 'fixed',
): HeadProblem {
  const shift = ridgeConvention === 'mean' ? rows.length * problem.l2 : 0;
  let removedWeight = 0;
  for (const row of rows) removedWeight += problem.weights[row];
  return {
    ...problem,
    weights: withoutRows(problem.weights, rows),
    totalWeight: problem.totalWeight - removedWeight,
    ridgeRows: problem.ridgeRows - (ridgeConvention === 'mean' ? rows.length : 0),
    ridge: problem.ridge.map((value) => (value === 0 ? 0 : value - shift)),
  };
}

/**
 * With an unpenalised intercept a class that loses its last row has no finite optimum.
 * @throws NumericalError naming the class.
 */
export function requireNoLostClass(problem: HeadProblem, rows: Int32Array): void {
  if (problem.unpenalised.length === 0 || problem.kind === 'ridge') return;
  const left = new Float64Array(problem.classes);
  for (let i = 0; i < problem.weights.length; i++)
    if (problem.weights[i] !== 0) left[problem.labels[i]] += problem.weights[i];
  const before = left.slice();
  for (const row of rows) left[problem.labels[row]] -= problem.weights[row];
  const lost = left.findIndex((weight, c) => weight <= 0 && before[c] > 0);
  if (lost < 0) return;
  throw new NumericalError(
    `Removing these rows would leave class number ${lost + 1} without a training row; the Newton step then has no finite answer.`,
    { details: { class: lost, l2: problem.l2, conditionEstimate: Number.NaN } },
  );
}

/** A selection of rows, as far as it concerns the fit. */
export interface SelectedRows {
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
