import { countOfWeight } from '../base/weights';
import { chooseProblemL2, type ChosenProblem, fitChosen, fitProblem } from '../head/headSteps';
import { openProblem } from '../head/openProblem';
import type { FittedModel } from '../influence/fittedModel';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { L2Search } from '../l2/chooseL2';
import type { HessianFactor } from '../models/curvature/hessianFactor';
import { lossOfRow } from '../models/evaluateHead';
import type { HeadFit } from '../models/fitting/fitHead';
import type { HeadMetrics } from '../models/fitting/headMetric';
import { headKindFor, isLabelled, type RowLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { reweighted } from '../models/headProblem';
import { isExactAffordable, judgesByEstimates } from '../models/headSize';
import type { AuditInput, HeadColumns } from './auditTypes';
import type { RowRoles } from './checkInput';
import type { LeftOutHead } from './leaveOut';
import { leaveOut } from './leaveOut';

/** What estimates for the head that judges labels take of the stage `influence` beside an exact one. */
const estimatedShare = 0.1;

/** The head of the training rows and what is measured by it. */
export interface MeasuredHead extends LeftOutHead {
  readonly fit: HeadFit;
  /** θ̂ of the features as they were given. */
  readonly theta: Float64Array;
  readonly columns: OwnColumns;
}

/** What the head says of the rows, all but the effects on others. */
type OwnColumns = Omit<HeadColumns, 'valLossIf' | 'valLossRif'>;

/** The head that judges labels: fitted to all labelled rows, whatever their split. */
export interface SuspicionHead {
  readonly problem: HeadProblem;
  /** θ̂ of the problem's features. */
  readonly theta: Float64Array;
  /** Of H near θ̂, where the fit took one. */
  readonly factor: HessianFactor | undefined;
  /** What the fit measured directions by, where it went by gradients. */
  readonly metrics: HeadMetrics | undefined;
  /** Where H was not formed: what stands for it near θ̂. */
  readonly estimated: FittedModel | undefined;
  /** n×K: leave-one-out logits of labelled rows, the fitted ones of others. */
  readonly outOfSampleLogits: RowInfluence['outOfSampleLogits'];
  /** n: loss of the given label under the fitted head; NaN = unlabelled. */
  readonly loss: Float64Array;
  /** Single precision was tried and was not enough. */
  readonly fellBackToFloat64: boolean;
}

/** Both heads, at one λ. */
export interface MeasuredHeads {
  /** undefined when λ was given. */
  readonly search: L2Search | undefined;
  readonly suspicion: SuspicionHead;
  readonly training: MeasuredHead;
}

/** What a head is fitted to: class numbers, or numbers for the ridge head. */
type MeasuredInput = Omit<AuditInput, 'labels' | 'neighbours'> & { readonly labels: RowLabels };

/**
 * The stages λ (whose progress is given), fit and influence of an audit. λ is chosen by, and the suspicion's head
 * fitted to, all labelled rows of a weight above 0; the head of the training rows takes the same λ and starts there.
 * Where every labelled row trains they are one. The blocks of X are gone at the end: what comes after reads rows by
 * itself, and needs the room.
 */
export function measureHeads(
  input: MeasuredInput,
  roles: RowRoles,
  lambda: StageProgress,
  context: JobContext,
): MeasuredHeads {
  const { l2, labels, options = {} } = input;
  const kind = input.head ?? headKindFor(input.classes);
  const opened = openProblem(
    { ...input, kind, weights: roles.weights, rowSpace: options.rowSpace },
    context,
    lambda.onBlock,
  );
  try {
    const chosen = chooseProblemL2(opened.problem, { l2, l2Range: options.l2Range }, lambda, context);
    const isOne = roles.validationRows + roles.testRows === 0;
    const fitting = new StageProgress('fit', context);
    const fitHeads = (at: ChosenProblem): FittedHeads =>
      isOne ? fitOne(at, fitting, context) : fitBoth(at, roles.train, fitting, context);
    const { problem, search, fit: heads } = fitChosen(chosen, fitHeads, context.log);
    const { whole, trained, fit } = heads;
    fitting.finish();

    const progress = new StageProgress('influence', context);
    // Leverages are shown of the training rows alone.
    const isEstimated = !isOne && judgesByEstimates(problem, countOfWeight(roles.weights));
    const method = isEstimated ? 'iterative' : 'auto';
    const turn = isOne ? 1 : isEstimated && isExactAffordable(trained) ? estimatedShare : 0.5;
    const judged = leaveOut(problem, whole.state, { progress, from: 0, to: turn }, context, method);
    const suspicion = {
      problem,
      theta: whole.state.theta,
      factor: whole.factor,
      metrics: whole.metrics,
      estimated: judged.model.exact === undefined ? judged.model : undefined,
      outOfSampleLogits: judged.influence.outOfSampleLogits,
      loss: lossesOf(problem, judged.model.logits, labels),
      fellBackToFloat64: judged.fellBackToFloat64,
    };
    const measured = isOne ? judged : leaveOut(trained, fit.state, { progress, from: turn, to: 1 }, context);
    const columns = columnsOf(measured, isOne ? suspicion.loss : undefined, labels);
    progress.finish();
    return {
      search,
      suspicion,
      training: { ...measured, fit, theta: opened.expand(fit.state.theta), columns },
    };
  } finally {
    opened.dispose();
  }
}

/** The heads of all labelled rows and of the training rows at one λ. */
interface FittedHeads {
  readonly whole: HeadFit;
  /** The problem of the training rows. */
  readonly trained: HeadProblem;
  readonly fit: HeadFit;
}

function fitOne({ problem, search }: ChosenProblem, progress: StageProgress, context: JobContext): FittedHeads {
  const whole = fitProblem(problem, { theta: search?.theta }, { progress, from: 0, to: 1 }, context);
  return { whole, trained: problem, fit: whole };
}

function fitBoth(
  { problem, search }: ChosenProblem,
  train: Float64Array,
  progress: StageProgress,
  context: JobContext,
): FittedHeads {
  const whole = fitProblem(problem, { theta: search?.theta }, { progress, from: 0, to: 0.6 }, context);
  const trained = reweighted(problem, train, context.linalg, progress.onBlock);
  const start = { theta: whole.state.theta, factor: whole.factor };
  return { whole, trained, fit: fitProblem(trained, start, { progress, from: 0.6, to: 1 }, context) };
}

function columnsOf(
  { model, influence }: LeftOutHead,
  knownLoss: Float64Array | undefined,
  labels: RowLabels,
): OwnColumns {
  const loss = knownLoss ?? lossesOf(model.problem, model.logits, labels);
  return {
    loss,
    probability: probabilitiesOf(model.problem, loss),
    looLoss: influence.looLoss,
    looProbability: probabilitiesOf(model.problem, influence.looLoss),
    leverage: influence.leverage,
    selfInfluenceIf: influence.selfIf,
    selfInfluenceRif: influence.selfRif,
  };
}

/** NaN for rows without a label. */
function lossesOf(problem: HeadProblem, logits: Float64Array, labels: RowLabels): Float64Array {
  const loss = new Float64Array(labels.length).fill(Number.NaN);
  for (let i = 0; i < loss.length; i++) if (isLabelled(labels, i)) loss[i] = lossOfRow(problem, logits, i);
  return loss;
}

/** Of the labels that have these losses; NaN for the ridge head. */
function probabilitiesOf({ kind }: HeadProblem, losses: Float64Array): Float64Array {
  if (kind === 'ridge') return new Float64Array(losses.length).fill(Number.NaN);
  const out = new Float64Array(losses.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(-losses[i]);
  return out;
}
