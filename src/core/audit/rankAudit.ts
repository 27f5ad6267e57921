import type { Matrix } from '../base/matrix';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { Neighbours } from '../ranking/neighbours/neighbours';
import { rankRows } from '../ranking/rankRows';
import { computeReasons, reasonFlags } from '../ranking/reasons';
import { calibrateSuspicions, fitNoiseModel, noiseModelSteps } from '../ranking/suspicion/calibrateSuspicion';
import { headExpert } from '../ranking/suspicion/experts';
import type { Suspicions } from '../ranking/suspicion/labelNoise';
import { computeSuspicions, estimateTransitions } from '../ranking/suspicion/labelNoise';
import type { LabelSignal } from '../ranking/suspicion/labelSignal';
import { holdBackSuspicions, measureLabelSignal, withdrawSuspicions } from '../ranking/suspicion/labelSignal';
import { fitPoolWeights, poolExperts } from '../ranking/suspicion/poolExperts';
import type { JoinedClasses } from '../ranking/suspicion/twinClasses';
import { joinTwins, partTwins } from '../ranking/suspicion/twinClasses';
import { fitTwoClassNoise, suspectTwoClasses } from '../ranking/suspicion/twoClassNoise';
import { gatherExperts } from './auditExperts';
import type { AuditNeighbours } from './auditNeighbours';
import type { AuditInput, AuditResult, ExpertLeftOut, ExpertWeight, RankingColumns } from './auditTypes';
import type { RowRoles } from './checkInput';
import type { MeasuredHeads } from './measureHeads';

export interface RankedAudit {
  readonly columns: RankingColumns;
  readonly mixture: Float32Array;
  readonly transitions: Matrix | null;
  readonly signal: LabelSignal;
  readonly excessErrors: number | null;
  readonly experts: readonly ExpertWeight[];
  readonly expertsLeftOut: readonly ExpertLeftOut[];
  readonly neighbours: AuditResult['neighbours'];
}

/**
 * The stages 'neighbours' (where there is a search) and 'ranking' of an audit. All labelled rows take part, whatever
 * their split.
 */
export function rankAudit(
  input: AuditInput,
  roles: RowRoles,
  { suspicion: head, training }: Pick<MeasuredHeads, 'suspicion' | 'training'>,
  search: AuditNeighbours | null,
  context: JobContext,
): RankedAudit {
  const { labels, classes } = input;
  const neighbours = search?.find() ?? null;

  const progress = new StageProgress('ranking', context);
  const step = (): void => progress.onBlock(1, 1);
  progress.begin(0, 0.3, 'experts', 1);
  const ofHead = headExpert(head.problem, head.outOfSampleLogits);
  const { experts, leftOut } = gatherExperts(input, roles, { ofHead, neighbours }, progress, context);
  progress.begin(0.3, 0.5, 'expert strengths', 12);
  const strengths = fitPoolWeights(experts, labels, roles.labelled, classes, step);
  const mixture = poolExperts(experts, strengths, classes, step);
  const { suspicions, transitions, signal, excessErrors } = suspectRows(input, roles, mixture, progress, context);
  progress.begin(0.9, 1, 'ranks');
  step();
  const rank = rankRows(suspicions.logOdds, head.loss, labels, step);
  step();
  const reasons = computeReasons({
    labels,
    classes,
    headProbabilities: ofHead.probabilities,
    mixture,
    neighbours,
    leverage: training.columns.leverage,
    valLossRif: training.columns.valLossRif,
  });
  // A head that knows frequencies only “disagrees” with whatever row it has not seen.
  if (!signal.found) for (let i = 0; i < reasons.length; i++) reasons[i] &= ~reasonFlags.headDisagrees;
  progress.finish();
  return {
    columns: {
      suspicion: suspicions.suspicion,
      suspicionLogOdds: suspicions.logOdds,
      rank,
      suggestedLabel: suspicions.suggested,
      reasons,
      nearestDistance: nearestDistances(neighbours, labels.length),
    },
    mixture,
    transitions,
    signal,
    excessErrors,
    experts: experts.map(({ name }, e) => ({ name, weight: strengths[e] })),
    expertsLeftOut: leftOut,
    neighbours: neighbours && {
      description: input.neighbours.description,
      k: neighbours.k,
      method: neighbours.method,
      recall: neighbours.recall,
    },
  };
}

/** What the experts' pool says of the given labels; withdrawn or held back where it says too little. */
function suspectRows(
  input: AuditInput,
  roles: RowRoles,
  mixture: Float32Array,
  progress: StageProgress,
  { log }: Pick<JobContext, 'log'>,
): Pick<RankedAudit, 'transitions' | 'signal' | 'excessErrors'> & { readonly suspicions: Suspicions } {
  const { labels, classes, options = {} } = input;
  const judged = joinTwins(mixture, labels, classes, input.twins);
  const merged: Suspicions & { readonly transitions: Matrix | null } =
    (options.noiseModel ?? true)
      ? judged.classes === 2
        ? twoClassSuspicions(judged, roles.train, progress, log)
        : noiseAwareSuspicions(judged, roles, progress, log)
      : { ...computeSuspicions(judged.mixture, judged.labels, judged.classes, null), transitions: null };
  const signal = measureLabelSignal(judged.mixture, judged.labels, roles.labelled, judged.classes);
  if (!signal.found) withdrawSuspicions(merged, judged.labels);
  const excessErrors = signal.found ? holdBackSuspicions(merged, judged.labels, roles.labelled) : null;
  const suspicions = judged.classes === classes ? merged : partTwins(merged, judged, mixture, labels, classes);
  // Where errors cannot be told from classes T says anything.
  return {
    suspicions,
    transitions: signal.found && excessErrors === null ? suspicions.transitions : null,
    signal,
    excessErrors,
  };
}

/** Two classes: order, sizes and transitions of one model of the rows whose `weights` are not 0. */
function twoClassSuspicions(
  { mixture, labels }: JoinedClasses,
  weights: Float64Array,
  progress: StageProgress,
  log: JobContext['log'],
): Suspicions & { readonly transitions: Matrix } {
  progress.begin(0.5, 0.9, 'label noise', 200);
  const model = fitTwoClassNoise(mixture, labels, weights, () => progress.onBlock(1, 1));
  log(
    `suspicion: label noise of two classes fitted with scale ${model.scale.toFixed(2)} and offset ${model.offset.toFixed(2)}`,
  );
  return { ...suspectTwoClasses(mixture, labels, model), transitions: model.transitions };
}

/** More classes: the documented order, and calibrated sizes and transitions. */
function noiseAwareSuspicions(
  { mixture, labels, classes }: JoinedClasses,
  roles: RowRoles,
  progress: StageProgress,
  log: JobContext['log'],
): Suspicions & { readonly transitions: Matrix } {
  const step = (): void => progress.onBlock(1, 1);
  progress.begin(0.5, 0.6, 'label transitions', 40);
  const order = estimateTransitions(mixture, labels, roles.labelled, classes, step);
  progress.begin(0.6, 0.85, 'label noise', noiseModelSteps);
  const model = fitNoiseModel(mixture, labels, roles.labelled, classes, step);
  const documented = computeSuspicions(mixture, labels, classes, order);
  progress.begin(0.85, 0.9, 'calibration', 20);
  const calibrated = calibrateSuspicions(mixture, labels, roles.labelled, documented, model, step);
  const { slope, intercept } = calibrated;
  log(
    `suspicion: label noise fitted with exponent ${model.exponent.toFixed(2)}; log-odds × ${slope.toFixed(2)} ` +
      `${intercept < 0 ? '−' : '+'} ${Math.abs(intercept).toFixed(2)}`,
  );
  return { ...calibrated, transitions: model.transitions };
}

/** NaN where there are no neighbours. */
export function nearestDistances(neighbours: Neighbours | null, rows: number): Float64Array {
  const distances = new Float64Array(rows).fill(Number.NaN);
  if (neighbours === null) return distances;
  const { k, rows: found, squaredDistances } = neighbours;
  for (let i = 0; i < rows; i++) if (found[i * k] >= 0) distances[i] = Math.sqrt(squaredDistances[i * k]);
  return distances;
}
