import type { Matrix } from '../../src/core/base/matrix';
import { rowOf } from '../../src/core/base/matrix';
import type { FittedModel } from '../../src/core/influence/fittedModel';
import { retrain } from '../../src/core/influence/removal/retrain';
import { estimateRelabelChange } from '../../src/core/influence/unlearning/relabelChange';
import { RemovalBatch } from '../../src/core/validation/removalBatch';
import { retrainSets } from '../../src/core/validation/retrainSets';
import type { LabelScores } from './labelChange';

/** What the head says to the measured rows' labels at θ̂ + Δ. */
type ScoreChange = (change: Float64Array) => LabelScores;

/** Scores of the labels at θ̂ + Δ; null where there is no Δ. */
interface EditScores {
  readonly retrained: LabelScores;
  readonly rif: LabelScores | null;
  readonly newton: LabelScores | null;
}

/** Retrained without each set. */
export function scoreRetrained(
  model: FittedModel,
  sets: readonly Int32Array[],
  scoreChange: ScoreChange,
): readonly LabelScores[] {
  const batch = new RemovalBatch(model, sets);
  try {
    const { changes } = retrainSets(batch, { start: batch.changes('newton') });
    return sets.map((_, t) => scoreChange(rowOf(changes, t)));
  } finally {
    batch.dispose();
  }
}

/** Retrained without each set, and as RIF and the Newton step predict. */
export function scoreRemovals(
  model: FittedModel,
  sets: readonly Int32Array[],
  scoreChange: ScoreChange,
): readonly EditScores[] {
  const batch = new RemovalBatch(model, sets);
  try {
    const rif = batch.changes('rif');
    const newton = batch.changes('newton');
    const { changes } = retrainSets(batch, { start: newton });
    const scoresOf = (matrix: Matrix, t: number): LabelScores | null =>
      rowOf(matrix, t).some(Number.isNaN) ? null : scoreChange(rowOf(matrix, t));
    return sets.map((_, t) => ({
      retrained: scoreChange(rowOf(changes, t)),
      rif: scoresOf(rif, t),
      newton: scoresOf(newton, t),
    }));
  } finally {
    batch.dispose();
  }
}

/** Retrained with the suggested labels for `rows`, and as the Newton step predicts. */
export function scoreRelabelling(
  model: FittedModel,
  rows: Int32Array,
  suggested: Int32Array,
  scoreChange: ScoreChange,
): EditScores {
  const labels = Int32Array.from(rows, (row) => suggested[row]);
  const edited = model.problem.labels.slice();
  rows.forEach((row, at) => (edited[row] = labels[at]));
  return {
    retrained: scoreChange(retrain(model, { labels: edited }).change),
    rif: null,
    newton: scoreChange(estimateRelabelChange(model, rows, labels).change),
  };
}
