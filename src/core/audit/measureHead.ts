import type { ChosenProblem } from '../head/headSteps';
import { chooseProblemL2, fitProblem, prepareModel } from '../head/headSteps';
import { openProblem } from '../head/openProblem';
import type { FittedModel } from '../influence/fittedModel';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import { computeMeanLossEffects } from '../influence/rows/rowInfluence';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import { lossOfRow } from '../models/evaluateHead';
import type { HeadFit } from '../models/fitting/fitHead';
import { headKindFor, isLabelled, type RowLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import type { AuditInput, HeadColumns } from './auditTypes';
import type { RowRoles } from './checkInput';

/** A head at its optimum and its influence on all rows. */
interface HeadInfluence {
  readonly model: FittedModel;
  readonly influence: RowInfluence;
  readonly columns: HeadColumns;
  /** Single precision was tried and was not enough. */
  readonly fellBackToFloat64: boolean;
}

export interface MeasuredHead extends ChosenProblem, HeadInfluence {
  readonly fit: HeadFit;
  /** θ̂ of the features as they were given. */
  readonly theta: Float64Array;
}

/** What a head is fitted to: class numbers, or numbers for the ridge head. */
type MeasuredInput = Omit<AuditInput, 'labels' | 'neighbours'> & { readonly labels: RowLabels };

/**
 * The stages λ (whose progress is given), fit and influence of an audit. The blocks of X are gone at the end: what
 * comes after reads rows by itself, and needs the room.
 */
export function measureHead(
  input: MeasuredInput,
  roles: RowRoles,
  lambda: StageProgress,
  context: JobContext,
): MeasuredHead {
  const { l2, options = {} } = input;
  const kind = input.head ?? headKindFor(input.classes);
  const opened = openProblem(
    { ...input, kind, weights: roles.train, rowSpace: options.rowSpace },
    context,
    lambda.onBlock,
  );
  try {
    const chosen = chooseProblemL2(opened.problem, { l2, l2Range: options.l2Range }, lambda, context);
    const fit = fitProblem(chosen, context);
    const measured = measureInfluence(chosen.problem, fit, { labels: input.labels, roles }, context);
    return { ...chosen, fit, ...measured, theta: opened.expand(fit.state.theta) };
  } finally {
    opened.dispose();
  }
}

/** The stage `influence`. */
function measureInfluence(
  problem: HeadProblem,
  { state }: HeadFit,
  { labels, roles }: { readonly labels: RowLabels; readonly roles: RowRoles },
  context: JobContext,
): HeadInfluence {
  const progress = new StageProgress('influence', context);
  const first = prepareModel(problem, state, { progress, end: 0.45 }, context);
  progress.begin(0.45, 0.85, 'leverage', 1);
  const { model, influence } = computePreciseInfluence(first, progress.onBlock, (reason) => {
    context.log(reason);
    progress.begin(0.85, 0.9, 'Hessian and leverage in float64');
  });
  const loss = lossesOf(problem, model.logits, labels);
  progress.begin(0.9, 1, 'effects on the validation loss', 3);
  const effects =
    roles.validationRows === 0
      ? { byIf: emptyColumn(problem), byRif: emptyColumn(problem) }
      : computeMeanLossEffects(model, roles.validation, labels, influence.rifCoefficients, progress.onBlock);
  progress.finish();
  return {
    model,
    influence,
    columns: {
      loss,
      probability: probabilitiesOf(problem, loss),
      looLoss: influence.looLoss,
      looProbability: probabilitiesOf(problem, influence.looLoss),
      leverage: influence.leverage,
      selfInfluenceIf: influence.selfIf,
      selfInfluenceRif: influence.selfRif,
      valLossIf: effects.byIf,
      valLossRif: effects.byRif,
    },
    fellBackToFloat64: first.precision.fellBack || model !== first,
  };
}

function emptyColumn({ features }: HeadProblem): Float64Array {
  return new Float64Array(features.rows).fill(Number.NaN);
}

/** NaN for rows without a label. */
function lossesOf(problem: HeadProblem, logits: Float64Array, labels: RowLabels): Float64Array {
  const loss = new Float64Array(labels.length).fill(Number.NaN);
  for (let i = 0; i < loss.length; i++) if (isLabelled(labels, i)) loss[i] = lossOfRow(problem, logits, i);
  return loss;
}

/** Of the labels that have these losses; NaN for the ridge head. */
function probabilitiesOf(problem: HeadProblem, losses: Float64Array): Float64Array {
  if (problem.kind === 'ridge') return emptyColumn(problem);
  const out = new Float64Array(losses.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(-losses[i]);
  return out;
}
