import type { ExplainPredictionRequest } from '../head/headQuestions';
import { answerExplanation, answerFlip } from '../head/headQuestions';
import type { OpenHead } from '../head/openHead';
import { fillClassProbabilities } from '../influence/rows/rowSolver';
import type { PredictionExplanation } from '../influence/subsets/explainPrediction';
import { compareFlip, type FlipComparison } from '../influence/subsets/flipComparison';
import type { SmallestFlip } from '../influence/subsets/smallestFlip';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';

/** Why a row is predicted as it is. `limit` holds for the smallest flip too. */
export type ExplainQuestion = Omit<ExplainPredictionRequest, 'findSet'>;

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
  readonly comparison: FlipComparison;
  /** Whose predictions it is compared with: where no rows validate, those of training rows. */
  readonly comparedWith: 'validation' | 'training';
}

/** Draws what the flip is compared with. */
const comparisonSeed = 1;

/**
 * The training rows behind one prediction, and what has to go to change it. Costs the leverages of all rows, some
 * Newton steps, and a few fits. Reports the stage `explaining`.
 * @throws InputError for a row or a class that does not exist, or a ridge head.
 */
export function answerExplain(
  head: OpenHead,
  question: ExplainQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): ExplainAnswer {
  const { problem, logits } = head.model;
  const progress = new StageProgress(studyStages.explain, context);
  progress.begin(0, 0.3, 'leverage');
  head.rowInfluence(progress.onBlock);
  progress.begin(0.3, 0.6, 'rows behind the prediction', 20);
  const explanation = answerExplanation(head, { ...question, findSet: true }, progress);
  progress.begin(0.6, 0.85, 'smallest flip', 20);
  const flip = answerFlip(head, { row: question.row, limit: question.limit }, progress);
  progress.begin(0.85, 1, 'other predictions');
  const { validation, train } = head.splits;
  const comparison = compareFlip(head.model, {
    row: question.row,
    candidates: validation.length > 0 ? validation : train,
    setSize: flip.flips ? flip.rows.length : explanation.rows.length,
    rifCoefficients: head.rowInfluence(progress.onBlock).rifCoefficients,
    seed: comparisonSeed,
    onShare: (share) => progress.onShare(share),
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
    comparison,
    comparedWith: validation.length > 0 ? 'validation' : 'training',
  };
}
