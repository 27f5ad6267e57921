import type { FlipRequest, SubsetRequest } from '../head/headQuestions';
import { answerFlip, answerSubset } from '../head/headQuestions';
import type { OpenHead } from '../head/openHead';
import type { InfluentialSubset } from '../influence/subsets/influentialSubset';
import type { SmallestFlip } from '../influence/subsets/smallestFlip';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';

/** Which set is looked for: the most influential of a size, or the smallest that flips a prediction. */
export type SubsetQuestion =
  ({ readonly kind: 'influential' } & SubsetRequest) | ({ readonly kind: 'flip' } & FlipRequest);

export type SubsetAnswer =
  | { readonly kind: 'influential'; readonly subset: InfluentialSubset }
  | { readonly kind: 'flip'; readonly flip: SmallestFlip };

/** Finds the set and says how far it can be trusted. Reports the stage `subset`. */
export function answerSubsetStudy(
  head: OpenHead,
  question: SubsetQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): SubsetAnswer {
  const progress = new StageProgress(studyStages.subset, context);
  progress.begin(0, 0.3, 'leverage');
  head.rowInfluence(progress.onBlock);
  progress.begin(0.3, 1, 'choosing rows', 50);
  const answer: SubsetAnswer =
    question.kind === 'flip'
      ? { kind: 'flip', flip: answerFlip(head, question, progress) }
      : { kind: 'influential', subset: answerSubset(head, question, progress) };
  progress.finish();
  return answer;
}
