import type { Matrix } from '../base/matrix';
import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import { readLabels } from '../influence/measurements/measuredLabels';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import { defaultValidationLabels } from '../influence/measurements/validationLabels';
import type { JobContext } from '../job/jobContext';
import { StageParts } from '../job/stageParts';
import { StageProgress } from '../job/stageProgress';
import type { Neighbours } from '../ranking/neighbours/neighbours';
import { rankRows } from '../ranking/rankRows';
import { computeReasons, reasonFlags } from '../ranking/reasons';
import type { ExpertName } from '../ranking/suspicion/expertNames';
import { headExpert } from '../ranking/suspicion/experts';
import type { Judgement, RoundCount } from '../ranking/suspicion/judgeInRounds';
import { judgeInRounds, judgingSeconds } from '../ranking/suspicion/judgeInRounds';
import type { LabelSignal } from '../ranking/suspicion/labelSignal';
import type { AuditForests } from './auditForests';
import type { AuditNeighbours } from './auditNeighbours';
import type { AuditInput, AuditResult, HeadColumns, RankingColumns } from './auditTypes';
import type { RowRoles } from './checkInput';
import { expertSources } from './expertSources';
import { believe, clearLabelReasons, clearVouched, likeliestOthers } from './labelBeliefs';
import type { MeasuredHeads } from './measureHeads';
import { settlingSeconds, suspectRows } from './suspectRows';
import { computeValidationEffects, validationEffectSeconds } from './validationEffects';

export interface RankedAudit {
  readonly columns: RankingColumns & Pick<HeadColumns, 'valLossIf' | 'valLossRif'>;
  readonly beliefs: LabelBeliefs;
  readonly validationLabels: ValidationLabels;
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
  const { labels, classes, twins, vouched, options = {} } = input;
  const { labelled } = roles;
  const neighbours = search?.find() ?? null;

  const progress = new StageProgress('ranking', context);
  const sources = expertSources(experts, input, { head, neighbours, forests, labelled }, context);
  const rounds: RoundCount = options.rounds ?? 2;
  const cells = labels.length * classes;
  const measuring = training.problem.outputs * input.features.rows * input.features.columns * validationEffectSeconds;
  const seconds = judgingSeconds(sources, cells, rounds) + settlingSeconds * cells + measuring;
  const parts = new StageParts(progress, seconds);
  const judgement = judgeInRounds(sources, { labels, classes, labelled, twins, vouched }, rounds, parts);
  const pool = judgement.probabilities;
  const { suspicions, transitions, signal, excessErrors } = suspectRows(input, labelled, judgement, parts, context.log);
  const others = likeliestOthers(suspicions.suggested, pool, labels, classes, twins);
  const beliefs = believe(labels, { suspicion: suspicions.suspicion, others }, signal.found, vouched);
  const validationLabels = options.validationLabels ?? defaultValidationLabels;
  const effects = computeValidationEffects(
    training,
    roles,
    readLabels(labels, beliefs, validationLabels, input.rowWeights),
    context,
    parts.begin(measuring, 'effects on the validation loss', 3).onBlock,
  );
  clearVouched(suspicions, vouched);
  const { onBlock } = parts.begin(0.1 * settlingSeconds * cells, 'ranks');
  const step = (): void => onBlock(1, 1);
  step();
  const ranked = vouched === undefined ? labels : labels.map((label, i) => (vouched[i] === 1 ? -1 : label));
  const rank = rankRows(suspicions.logOdds, head.loss, ranked, step);
  step();
  const reasons = computeReasons({
    labels,
    classes,
    headProbabilities: headExpert(head.problem, head.outOfSampleLogits).probabilities,
    mixture: pool,
    neighbours,
    leverage: training.columns.leverage,
    valLossRif: effects.valLossRif,
  });
  clearLabelReasons(reasons, vouched);
  // A head that knows frequencies only “disagrees” with whatever row it has not seen.
  if (!signal.found) for (let i = 0; i < reasons.length; i++) reasons[i] &= ~reasonFlags.headDisagrees;
  progress.finish();
  return {
    columns: {
      ...effects,
      suspicion: suspicions.suspicion,
      suspicionLogOdds: suspicions.logOdds,
      rank,
      suggestedLabel: suspicions.suggested.map((label, i) => (vouched?.[i] === 1 ? labels[i] : label)),
      reasons,
      nearestDistance: nearestDistances(neighbours, labels.length),
    },
    beliefs,
    validationLabels,
    judgement,
    transitions,
    signal,
    excessErrors,
    neighbours: neighbours && {
      description: input.neighbours.description,
      k: neighbours.k,
      method: neighbours.method,
      recall: neighbours.recall,
      disagreement: neighbourDisagreement(neighbours, labels, twins),
    },
  };
}

/** Share of each row's neighbours that have another label, twins of its own aside; NaN without label or neighbours. */
function neighbourDisagreement(
  { k, rows: found }: Neighbours,
  labels: Int32Array,
  twins: Int32Array | undefined,
): Float64Array {
  const classOf = (row: number): number => twins?.[labels[row]] ?? labels[row];
  return Float64Array.from(labels, (label, row) => {
    let others = 0;
    let count = 0;
    for (let at = row * k; label >= 0 && at < (row + 1) * k && found[at] >= 0; at++) {
      count += 1;
      if (classOf(found[at]) !== classOf(row)) others += 1;
    }
    return count === 0 ? Number.NaN : others / count;
  });
}

/** NaN where there are no neighbours. */
export function nearestDistances(neighbours: Neighbours | null, rows: number): Float64Array {
  const distances = new Float64Array(rows).fill(Number.NaN);
  if (neighbours === null) return distances;
  const { k, rows: found, squaredDistances } = neighbours;
  for (let i = 0; i < rows; i++) if (found[i * k] >= 0) distances[i] = Math.sqrt(squaredDistances[i * k]);
  return distances;
}
