import type { Matrix } from '../base/matrix';
import type { JobContext } from '../job/jobContext';
import { StageParts } from '../job/stageParts';
import { StageProgress } from '../job/stageProgress';
import type { Neighbours } from '../ranking/neighbours/neighbours';
import { rankRows } from '../ranking/rankRows';
import { computeReasons, reasonFlags } from '../ranking/reasons';
import { calibrateSuspicions, fitNoiseModel, noiseModelSteps } from '../ranking/suspicion/calibrateSuspicion';
import type { ExpertName } from '../ranking/suspicion/expertNames';
import { headExpert } from '../ranking/suspicion/experts';
import type { Judgement, RoundCount } from '../ranking/suspicion/judgeInRounds';
import { judgeInRounds, judgingSeconds } from '../ranking/suspicion/judgeInRounds';
import type { Suspicions } from '../ranking/suspicion/labelNoise';
import { computeSuspicions, estimateTransitions } from '../ranking/suspicion/labelNoise';
import type { LabelSignal } from '../ranking/suspicion/labelSignal';
import { holdBackSuspicions, measureLabelSignal, withdrawSuspicions } from '../ranking/suspicion/labelSignal';
import type { JoinedClasses } from '../ranking/suspicion/twinClasses';
import { joinTwins, partTwins } from '../ranking/suspicion/twinClasses';
import { fitTwoClassNoise, suspectTwoClasses } from '../ranking/suspicion/twoClassNoise';
import type { AuditForests } from './auditForests';
import type { AuditNeighbours } from './auditNeighbours';
import type { AuditInput, AuditResult, RankingColumns } from './auditTypes';
import type { RowRoles } from './checkInput';
import { expertSources } from './expertSources';
import type { MeasuredHeads } from './measureHeads';

export interface RankedAudit {
  readonly columns: RankingColumns;
  readonly judgement: Judgement;
  readonly transitions: Matrix | null;
  readonly signal: LabelSignal;
  readonly excessErrors: number | null;
  readonly neighbours: AuditResult['neighbours'];
}

/** Who is asked to judge the labels. */
interface AskedExperts {
  readonly experts: readonly ExpertName[];
  readonly neighbours: AuditNeighbours | null;
  readonly forests: AuditForests;
}

/** Seconds a row and class of what follows the judgement: transitions, noise model, calibration and ranks. */
const settlingSeconds = 1.2e-6;

/**
 * The stages 'neighbours' (where there is a search) and 'ranking' of an audit. All labelled rows take part, whatever
 * their split.
 */
export function rankAudit(
  input: AuditInput,
  roles: RowRoles,
  { suspicion: head, training }: Pick<MeasuredHeads, 'suspicion' | 'training'>,
  { experts, neighbours: search, forests }: AskedExperts,
  context: JobContext,
): RankedAudit {
  const { labels, classes, twins, options = {} } = input;
  const { labelled } = roles;
  const neighbours = search?.find() ?? null;

  const progress = new StageProgress('ranking', context);
  const sources = expertSources(experts, input, { head, neighbours, forests, labelled }, context);
  const rounds: RoundCount = options.rounds ?? 2;
  const cells = labels.length * classes;
  const parts = new StageParts(progress, judgingSeconds(sources, cells, rounds) + settlingSeconds * cells);
  const judgement = judgeInRounds(sources, { labels, classes, labelled, twins }, rounds, parts);
  const pool = judgement.probabilities;
  const { suspicions, transitions, signal, excessErrors } = suspectRows(input, roles, judgement, parts, context);
  const { onBlock } = parts.begin(0.1 * settlingSeconds * cells, 'ranks');
  const step = (): void => onBlock(1, 1);
  step();
  const rank = rankRows(suspicions.logOdds, head.loss, labels, step);
  step();
  const reasons = computeReasons({
    labels,
    classes,
    headProbabilities: headExpert(head.problem, head.outOfSampleLogits).probabilities,
    mixture: pool,
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
    judgement,
    transitions,
    signal,
    excessErrors,
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
  { probabilities: mixture, firstRound }: Judgement,
  parts: StageParts,
  { log }: Pick<JobContext, 'log'>,
): Pick<RankedAudit, 'transitions' | 'signal' | 'excessErrors'> & { readonly suspicions: Suspicions } {
  const { labels, classes, options = {} } = input;
  const judged = joinTwins(mixture, labels, classes, input.twins);
  const merged: Suspicions & { readonly transitions: Matrix | null } =
    (options.noiseModel ?? true)
      ? judged.classes === 2
        ? twoClassSuspicions(judged, roles.labelled, parts, log)
        : noiseAwareSuspicions(judged, roles, parts, log)
      : { ...computeSuspicions(judged.mixture, judged.labels, judged.classes, null), transitions: null };
  // Rows that were set aside are judged by others than they were suspected by: that says less of their labels.
  const first = joinTwins(firstRound, labels, classes, input.twins).mixture;
  const signal = measureLabelSignal(first, judged.labels, roles.labelled, judged.classes);
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
  parts: StageParts,
  log: JobContext['log'],
): Suspicions & { readonly transitions: Matrix } {
  const { onBlock } = parts.begin(0.9 * settlingSeconds * 2 * labels.length, 'label noise', 200);
  const model = fitTwoClassNoise(mixture, labels, weights, () => onBlock(1, 1));
  log(
    `suspicion: label noise of two classes fitted with scale ${model.scale.toFixed(2)} and offset ${model.offset.toFixed(2)}`,
  );
  return { ...suspectTwoClasses(mixture, labels, model), transitions: model.transitions };
}

/** More classes: the documented order, and calibrated sizes and transitions. */
function noiseAwareSuspicions(
  { mixture, labels, classes }: JoinedClasses,
  roles: RowRoles,
  parts: StageParts,
  log: JobContext['log'],
): Suspicions & { readonly transitions: Matrix } {
  const cells = settlingSeconds * labels.length * classes;
  const begin = (share: number, detail: string, passes: number): (() => void) => {
    const { onBlock } = parts.begin(share * cells, detail, passes);
    return () => onBlock(1, 1);
  };
  const order = estimateTransitions(mixture, labels, roles.labelled, classes, begin(0.2, 'label transitions', 40));
  const inSteps = begin(0.6, 'label noise', noiseModelSteps);
  const model = fitNoiseModel(mixture, labels, roles.labelled, classes, inSteps);
  const documented = computeSuspicions(mixture, labels, classes, order);
  const step = begin(0.1, 'calibration', 20);
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
