import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import { effectsOnSet, meanLossGradient, valueOfSet } from '../measurements/effectsOnSet';
import { createRowSet } from '../measurements/rowSet';
import type { ValidationEffect } from './removalTypes';

/** Labelled rows that the edits of a session are measured on. Free it with `dispose()`. */
export interface EditMeasure {
  /** ∇ of their mean loss at θ̂, p numbers. */
  readonly gradient: Float64Array;
  /** Mean loss, accuracy and predictions before and after θ̂ → θ̂ + Δ. One product, O(m·d·K). */
  measure(change: Float64Array, onBlock?: OnBlock): ValidationEffect;
  dispose(): void;
}

/** `rows` ascending and distinct, at least one; all have labels. Copies what `createRowSet` copies. */
export function createEditMeasure(model: FittedModel, rows: Int32Array, onBlock?: OnBlock): EditMeasure {
  const { problem, logits, linalg } = model;
  const head = { problem, labels: problem.labels, logits };
  const set = createRowSet({ features: problem.features, rows: problem.rows, linalg }, rows);
  const before = valueOfSet(head, rows);
  let gradient: Float64Array;
  try {
    gradient = meanLossGradient(head, set, onBlock);
  } catch (error) {
    set.dispose();
    throw error;
  }
  return {
    gradient,
    measure: (change, report) => {
      const changes = { rows: 1, columns: change.length, data: change };
      const [found] = effectsOnSet(head, set, changes, report);
      const { becameRight, becameWrong, changedPredictions } = found;
      return {
        rows: rows.length,
        lossBefore: before.meanLoss,
        lossAfter: before.meanLoss + found.meanLoss,
        lossChange: found.meanLoss,
        lossChangeLinear: found.meanLossLinear,
        accuracyBefore: before.accuracy,
        accuracyAfter: before.accuracy + (becameRight - becameWrong) / rows.length,
        changedPredictions,
        becameRight,
        becameWrong,
      };
    },
    dispose: () => set.dispose(),
  };
}
