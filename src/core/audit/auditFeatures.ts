import { InputError } from '../base/errors';
import type { FittedModel, ModelStage } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import { computeMeanLossEffects } from '../influence/rows/rowInfluence';
import { fillClassProbabilities } from '../influence/rows/rowSolver';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { L2Search } from '../l2/chooseL2';
import { chooseL2, defaultL2Range } from '../l2/chooseL2';
import { lossOfRow } from '../models/evaluateHead';
import type { HeadFit } from '../models/fitHead';
import { fitHead, fitTolerance } from '../models/fitHead';
import { headKindFor } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { createHeadProblem, withL2 } from '../models/headProblem';
import { indexOfLargest } from '../models/rowMath';
import type { HeadRows } from '../models/rowSpace';
import { chooseHeadRows } from '../models/rowSpace';
import { highLeverageThreshold } from '../ranking/reasons';
import type { AuditNeighbours } from './auditNeighbours';
import { beginNeighbours } from './auditNeighbours';
import type { AuditColumns, AuditInput, AuditResult, Rescaling, SplitSummary } from './auditTypes';
import type { RowRoles } from './checkInput';
import { checkAuditInput } from './checkInput';
import { rankAudit } from './rankAudit';
import { auditWarnings } from './warnings';

/**
 * One audit over a feature matrix: λ, fit, influence, neighbours, ranking. Synchronous; progress and cancellation through the
 * context. Deterministic for a given input, seed and backend. Memory beyond the input: about 8n·(20 + 6K + 3k) bytes and 4p² numbers; for heads too
 * large for that (headSize.ts) 6d² numbers and 64 MiB at a time of the leverages' forms.
 * @throws InputError, NumericalError, CancelledError
 */
export function auditFeatures(input: AuditInput, context: JobContext): AuditResult {
  const options = input.options ?? {};
  const useHead = options.headExpert ?? true;
  const useNeighbours = options.neighbourExperts ?? true;
  if (!useHead && !useNeighbours) {
    throw new InputError('The suspicion ranking needs at least one expert: the head or the neighbours.');
  }
  const lambda = new StageProgress('lambda', context);
  // Two passes over the rows, which may be on disk, come before the first λ.
  lambda.begin(0, input.l2 === 'auto' ? 0.02 : 1);
  const roles = checkAuditInput(input, lambda.onBlock);
  const neighbours = useNeighbours ? beginNeighbours(input, roles, context) : null;
  try {
    return auditRows(input, roles, neighbours, context, lambda);
  } finally {
    neighbours?.stop();
  }
}

function auditRows(
  input: AuditInput,
  roles: RowRoles,
  neighbours: AuditNeighbours | null,
  context: JobContext,
  lambda: StageProgress,
): AuditResult {
  const { search, problem, fit, measured, expand } = measureHead(input, roles, context, lambda);
  const ranking = rankAudit(input, roles, problem, measured.influence, measured.columns, neighbours, context);
  const columns: AuditColumns = { ...measured.columns, ...ranking.columns };
  const leverages = summarizeLeverage(measured.influence.leverage);
  const result: Omit<AuditResult, 'warnings'> = {
    columns,
    classProbabilities: ranking.mixture,
    head: {
      kind: problem.kind,
      theta: expand(fit.state.theta),
      l2: problem.l2,
      gradientNorm: fit.state.gradientNorm,
      relativeGradientNorm: fit.relativeGradientNorm,
      iterations: fit.passes ?? fit.newtonSteps,
      conditionEstimate: measured.model.conditionEstimate,
      precision: measured.model.linalg.precision,
      rescaling: rescalingOf(measured.model),
    },
    l2Choice: search?.choice ?? null,
    transitions: ranking.transitions,
    signal: ranking.signal,
    excessErrors: ranking.excessErrors,
    experts: ranking.experts,
    neighbours: ranking.neighbours,
    effectiveDof: leverages.sum,
    maxLeverage: leverages.largest,
    highLeverageRows: leverages.high,
    train: summarize(problem, fit.state.logits, roles.train, input.labels),
    leaveOneOut: summarize(problem, measured.influence.outOfSampleLogits, roles.train, input.labels),
    validation:
      roles.validationRows === 0 ? null : summarize(problem, fit.state.logits, roles.validation, input.labels),
    test: roles.testRows === 0 ? null : summarize(problem, fit.state.logits, roles.test, input.labels),
    unlabelledRows: roles.unlabelledRows,
  };
  const warnings = auditWarnings({
    result,
    input,
    roles,
    problem,
    failedL2: search?.failed ?? [],
    unstableRows: measured.influence.unstableRows,
    fellBackToFloat64: measured.fellBackToFloat64,
  });
  return { ...result, warnings };
}

interface MeasuredHead {
  readonly search: L2Search | undefined;
  readonly problem: HeadProblem;
  readonly fit: HeadFit;
  readonly measured: Measured;
  /** θ of the features for θ of `problem`. */
  readonly expand: HeadRows['expand'];
}

/** The stages λ, fit and influence. The blocks of X are gone at the end: what comes after reads rows by itself, and needs the room. */
function measureHead(input: AuditInput, roles: RowRoles, context: JobContext, lambda: StageProgress): MeasuredHead {
  const { linalg } = context;
  const { features, unpenalised, expand } = chooseHeadRows(
    { features: input.features, unpenalised: input.unpenalised, weights: roles.train },
    { ...context, rowSpace: input.options?.rowSpace, onBlock: lambda.onBlock },
  );
  const rows = linalg.loadRows(features);
  try {
    const start = createHeadProblem(
      {
        kind: input.head ?? headKindFor(input.classes),
        classes: input.classes,
        features,
        rows,
        labels: input.labels,
        weights: roles.train,
        l2: input.l2 === 'auto' ? (input.options?.l2Range ?? defaultL2Range)[1] : input.l2,
        unpenalised,
        featureCount: input.features.columns,
      },
      linalg,
      lambda.onBlock,
    );
    const search = input.l2 === 'auto' ? searchL2(start, input, context, lambda) : undefined;
    lambda.finish();
    const problem = search === undefined ? start : withL2(start, search.choice.chosen);
    const fit = fitStage(problem, search, context);
    return { search, problem, fit, measured: influenceStage(problem, fit, input, roles, context), expand };
  } finally {
    rows.dispose();
  }
}

function searchL2(problem: HeadProblem, input: AuditInput, context: JobContext, progress: StageProgress): L2Search {
  const range = input.options?.l2Range;
  const search = chooseL2(problem, context.linalg, {
    ...(range === undefined ? {} : { range }),
    onBlock: progress.onBlock,
    onPoint: (l2, done, total) =>
      progress.begin(
        Math.min(done, total - 1) / total,
        (Math.min(done, total - 1) + 1) / total,
        `λ ${formatL2(l2)}, value ${done + 1} of at most ${total}`,
        8,
      ),
  });
  context.log(
    `λ = ${formatL2(search.choice.chosen)} by leave-one-out loss, ${search.choice.points.length} values, ${search.hessians} Hessians` +
      (search.choice.sampledRows === undefined ? '' : `, on ${search.choice.sampledRows} rows`),
  );
  return search;
}

function fitStage(problem: HeadProblem, search: L2Search | undefined, context: JobContext): HeadFit {
  const progress = new StageProgress('fit', context);
  let reached = 0;
  const fit = fitHead(problem, context.linalg, {
    ...(search === undefined ? {} : { start: search.theta }),
    onBlock: progress.onBlock,
    onStep: (relative) => {
      const share = Math.min(0.95, Math.max(reached, Math.log(relative) / Math.log(fitTolerance)));
      reached = Number.isFinite(share) ? share : reached;
      progress.begin(reached, Math.min(1, reached + 0.2), `relative gradient ${relative.toExponential(1)}`, 8);
    },
  });
  progress.finish();
  const work = fit.passes === undefined ? `${fit.newtonSteps} Hessians` : `${fit.passes} passes over the rows`;
  context.log(`fit: relative gradient ${fit.relativeGradientNorm.toExponential(1)}, ${work}`);
  return fit;
}

type InfluenceColumns = Pick<
  AuditColumns,
  | 'loss'
  | 'probability'
  | 'looProbability'
  | 'looLoss'
  | 'leverage'
  | 'selfInfluenceIf'
  | 'selfInfluenceRif'
  | 'valLossIf'
  | 'valLossRif'
>;

interface Measured {
  readonly model: FittedModel;
  readonly fellBackToFloat64: boolean;
  readonly influence: RowInfluence;
  readonly columns: InfluenceColumns;
}

/** Shares of the stage and passes over the rows that the parts of a model are expected to take. */
const modelStages: Readonly<
  Record<ModelStage, { readonly from: number; readonly to: number; readonly passes: number }>
> = {
  Hessian: { from: 0, to: 0.45, passes: 2 },
  'Kronecker factors': { from: 0, to: 0.15, passes: 3 },
  'error of the leverages': { from: 0.15, to: 0.45, passes: 3 },
};

function influenceStage(
  problem: HeadProblem,
  fit: HeadFit,
  input: AuditInput,
  roles: RowRoles,
  context: JobContext,
): Measured {
  const progress = new StageProgress('influence', context);
  const first = createFittedModel(problem, fit.state.theta, context.linalg, progress.onBlock, {
    logits: fit.state.logits,
    onStage: (name) => {
      const { to, passes } = modelStages[name];
      progress.begin(modelStages[name].from, to, name, passes);
    },
  });
  context.log(`precision: ${first.precision.description}; leverages ${first.forms.description}`);
  progress.begin(0.45, 0.85, 'leverage', 1);
  const { model, influence } = computePreciseInfluence(first, progress.onBlock, (reason) => {
    context.log(reason);
    progress.begin(0.85, 0.9, 'Hessian and leverage in float64');
  });
  const n = problem.features.rows;
  const empty = (): Float64Array => new Float64Array(n).fill(Number.NaN);
  const loss = lossesOf(problem, model.logits, input.labels);
  progress.begin(0.9, 1, 'effects on the validation loss', 3);
  const effects =
    roles.validationRows === 0
      ? { byIf: empty(), byRif: empty() }
      : computeMeanLossEffects(model, roles.validation, input.labels, influence.rifCoefficients, progress.onBlock);
  progress.finish();
  return {
    model,
    fellBackToFloat64: first.precision.fellBack || model !== first,
    influence,
    columns: {
      loss,
      probability: probabilitiesOf(loss),
      looLoss: influence.looLoss,
      looProbability: probabilitiesOf(influence.looLoss),
      leverage: influence.leverage,
      selfInfluenceIf: influence.selfIf,
      selfInfluenceRif: influence.selfRif,
      valLossIf: effects.byIf,
      valLossRif: effects.byRif,
    },
  };
}

/** NaN for rows without a label. */
function lossesOf(problem: HeadProblem, logits: Float64Array, labels: Int32Array): Float64Array {
  const loss = new Float64Array(labels.length).fill(Number.NaN);
  for (let i = 0; i < loss.length; i++) if (labels[i] >= 0) loss[i] = lossOfRow(problem, logits, i);
  return loss;
}

/** Of the labels that have these losses. */
function probabilitiesOf(losses: Float64Array): Float64Array {
  const out = new Float64Array(losses.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(-losses[i]);
  return out;
}

function rescalingOf({ forms, inverse }: FittedModel): Rescaling {
  const { method, description, error } = forms;
  return {
    method,
    description,
    solver: inverse.description,
    ...(error === undefined ? {} : { error: { rows: error.rows, median: error.median, worst: error.worst } }),
  };
}

function summarizeLeverage(leverage: Float64Array): { sum: number; largest: number; high: number } {
  let sum = 0;
  let largest = 0;
  let high = 0;
  for (const value of leverage) {
    if (Number.isNaN(value)) continue;
    sum += value;
    if (value > largest) largest = value;
    if (value > highLeverageThreshold) high++;
  }
  return { sum, largest, high };
}

/** Mean loss and accuracy over the rows with weight under n×K logits. */
function summarize(
  problem: HeadProblem,
  logits: Float64Array,
  weights: Float64Array,
  labels: Int32Array,
): SplitSummary {
  const probabilities = new Float64Array(problem.classes);
  let rows = 0;
  let loss = 0;
  let right = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    rows++;
    loss += lossOfRow(problem, logits, i);
    fillClassProbabilities(problem, logits, i * problem.outputs, probabilities, 0);
    if (indexOfLargest(probabilities, 0, problem.classes) === labels[i]) right++;
  }
  return { rows, meanLoss: loss / rows, accuracy: right / rows };
}

/** λ as people read it: 0.001, 3.16e-5. */
export function formatL2(l2: number): string {
  return l2 >= 1e-3 ? String(Number(l2.toPrecision(3))) : l2.toExponential(2).replace('.00', '');
}
