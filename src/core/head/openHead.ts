import { BugError, InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { splitCodes } from '../base/splitCodes';
import type { FittedModel } from '../influence/fittedModel';
import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import { modelTrust } from '../influence/trust/trustReport';
import type { ModelTrust } from '../influence/trust/trustTypes';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { L2Choice } from '../l2/l2Types';
import type { OnBlock } from '../linalg/linearAlgebra';
import type { HeadState } from '../models/evaluateHead';
import { isLabelled, outputsOf } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { reweighted } from '../models/headProblem';
import type { RowSpace } from '../models/rowSpace';
import { chooseProblemL2, fitChosen, fitProblem, prepareModel } from './headSteps';
import { openingShare } from './openingShare';
import type { OpenProblem, ProblemInput } from './openProblem';
import { openProblem } from './openProblem';

/**
 * A head to be asked: that of a finished audit (with `theta`), or one to be fitted. Rows without a label (−1; ridge:
 * NaN) take no part.
 */
export interface HeadInput extends Omit<ProblemInput, 'weights'> {
  /** n weights ≥ 0; those of weight 0 take no part, and are measured on by nothing. Default: 1 each. */
  readonly rowWeights?: Float64Array | undefined;
  /** n values of `splitCodes`. */
  readonly split: Uint8Array;
  /** θ̂ of the features where it is known; then λ is given as well. */
  readonly theta?: Float64Array;
  /**
   * n leverages where an audit has found them (NaN off the training set), for the trust reports; else they are told
   * once they are computed.
   */
  readonly leverage?: Float64Array;
  /** What an audit thinks of the labels; missing where nobody has judged them: they are taken as given then. */
  readonly beliefs?: LabelBeliefs | undefined;
  /** How means over validation and test rows take labels. Default `given`. */
  readonly validationLabels?: ValidationLabels | undefined;
}

/** A head at its optimum and the rows it is measured on. Free it with `dispose()`. */
export interface OpenHead {
  readonly model: FittedModel;
  readonly splits: MeasuredSplits;
  /** Those that were given. */
  readonly features: FeatureRows;
  readonly unpenalised: readonly number[];
  /** Set where the model's features are coordinates in the span of the rows. */
  readonly space: RowSpace | undefined;
  /** null when λ was given. */
  readonly l2Choice: L2Choice | null;
  /** n×K RIF coefficients and n leverages. Computed at the first call, O(n·d²K²/2), and kept. */
  rowInfluence(onBlock: OnBlock): Pick<RowInfluence, 'rifCoefficients' | 'leverage'>;
  /** With the leverages where they are known. */
  trust(): ModelTrust;
  dispose(): void;
}

/**
 * Fits the head unless θ̂ is given, and prepares its Hessian. Reports the stages `lambda`, `fit` (without θ̂) and
 * `influence`.
 * @throws InputError when there is nothing to fit; NumericalError; CancelledError.
 */
export function openHead(input: HeadInput, context: JobContext): OpenHead {
  const { features, unpenalised, l2, theta } = input;
  const splits = splitRows(input);
  const weights = weightsOf(input, splits.train);
  const choosing = theta === undefined && l2 === 'auto' ? labelledOf(input, splits, weights) : weights;
  const first = new StageProgress(theta === undefined ? 'lambda' : 'influence', context);
  first.begin(0, theta === undefined ? openingShare(features, outputsOf(input.kind, input.classes), l2) : 0.02);
  const opened = openProblem({ ...input, weights: choosing }, context, first.onBlock);
  try {
    const at =
      theta === undefined ? fit(opened.problem, weights, input, first, context) : known(opened, theta, features);
    const progress = theta === undefined ? new StageProgress('influence', context) : first;
    const model = prepareModel(at.problem, at.state, { progress, from: 0, to: 1 }, context);
    progress.finish();
    const { space, dispose } = opened;
    const influence = keepInfluence(model, input.leverage, context.log);
    return { model, splits, features, unpenalised, space, l2Choice: at.l2Choice, ...influence, dispose };
  } catch (error) {
    opened.dispose();
    throw error;
  }
}

/** A problem with λ and its optimum. */
interface HeadOptimum {
  readonly problem: HeadProblem;
  readonly state: Pick<HeadState, 'theta'> & Partial<HeadState>;
  readonly l2Choice: L2Choice | null;
}

/** λ by all labelled rows, as an audit chooses it, and the head of the rows of `weights`. */
function fit(
  choosing: HeadProblem,
  weights: Float64Array,
  { l2 }: HeadInput,
  lambda: StageProgress,
  context: JobContext,
): HeadOptimum {
  const chosen = chooseProblemL2(choosing, { l2 }, lambda, context);
  const progress = new StageProgress('fit', context);
  const { search, fit: fitted } = fitChosen(
    chosen,
    (at) => {
      const own =
        choosing.weights === weights ? at.problem : reweighted(at.problem, weights, context.linalg, progress.onBlock);
      const { state } = fitProblem(own, { theta: at.search?.theta }, { progress, from: 0, to: 1 }, context);
      return { own, state };
    },
    context.log,
  );
  progress.finish();
  return { problem: fitted.own, state: fitted.state, l2Choice: search?.choice ?? null };
}

type Weighed = Pick<HeadInput, 'split' | 'rowWeights'>;

/** n: the weights of these rows, 0 for others. */
function weightsOf({ split, rowWeights }: Weighed, members: Int32Array): Float64Array {
  const weights = new Float64Array(split.length);
  for (const row of members) weights[row] = rowWeights?.[row] ?? 1;
  return weights;
}

/** The weights of the labelled rows of every split; `train` itself where there are no others. */
function labelledOf(input: Weighed, { validation, test }: MeasuredSplits, train: Float64Array): Float64Array {
  if (validation.length + test.length === 0) return train;
  const labelled = train.slice();
  for (const rows of [validation, test]) {
    for (const row of rows) labelled[row] = input.rowWeights?.[row] ?? 1;
  }
  return labelled;
}

function known({ problem, reduce }: OpenProblem, theta: Float64Array, { columns }: FeatureRows): HeadOptimum {
  const parameters = problem.outputs * columns;
  if (theta.length !== parameters) {
    throw new BugError(`A head of ${parameters} parameters was given ${theta.length}.`);
  }
  return { problem, state: { theta: reduce(theta) }, l2Choice: null };
}

function keepInfluence(
  model: FittedModel,
  known: Float64Array | undefined,
  log: JobContext['log'],
): Pick<OpenHead, 'rowInfluence' | 'trust'> {
  let influence: ReturnType<OpenHead['rowInfluence']> | undefined;
  let trust: ModelTrust | undefined;
  return {
    rowInfluence: (onBlock) => {
      if (influence === undefined) {
        const { rifCoefficients, leverage } = computePreciseInfluence(model, onBlock, log).influence;
        influence = { rifCoefficients, leverage };
        trust = undefined;
      }
      return influence;
    },
    trust: () => (trust ??= modelTrust(model, influence?.leverage ?? known)),
  };
}

/** Labelled rows of a weight above 0 by split, ascending. @throws InputError when none trains. */
function splitRows({ labels, split, rowWeights, beliefs, validationLabels }: HeadInput): MeasuredSplits {
  const rowsOf = (code: number): Int32Array => {
    const rows: number[] = [];
    split.forEach((value, row) => {
      if (value === code && isLabelled(labels, row) && rowWeights?.[row] !== 0) rows.push(row);
    });
    return Int32Array.from(rows);
  };
  const train = rowsOf(splitCodes.train);
  if (train.length === 0) throw new InputError('There are no labelled training rows. Check the label and the split.');
  const [validation, test] = [rowsOf(splitCodes.validation), rowsOf(splitCodes.test)];
  return { train, validation, test, rowWeights, beliefs, validationLabels };
}
