import type { Matrix } from '../base/matrix';
import type { RowInfluence } from '../influence/rows/rowInfluence';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { HeadProblem } from '../models/headProblem';
import { calibrateSuspicions, fitNoiseModel, noiseModelSteps } from '../ranking/calibrateSuspicion';
import type { Expert } from '../ranking/experts';
import { headExpert, neighbourCounts, neighbourExpert } from '../ranking/experts';
import type { Suspicions } from '../ranking/labelNoise';
import { computeSuspicions, estimateTransitions } from '../ranking/labelNoise';
import type { LabelSignal } from '../ranking/labelSignal';
import { holdBackSuspicions, measureLabelSignal, withdrawSuspicions } from '../ranking/labelSignal';
import { rankRows } from '../ranking/rankRows';
import { computeReasons, reasonFlags } from '../ranking/reasons';
import { fitExpertWeights, mixExperts } from '../ranking/stackExperts';
import { joinTwins, partTwins } from '../ranking/twinClasses';
import type { AuditNeighbours } from './auditNeighbours';
import type { AuditColumns, AuditInput, AuditResult, ExpertWeight } from './auditTypes';
import type { RowRoles } from './checkInput';

export interface RankedAudit {
  readonly columns: Pick<
    AuditColumns,
    'suspicion' | 'suspicionLogOdds' | 'rank' | 'suggestedLabel' | 'reasons' | 'nearestDistance'
  >;
  readonly mixture: Float32Array;
  readonly transitions: Matrix | null;
  readonly signal: LabelSignal;
  readonly excessErrors: number | null;
  readonly experts: readonly ExpertWeight[];
  readonly neighbours: AuditResult['neighbours'];
}

/** The stages 'neighbours' (where there is a search) and 'ranking' of an audit. Weights and transitions are learnt on the training rows only. */
export function rankAudit(
  input: AuditInput,
  roles: RowRoles,
  problem: HeadProblem,
  influence: RowInfluence,
  measured: Pick<AuditColumns, 'loss' | 'leverage' | 'valLossRif'>,
  search: AuditNeighbours | null,
  context: JobContext,
): RankedAudit {
  const { labels, classes, options = {} } = input;
  const n = labels.length;
  const neighbours = search?.find() ?? null;

  const progress = new StageProgress('ranking', context);
  progress.begin(0, 0.3, 'experts', 1);
  const head = headExpert(problem, influence.outOfSampleLogits);
  const experts: Expert[] = (options.headExpert ?? true) ? [head] : [];
  if (neighbours !== null) {
    for (const k of neighbourCounts) {
      context.signal.throwIfCancelled();
      experts.push(neighbourExpert(neighbours, labels, classes, k));
    }
  }
  progress.begin(0.1, 0.5, 'expert weights', 50);
  const step = (): void => progress.onBlock(1, 1);
  const weights = fitExpertWeights(experts, labels, roles.train, classes, step);
  const mixture = mixExperts(experts, weights);
  const judged = joinTwins(mixture, labels, classes, input.twins);
  const merged: Suspicions & { readonly transitions: Matrix | null } =
    (options.noiseModel ?? true)
      ? noiseAwareSuspicions(judged.mixture, judged, roles, progress, context)
      : { ...computeSuspicions(judged.mixture, judged.labels, judged.classes, null), transitions: null };
  const signal = measureLabelSignal(judged.mixture, judged.labels, roles.train, judged.classes);
  if (!signal.found) withdrawSuspicions(merged, judged.labels);
  const excessErrors = signal.found ? holdBackSuspicions(merged, judged.labels, roles.train) : null;
  const found = judged.classes === classes ? merged : partTwins(merged, judged, mixture, labels, classes);
  const { suspicion, logOdds, suggested } = found;
  progress.begin(0.9, 1, 'ranks');
  step();
  const rank = rankRows(logOdds, measured.loss, labels, step);
  step();
  const reasons = computeReasons({
    labels,
    classes,
    trainWeights: roles.train,
    headProbabilities: head.probabilities,
    mixture,
    neighbours,
    leverage: measured.leverage,
    valLossRif: measured.valLossRif,
  });
  // A head that knows frequencies only “disagrees” with whatever row it has not seen.
  if (!signal.found) for (let i = 0; i < n; i++) reasons[i] &= ~reasonFlags.headDisagrees;
  const nearestDistance = new Float64Array(n).fill(Number.NaN);
  if (neighbours !== null) {
    for (let i = 0; i < n; i++) {
      if (neighbours.rows[i * neighbours.k] >= 0) {
        nearestDistance[i] = Math.sqrt(neighbours.squaredDistances[i * neighbours.k]);
      }
    }
  }
  progress.finish();
  return {
    columns: { suspicion, suspicionLogOdds: logOdds, rank, suggestedLabel: suggested, reasons, nearestDistance },
    mixture,
    // Where errors cannot be told from classes T says anything.
    transitions: signal.found && excessErrors === null ? found.transitions : null,
    signal,
    excessErrors,
    experts: experts.map(({ name }, e) => ({ name, weight: weights[e] })),
    neighbours:
      neighbours === null
        ? null
        : {
            description: input.neighbours.description,
            k: neighbours.k,
            method: neighbours.method,
            recall: neighbours.recall,
          },
  };
}

/** The documented order, and calibrated sizes and transitions. */
function noiseAwareSuspicions(
  mixture: Float32Array,
  { labels, classes }: Pick<AuditInput, 'labels' | 'classes'>,
  roles: RowRoles,
  progress: StageProgress,
  context: JobContext,
): Suspicions & { readonly transitions: Matrix } {
  const step = (): void => progress.onBlock(1, 1);
  progress.begin(0.5, 0.6, 'label transitions', 50);
  const order = estimateTransitions(mixture, labels, roles.train, classes, step);
  progress.begin(0.6, 0.85, 'label noise', noiseModelSteps);
  const model = fitNoiseModel(mixture, labels, roles.train, classes, step);
  const documented = computeSuspicions(mixture, labels, classes, order);
  progress.begin(0.85, 0.9, 'calibration', 20);
  const calibrated = calibrateSuspicions(mixture, labels, roles.train, documented, model, step);
  const { slope, intercept } = calibrated;
  context.log(
    `suspicion: label noise fitted with exponent ${model.exponent.toFixed(2)}; log-odds × ${slope.toFixed(2)} ${intercept < 0 ? '−' : '+'} ${Math.abs(intercept).toFixed(2)}`,
  );
  return { ...calibrated, transitions: model.transitions };
}
