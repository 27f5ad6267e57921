import { InputError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import { indexOfLargest } from '../../base/vectors';
import type { FittedModel } from '../fittedModel';
import { requireRow } from '../removal/removedRows';

/** The head's prediction for one row, labelled or not, and what parameter changes do to it. */
interface RowPrediction {
  readonly row: number;
  /** Most probable class at θ̂. */
  readonly predicted: number;
  /** The next one. */
  readonly runnerUp: number;
  /** z_predicted − z_runnerUp ≥ 0 at θ̂ (logistic: |z|). */
  readonly margin: number;
  /** The class at θ̂ + Δ. O(d·K). */
  classAt(change: Float64Array): number;
  /** z_a − z_b at θ̂ + Δ (logistic: the logit towards class a). */
  differenceAt(change: Float64Array, a: number, b: number): number;
}

/** @throws InputError for a row that does not exist, or a ridge head, which predicts no class. */
export function predictRow(model: FittedModel, row: number): RowPrediction {
  const { problem, logits } = model;
  const { outputs, kind } = problem;
  requireRow(problem, row);
  if (kind === 'ridge')
    throw new InputError('A ridge head predicts numbers, not classes: no prediction of it can flip.');
  const d = problem.features.columns;
  const x = gatherRows(problem.features, Int32Array.of(row)).data;
  /** C class scores: the logits, for the logistic head (0, z). */
  const scoresAt = (change: Float64Array | undefined): Float64Array => {
    const z = logits.slice(row * outputs, (row + 1) * outputs);
    if (change !== undefined) {
      for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) z[c] += change[c * d + j] * x[j];
    }
    return kind === 'logistic' ? Float64Array.of(0, z[0]) : z;
  };
  const scores = scoresAt(undefined);
  const predicted = indexOfLargest(scores, 0, scores.length);
  const others = scores.slice();
  others[predicted] = Number.NEGATIVE_INFINITY;
  const runnerUp = indexOfLargest(others, 0, others.length);
  return {
    row,
    predicted,
    runnerUp,
    margin: scores[predicted] - scores[runnerUp],
    classAt: (change) => {
      const there = scoresAt(change);
      return indexOfLargest(there, 0, there.length);
    },
    differenceAt: (change, a, b) => {
      const there = scoresAt(change);
      return there[a] - there[b];
    },
  };
}
