import { InputError } from '../../base/errors';
import { formatPlural } from '../../base/format';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { ifCoefficients } from '../effects/removalCoefficients';
import type { FittedModel } from '../fittedModel';
import { computeRowChanges, leverageOfRows } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { reportTrust, setTrust } from '../trust/trustReport';
import type { ModelTrust, TrustReport } from '../trust/trustTypes';
import type { ChangingSet } from './changingSet';
import { findChangingSet } from './changingSet';
import { effectsOnGradient, topPlaces } from './rankRowsByEffect';
import { predictRow } from './rowPrediction';
import { estimateSet, startOf } from './setEstimates';
import { logitDifferenceTarget } from './setTarget';

const defaultCount = 20;
const defaultRetrainings = 3;
const defaultLimit = 1000;

export interface ExplainPredictionOptions {
  /** Any row; usually a held-out one whose prediction is wrong. */
  readonly row: number;
  /** Its right class; default its label. Without either, the question is what would flip the prediction. */
  readonly rightClass?: number | undefined;
  /** Training rows to list. Default 20. */
  readonly count?: number | undefined;
  /** Heads fitted without single rows, and without the first rows together. Default 3 each. */
  readonly retrainings?: number | undefined;
  /**
   * Also find the smallest number of the listed order's rows that restores (or flips) the prediction, verified by
   * retraining. Default false.
   */
  readonly findSet?: boolean | undefined;
  /** Largest set for that. Default 1,000. */
  readonly limit?: number | undefined;
  readonly rifCoefficients: Float64Array;
  readonly trust: ModelTrust;
  readonly onBlock?: OnBlock | undefined;
}

/** What removing rows would do to the explained prediction. */
export interface PredictionChange {
  /** z_predicted − z_other after the removal; negative: the other class wins against the predicted one. */
  readonly margin: number;
  /** Most probable class after the removal. */
  readonly predicted: number;
  /** Whether the removal restores the right class (without one: flips the prediction). */
  readonly achieved: boolean;
}

/** What one training row does to a prediction. */
export interface RowPull {
  readonly row: number;
  /**
   * Change of z_predicted − z_other when the row alone is removed: negative = the row holds the prediction up. RIF of
   * one row is its Newton step.
   */
  readonly byIf: number;
  readonly byRif: number;
}

/** One training row that holds up a prediction. */
interface ExplainingRow extends RowPull {
  readonly leverage: number;
  readonly afterIf: PredictionChange;
  readonly afterRif: PredictionChange;
  /** null: not retrained. */
  readonly afterRetraining: PredictionChange | null;
}

/** The first rows of the list together. */
export interface ExplainingSet {
  readonly size: number;
  readonly afterIf: PredictionChange;
  readonly afterRif: PredictionChange;
  /** null: the Newton step does not exist. */
  readonly afterNewton: PredictionChange | null;
  readonly afterRetraining: PredictionChange | null;
}

export interface PredictionExplanation {
  readonly row: number;
  readonly predicted: number;
  /** The right class, or where the prediction is right (or nothing is known) the runner-up. */
  readonly other: number;
  /** `restore`: the prediction is wrong, and the question is what would make it right; `flip`: what would change it. */
  readonly goal: 'restore' | 'flip';
  /** z_predicted − z_other at θ̂. */
  readonly margin: number;
  /** The rows that explain the prediction most, by RIF; strongest first. */
  readonly rows: readonly ExplainingRow[];
  /** The rows that speak most against it, by RIF; strongest first, as many at most. */
  readonly opposing: readonly RowPull[];
  /** The first 1, 2, 5, 10, … of them together. */
  readonly sets: readonly ExplainingSet[];
  /**
   * The smallest leading part of the ranking that achieves the goal by retraining; null where not asked for or there is
   * none up to the limit.
   */
  readonly smallestSet: Int32Array | null;
  /** For people. */
  readonly summary: string;
  readonly trust: TrustReport;
}

/**
 * The training rows that most explain a row's prediction, by their RIF effect on z_predicted − z_other, and whether
 * removing each, or the first few together, would restore the right class: by IF, RIF, the Newton step and retraining.
 * IF finds poisoned rows as well as RIF does but understates what they do (docs/mathematics.md, "What each score is
 * good for"): believe RIF and the Newton step. O(n·d·K + p²) and a Newton step and a fit for each set.
 * @throws InputError for a row that does not exist, a class that does not, or a ridge head.
 */
export function explainPrediction(model: FittedModel, options: ExplainPredictionOptions): PredictionExplanation {
  const { row, rifCoefficients, onBlock } = options;
  const { weights } = model.problem;
  const { count = defaultCount, retrainings = defaultRetrainings } = options;
  const prediction = predictRow(model, row);
  const { predicted } = prediction;
  const right = rightClassOf(model, options);
  const goal = right !== undefined && right !== predicted ? 'restore' : 'flip';
  const other = goal === 'restore' && right !== undefined ? right : prediction.runnerUp;
  const achieved = (there: number): boolean => (goal === 'restore' ? there === other : there !== predicted);
  const changeOf = (change: Float64Array): PredictionChange => {
    const there = prediction.classAt(change);
    return { margin: prediction.differenceAt(change, predicted, other), predicted: there, achieved: achieved(there) };
  };
  const target = logitDifferenceTarget(model, row, predicted, other);
  const gradient = target.gradientAt(model);
  const byRif = effectsOnGradient(model, gradient, rifCoefficients, onBlock);
  const byIf = effectsOnGradient(model, gradient, ifCoefficients(model), onBlock);
  // A training row holds up its own prediction: it is no explanation of itself.
  const supports = (at: number): boolean => at !== row && weights[at] !== 0 && byRif[at] < 0;
  const opposes = (at: number): boolean => at !== row && weights[at] !== 0 && byRif[at] > 0;
  const pullOf = (at: number): RowPull => ({ row: at, byIf: byIf[at], byRif: byRif[at] });
  const ranking = topPlaces(byRif, Math.max(count, options.limit ?? defaultLimit), 'lower', supports);
  const shown = ranking.slice(0, count);
  const leverage = leverageOfRows(model, shown, onBlock);
  const singles = {
    if: computeRowChanges(model, shown, 'if', onBlock),
    rif: computeRowChanges(model, shown, 'rif', onBlock),
  };
  const changeAt = (method: 'if' | 'rif', place: number): Float64Array => {
    const { columns, data } = singles[method];
    return data.subarray(place * columns, (place + 1) * columns);
  };
  const startAt = (change: Float64Array): Float64Array => model.theta.map((value, at) => value + change[at]);
  const retrained = (rows: Int32Array, start: Float64Array): PredictionChange =>
    changeOf(retrain(model, { removed: rows, start, ...(onBlock === undefined ? {} : { onBlock }) }).change);
  const rows = Array.from(shown, (at, place): ExplainingRow => {
    return {
      ...pullOf(at),
      leverage: leverage[place],
      afterIf: changeOf(changeAt('if', place)),
      afterRif: changeOf(changeAt('rif', place)),
      afterRetraining: place < retrainings ? retrained(Int32Array.of(at), startAt(changeAt('rif', place))) : null,
    };
  });
  const sets = setSizes(shown.length).map((size, place): ExplainingSet => {
    const together = shown.slice(0, size);
    const estimates = estimateSet(model, together, onBlock);
    return {
      size,
      afterIf: changeOf(estimates.if.change),
      afterRif: changeOf(estimates.rif.change),
      afterNewton: estimates.newton === undefined ? null : changeOf(estimates.newton.change),
      afterRetraining: place < retrainings ? retrained(together, startOf(model, estimates)) : null,
    };
  });
  const search =
    options.findSet === true
      ? findChangingSet(model, {
          ranking,
          holds: (change) => achieved(prediction.classAt(change)),
          guess: sets.find((set) => (set.afterNewton ?? set.afterRif).achieved)?.size ?? shown.length,
          limit: options.limit ?? defaultLimit,
          onBlock,
        })
      : null;
  const margin = prediction.differenceAt(new Float64Array(model.problem.parameters), predicted, other);
  const found = search?.rows ?? null;
  const trustSet = found ?? shown;
  const estimates = estimateSet(model, trustSet, onBlock);
  const effects = {
    if: target.evaluate(estimates.if.change),
    rif: target.evaluate(estimates.rif.change),
    newton: estimates.newton === undefined ? null : target.evaluate(estimates.newton.change),
  };
  const measured = { name: target.name, value: margin, effects };
  const set = trustSet.length === 0 ? null : setTrust(model, { rows: trustSet, changes: estimates, measured, onBlock });
  return {
    row,
    predicted,
    other,
    goal,
    margin,
    rows,
    opposing: Array.from(topPlaces(byRif, count, 'raise', opposes), pullOf),
    sets,
    smallestSet: found,
    summary: summarise(goal, rows, sets, search),
    trust: reportTrust(options.trust, set),
  };
}

function rightClassOf({ problem }: FittedModel, { row, rightClass }: ExplainPredictionOptions): number | undefined {
  if (rightClass !== undefined) {
    if (Number.isInteger(rightClass) && rightClass >= 0 && rightClass < problem.classes) return rightClass;
    throw new InputError(`There is no class ${rightClass}; the classes are 0 to ${problem.classes - 1}.`);
  }
  const label = problem.labels[row];
  return label >= 0 ? label : undefined;
}

/** 1, 2, 5, 10, 20, … up to the number there is. */
function setSizes(count: number): number[] {
  const sizes: number[] = [];
  for (let decade = 1; decade <= count; decade *= 10) {
    for (const step of [1, 2, 5]) if (step * decade < count) sizes.push(step * decade);
  }
  return count === 0 ? [] : [...sizes, count];
}

function summarise(
  goal: PredictionExplanation['goal'],
  rows: readonly ExplainingRow[],
  sets: readonly ExplainingSet[],
  search: ChangingSet | null,
): string {
  const what = goal === 'restore' ? 'restores the right class' : 'flips the prediction';
  if (rows.length === 0) return 'No training row holds this prediction up.';
  const verified = rows.find((row) => row.afterRetraining?.achieved === true);
  if (verified !== undefined) return `Removing row ${verified.row} alone ${what}, verified by retraining.`;
  if (search !== null) {
    return search.rows === null
      ? `No leading part of this order, of up to ${formatPlural(search.tried, 'row')}, ${what} by retraining.`
      : `Removing the first ${formatPlural(search.rows.length, 'row')} in this order ${what}, verified by retraining; one less does not.`;
  }
  const predicted = sets.find((set) => (set.afterNewton ?? set.afterRif).achieved);
  if (predicted !== undefined) {
    const sure =
      predicted.afterRetraining === null
        ? 'not yet verified'
        : predicted.afterRetraining.achieved
          ? 'verified'
          : 'refuted';
    return `By the Newton step, removing the first ${predicted.size} of these rows ${what}; ${sure} by retraining.`;
  }
  return `Not even all ${rows.length} of these rows together are enough, by the Newton step: the prediction rests on many rows.`;
}
