import { BugError, InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { splitCodes } from '../base/splitCodes';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import { chooseL2, defaultL2Range } from '../l2/chooseL2';
import type { L2Choice } from '../l2/l2Types';
import type { LinearAlgebra } from '../linalg/linearAlgebra';
import { fitHead, fitTolerance } from '../models/fitHead';
import type { HeadKind, RowLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { createHeadProblem, withL2 } from '../models/headProblem';
import type { RowSpace } from '../models/rowSpace';
import { chooseHeadRows } from '../models/rowSpace';

/** A head to study: that of a finished audit (with `theta`), or one to be fitted. */
export interface HeadInput {
  readonly features: FeatureRows;
  /** Class numbers, −1 = unlabelled; for the ridge head responses, NaN = unlabelled. */
  readonly labels: RowLabels;
  /** C; not read for the ridge head. */
  readonly classes: number;
  /** n values of `splitCodes`. */
  readonly split: Uint8Array;
  readonly unpenalised: readonly number[];
  readonly kind: HeadKind;
  /** `auto`: by leave-one-out loss; only without `theta`. */
  readonly l2: number | 'auto';
  readonly theta?: Float64Array;
  /** As in `AuditOptions`. */
  readonly rowSpace?: boolean;
  /** Only the span of all rows may take the place of the features, not that of the training rows. Default false. */
  readonly wholeSpan?: boolean;
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
  dispose(): void;
}

/**
 * Fits the head unless θ̂ is given, and prepares its Hessian. Reports the stages `lambda`, `fit` (without θ̂) and `influence`.
 * @throws InputError when there is nothing to fit; NumericalError; CancelledError.
 */
export function openHead(input: HeadInput, context: JobContext): OpenHead {
  const splits = splitRows(input);
  const weights = new Float64Array(input.split.length);
  for (const row of splits.train) weights[row] = 1;
  const open = (linalg: LinearAlgebra): Pick<OpenHead, 'model' | 'l2Choice' | 'space'> => {
    const { features, unpenalised, space, reduce } = chooseHeadRows(
      { features: input.features, unpenalised: input.unpenalised, weights, wholeSpan: input.wholeSpan },
      { ...context, rowSpace: input.rowSpace, onBlock: () => context.signal.throwIfCancelled() },
    );
    const rows = linalg.loadRows(features);
    try {
      const start = createHeadProblem(
        {
          kind: input.kind,
          classes: input.classes,
          features,
          rows,
          labels: input.labels,
          weights,
          l2: input.l2 === 'auto' ? defaultL2Range[1] : input.l2,
          unpenalised,
          featureCount: input.features.columns,
        },
        linalg,
        () => context.signal.throwIfCancelled(),
      );
      const { problem, theta, l2Choice } =
        input.theta === undefined
          ? fit(start, input, linalg, context)
          : { problem: start, theta: reduce(checkTheta(input.theta, start, input.features)), l2Choice: null };
      const progress = new StageProgress('influence', context);
      progress.begin(0, 1, 'Hessian');
      const model = createFittedModel(problem, theta, linalg, progress.onBlock);
      progress.finish();
      return { model, l2Choice, space };
    } catch (error) {
      rows.dispose();
      throw error;
    }
  };
  const opened = open(context.linalg);
  context.log(`precision: ${opened.model.precision.description}`);
  const { rows } = opened.model.problem;
  const { features, unpenalised } = input;
  return { ...opened, splits, features, unpenalised, dispose: () => rows.dispose() };
}

function checkTheta(theta: Float64Array, { outputs }: HeadProblem, { columns }: FeatureRows): Float64Array {
  if (theta.length === outputs * columns) return theta;
  throw new BugError(`A head of ${outputs * columns} parameters was given ${theta.length}.`);
}

function fit(
  start: HeadProblem,
  { l2 }: HeadInput,
  linalg: LinearAlgebra,
  context: JobContext,
): { readonly problem: HeadProblem; readonly theta: Float64Array; readonly l2Choice: L2Choice | null } {
  const lambda = new StageProgress('lambda', context);
  const search =
    l2 === 'auto'
      ? chooseL2(start, linalg, {
          onBlock: lambda.onBlock,
          onPoint: (value, done, total) =>
            lambda.begin(Math.min(done, total - 1) / total, 1, `λ ${value.toPrecision(3)}`, 8),
        })
      : undefined;
  lambda.finish();
  const problem = search === undefined ? start : withL2(start, search.choice.chosen);
  const progress = new StageProgress('fit', context);
  const { state } = fitHead(problem, linalg, {
    ...(search === undefined ? {} : { start: search.theta }),
    onBlock: progress.onBlock,
    onStep: (relative) => {
      const share = Math.min(0.95, Math.max(0, Math.log(relative) / Math.log(fitTolerance)));
      progress.begin(Number.isFinite(share) ? share : 0, 1, `relative gradient ${relative.toExponential(1)}`, 8);
    },
  });
  progress.finish();
  return { problem, theta: state.theta, l2Choice: search?.choice ?? null };
}

/** Labelled rows by split, ascending. @throws InputError when none trains. */
function splitRows({ labels, split }: HeadInput): MeasuredSplits {
  const labelled = (row: number): boolean =>
    labels instanceof Int32Array ? labels[row] >= 0 : !Number.isNaN(labels[row]);
  const rowsOf = (code: number): Int32Array => {
    const rows: number[] = [];
    split.forEach((value, row) => {
      if (value === code && labelled(row)) rows.push(row);
    });
    return Int32Array.from(rows);
  };
  const train = rowsOf(splitCodes.train);
  if (train.length === 0) throw new InputError('There are no labelled training rows. Check the label and the split.');
  return { train, validation: rowsOf(splitCodes.validation), test: rowsOf(splitCodes.test) };
}
