import type { StagePart } from '../head/headSteps';
import { prepareModel } from '../head/headSteps';
import type { FittedModel } from '../influence/fittedModel';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import type { JobContext } from '../job/jobContext';
import type { HeadState } from '../models/evaluateHead';
import type { HeadProblem } from '../models/headProblem';

/** A head at its optimum and each of its rows left out. */
export interface LeftOutHead {
  readonly problem: HeadProblem;
  readonly model: FittedModel;
  readonly influence: RowInfluence;
  /** Single precision was tried and was not enough. */
  readonly fellBackToFloat64: boolean;
}

/**
 * H at the optimum, or what stands for it, and the rows of weight left out by RIF, each alone. Fills a part of the
 * stage `influence`.
 */
export function leaveOut(
  problem: HeadProblem,
  state: HeadState,
  { progress, from, to }: StagePart,
  context: Pick<JobContext, 'linalg' | 'log'>,
  method: 'auto' | 'iterative' = 'auto',
): LeftOutHead {
  const at = (share: number): number => from + (to - from) * share;
  const first = prepareModel(problem, state, { progress, from, to: at(0.5) }, context, method);
  progress.begin(at(0.5), at(0.95), 'leverage', 1);
  const { model, influence } = computePreciseInfluence(first, progress.onBlock, (reason) => {
    context.log(reason);
    progress.begin(at(0.95), to, 'Hessian and leverage in float64');
  });
  return { problem, model, influence, fellBackToFloat64: first.precision.fellBack || model !== first };
}
