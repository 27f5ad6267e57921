import type { FittedModel } from '../influence/fittedModel';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import { fillClassProbabilities } from '../influence/rows/rowSolver';
import type { ExplainPredictionOptions, PredictionExplanation } from '../influence/subsets/explainPrediction';
import { explainPrediction } from '../influence/subsets/explainPrediction';
import type { SmallestFlip } from '../influence/subsets/smallestFlip';
import { findSmallestFlip } from '../influence/subsets/smallestFlip';
import { modelTrust } from '../influence/trust/trustReport';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';

/** Why a row is predicted as it is: see `ExplainPredictionOptions`. `limit` holds for the smallest flip too. */
export type ExplainQuestion = Pick<ExplainPredictionOptions, 'row' | 'rightClass' | 'count' | 'retrainings' | 'limit'>;

export interface ExplainAnswer {
  /** −1 = unlabelled. */
  readonly givenLabel: number;
  /** C, of the fitted head. */
  readonly probabilities: Float64Array;
  /** Whether the head was fitted to the row. */
  readonly trained: boolean;
  /** With the smallest set in its own order of rows. */
  readonly explanation: PredictionExplanation;
  /** Rows chosen adaptively, where H can be formed. */
  readonly flip: SmallestFlip;
}

export const explainStage = 'explaining';

/**
 * The training rows behind one prediction, and what has to go to change it. Costs the leverages of all rows, some Newton steps, and a few fits. Reports
 * the stage `explaining`.
 * @throws InputError for a row or a class that does not exist, or a ridge head.
 */
export function answerExplain(
  model: FittedModel,
  question: ExplainQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): ExplainAnswer {
  const { problem, logits } = model;
  const progress = new StageProgress(explainStage, context);
  const { onBlock } = progress;
  progress.begin(0, 0.3, 'leverage');
  const { rifCoefficients, leverage } = computePreciseInfluence(model, onBlock).influence;
  const known = { rifCoefficients, trust: modelTrust(model, leverage), onBlock };
  progress.begin(0.3, 0.6, 'rows behind the prediction', 20);
  const explanation = explainPrediction(model, { ...question, ...known, findSet: true });
  progress.begin(0.6, 1, 'smallest flip', 20);
  const flip = findSmallestFlip(model, {
    ...known,
    row: question.row,
    limit: question.limit,
    ranking: model.exact === undefined ? 'rif' : 'adaptive',
    onFit: (fit, size) => progress.begin(0.6, 1, `retraining ${fit}: without ${size} rows`),
  });
  const probabilities = new Float64Array(problem.classes);
  fillClassProbabilities(problem, logits, question.row * problem.outputs, probabilities, 0);
  progress.finish();
  return {
    givenLabel: problem.labels[question.row],
    probabilities,
    trained: problem.weights[question.row] !== 0,
    explanation,
    flip,
  };
}
