import { chooseProblemL2, type ChosenProblem, fitChosen, fitProblem, prepareModel } from '../../head/headSteps';
import { openProblem } from '../../head/openProblem';
import { computePreciseInfluence } from '../../influence/rows/preciseInfluence';
import type { JobContext } from '../../job/jobContext';
import { StageProgress } from '../../job/stageProgress';
import type { HeadFit } from '../../models/fitting/fitHead';
import type { NumberExpert, NumberTargets } from '../../ranking/numbers/numberExperts';
import type { NumbersInput } from './numbersTypes';

/**
 * A ridge head of its own on the rows that may be learnt from, λ by their leave-one-out error: their predictions are
 * the exact ones of the head without the row, the others' are its own. Reports no stages; asks the signal.
 * @throws NumericalError where no head can be fitted; CancelledError
 */
export function ridgeExpert(
  {
    features,
    unpenalised,
    rowWeights,
    options = {},
  }: Pick<NumbersInput, 'features' | 'unpenalised' | 'rowWeights' | 'options'>,
  { targets, train }: NumberTargets,
  context: JobContext,
): NumberExpert {
  const silent: JobContext = { ...context, progress: () => undefined };
  const progress = new StageProgress('ranking', silent);
  const labels = targets.map((target, i) => (train[i] === 0 ? Number.NaN : target));
  const { rowSpace, l2Range } = options;
  const weights = rowWeights === undefined ? train : train.map((one, i) => one * rowWeights[i]);
  const opened = openProblem(
    { features, labels, classes: 0, weights, unpenalised, kind: 'ridge', l2: 'auto', rowSpace },
    silent,
    progress.onBlock,
  );
  try {
    const chosen = chooseProblemL2(opened.problem, { l2: 'auto', l2Range }, progress, silent);
    const whole = { progress, from: 0, to: 1 };
    const fitAt = ({ problem, search }: ChosenProblem): HeadFit =>
      fitProblem(problem, { theta: search?.theta }, whole, silent);
    const { problem, fit } = fitChosen(chosen, fitAt, silent.log);
    const model = prepareModel(problem, fit.state, whole, silent);
    const { influence } = computePreciseInfluence(model, progress.onBlock);
    return { name: 'head', predictions: influence.outOfSampleLogits, spread: null };
  } finally {
    opened.dispose();
  }
}
