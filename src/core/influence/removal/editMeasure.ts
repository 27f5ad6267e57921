import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import type { SetEffect } from '../measurements/effectsOnSet';
import { effectsOnSet, meanLossGradient, valueOfSet } from '../measurements/effectsOnSet';
import { readLabels } from '../measurements/measuredLabels';
import type { MeasuredSplits } from '../measurements/prepareMeasurements';
import { usualWay } from '../measurements/prepareMeasurements';
import { type PulledRows, pulledRows } from '../measurements/pulledRows';
import { createRowSet } from '../measurements/rowSet';
import type { SetShift } from '../measurements/shiftOnSet';
import { shiftOnSet } from '../measurements/shiftOnSet';
import type { LabelledEffect, ValidationEffect } from './removalTypes';

/** The validation rows, on which edits are measured. Free it with `dispose()`. */
export interface EditMeasure {
  /** ∇ of their mean loss at θ̂, p numbers. */
  readonly gradient: Float64Array;
  /** Mean loss, accuracy and predictions before and after θ̂ → θ̂ + Δ. One product, O(m·d·K). */
  measure(change: Float64Array, onBlock?: OnBlock): ValidationEffect;
  /** The same by class and by row, at most `limit` rows. One product more. */
  shift(change: Float64Array, limit: number, onBlock?: OnBlock): SetShift;
  /** The rows of which it changes the loss most. */
  pull(change: Float64Array, limit: number, onBlock?: OnBlock): PulledRows;
  dispose(): void;
}

/** At least one row validates; rows and labels are those of `splits`. Copies what `createRowSet` copies. */
export function createEditMeasure(model: FittedModel, splits: MeasuredSplits, onBlock?: OnBlock): EditMeasure {
  const { problem, linalg } = model;
  const rows = splits.validation;
  const way = usualWay('validation', splits);
  const labels = readLabels(problem.labels, splits.beliefs, way, splits.rowWeights);
  const ways = way === 'given' ? [labels] : [labels, readLabels(problem.labels, undefined, 'given', splits.rowWeights)];
  const before = ways.map((one) => valueOfSet(model, one, rows));
  const set = createRowSet({ features: problem.features, rows: problem.rows, linalg }, rows);
  let gradient: Float64Array;
  try {
    gradient = meanLossGradient(model, labels, set, onBlock);
  } catch (error) {
    set.dispose();
    throw error;
  }
  const describe = (at: number, found: SetEffect): LabelledEffect => ({
    rows: rows.length,
    lossBefore: before[at].meanLoss,
    lossAfter: before[at].meanLoss + found.meanLoss,
    lossChange: found.meanLoss,
    lossChangeLinear: found.meanLossLinear,
    accuracyBefore: before[at].accuracy,
    accuracyAfter: before[at].accuracy + found.accuracy,
    changedPredictions: found.changedPredictions,
    becameRight: found.becameRight,
    becameWrong: found.becameWrong,
  });
  return {
    gradient,
    measure: (change, report) => {
      const changes = { rows: 1, columns: change.length, data: change };
      const [[found], [given] = []] = effectsOnSet(model, ways, set, changes, report);
      return { ...describe(0, found), labels: way, given: given === undefined ? null : describe(1, given) };
    },
    shift: (change, limit, report) => shiftOnSet(model, labels, set, change, limit, report),
    pull: (change, limit, report) => pulledRows(model, labels, set, change, limit, report),
    dispose: () => set.dispose(),
  };
}
