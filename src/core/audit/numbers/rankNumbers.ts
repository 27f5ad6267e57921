import { rowsOfWeight } from '../../base/weights';
import { readLabels } from '../../influence/measurements/measuredLabels';
import { defaultValidationLabels } from '../../influence/measurements/validationLabels';
import type { JobContext } from '../../job/jobContext';
import { StageProgress } from '../../job/stageProgress';
import type { Neighbours } from '../../ranking/neighbours/neighbours';
import { errorLogOdds } from '../../ranking/numbers/errorMixture';
import { clipTargets } from '../../ranking/numbers/labelScale';
import { computeNumberReasons } from '../../ranking/numbers/numberReasons';
import { measureNumberSignal } from '../../ranking/numbers/numberSignal';
import { rankRows } from '../../ranking/rankRows';
import { withdrawSuspicions } from '../../ranking/suspicion/labelSignal';
import type { AuditNeighbours } from '../auditNeighbours';
import type { RowRoles } from '../checkInput';
import { believe, clearLabelReasons, clearVouched } from '../labelBeliefs';
import type { MeasuredHead } from '../measureHeads';
import { nearestDistances } from '../rankAudit';
import { computeValidationEffects } from '../validationEffects';
import { type ChosenExperts, ExpertPanel } from './askExperts';
import { chooseScale, findSetAside, type Judgement, judgeNumbers } from './judgeNumbers';
import type { NumbersColumns, NumbersInput, NumbersResult } from './numbersTypes';
import { suggestNumbers } from './suggestNumbers';

type RankedNumbers = Pick<
  NumbersResult,
  | 'experts'
  | 'expertsLeftOut'
  | 'neighbours'
  | 'scale'
  | 'errorShare'
  | 'pooledRSquared'
  | 'setAside'
  | 'signal'
  | 'beliefs'
  | 'validationLabels'
> & {
  readonly columns: Pick<
    NumbersColumns,
    | 'valLossIf'
    | 'valLossRif'
    | 'suspicion'
    | 'suspicionLogOdds'
    | 'rank'
    | 'reasons'
    | 'nearestDistance'
    | 'givenValue'
    | 'suggestedValue'
    | 'suggestedLow'
    | 'suggestedHigh'
  >;
};

/** The head of the training rows, and the rows it is measured on. */
interface MeasuredRows {
  readonly head: Pick<MeasuredHead, 'columns' | 'model' | 'influence'>;
  readonly roles: RowRoles;
}

/**
 * The stages 'neighbours' (where there is a search) and 'ranking' of an audit of numeric labels. All labelled rows take
 * part, whatever their split; those that are suspicious at first are judged again by experts that have not learnt from
 * them, as all others are by experts that have not learnt from the row itself.
 *
 * @param judged n: 1 = the row has a label
 */
export function rankNumbers(
  input: NumbersInput,
  judged: Float64Array,
  { names, leftOut }: ChosenExperts,
  { head, roles }: MeasuredRows,
  search: AuditNeighbours | null,
  context: JobContext,
): RankedNumbers {
  const { labels, vouched } = input;
  const neighbours = search?.find() ?? null;
  const progress = new StageProgress('ranking', context);
  const panel = new ExpertPanel(input, judged, neighbours, context);
  const rows = rowsOfWeight(judged);
  progress.begin(0, 0.15, 'scale of the labels', 8);
  const { scaled, quick } = chooseScale(labels, judged, names, panel, progress.onBlock);
  const share = (from: number, to: number) => (done: number, detail: string) =>
    progress.onShare(from + (to - from) * done, detail);
  progress.begin(0.15, 0.9);
  const learnt = { targets: clipTargets(scaled.targets), train: judged };
  let judgement = judgeNumbers(scaled, learnt, rows, names, panel, share(0, 0.5), quick);
  const rounds = input.options?.rounds ?? 2;
  const aside = rounds > 1 ? findSetAside(judgement, rows, vouched) : new Uint8Array(labels.length);
  const setAside = aside.reduce((sum, flag) => sum + flag, 0);
  const kept = judged.map((one, i) => (aside[i] === 0 ? one : 0));
  if (setAside > 0) {
    judgement = judgeNumbers(scaled, { targets: scaled.targets, train: kept }, rows, names, panel, share(0.5, 1));
  }
  progress.begin(0.9, 0.97, 'ranks', 50);
  const step = (): void => progress.onBlock(1, 1);
  const { residuals, mixture, experts, weights } = judgement;
  const signal = measureNumberSignal(scaled.targets, residuals, mixture, { rows, train: kept }, step);
  const sizes = suspicionsOf(judgement, rows);
  const codes = Int32Array.from(judged, (one) => (one === 0 ? -1 : 0));
  if (!signal.found) withdrawSuspicions({ ...sizes, suggested: codes.slice() }, codes);
  const suggested = suggestNumbers(judgement, scaled, labels);
  const beliefs = believe(labels, { suspicion: sizes.suspicion, others: suggested.value }, signal.found, vouched);
  const validationLabels = input.options?.validationLabels ?? defaultValidationLabels;
  progress.begin(0.97, 1, 'effects on the validation loss', 3);
  const taken = readLabels(labels, beliefs, validationLabels, input.rowWeights);
  const effects = computeValidationEffects(head, roles, taken, context, progress.onBlock);
  clearVouched(sizes, vouched);
  const ranked = codes.map((code, i) => (vouched?.[i] === 1 ? -1 : code));
  const rank = rankRows(sizes.logOdds, head.columns.loss, ranked, step);
  const ofHead = experts.find(({ name }) => name === 'head')?.predictions ?? null;
  const reasons = computeNumberReasons({
    labels,
    ...scaled,
    predictions: judgement.predictions,
    reach: suggested.reach,
    suspicion: sizes.suspicion,
    ofHead: signal.found ? ofHead : null,
    neighbours,
    leverage: head.columns.leverage,
    valLossRif: effects.valLossRif,
  });
  clearLabelReasons(reasons, vouched);
  progress.finish();
  return {
    columns: {
      ...effects,
      suspicion: sizes.suspicion,
      suspicionLogOdds: sizes.logOdds,
      rank,
      reasons,
      nearestDistance: nearestDistances(neighbours, labels.length),
      givenValue: labels,
      suggestedValue: suggested.value,
      suggestedLow: suggested.low,
      suggestedHigh: suggested.high,
    },
    beliefs,
    validationLabels,
    experts: experts.map(({ name }, e) => ({ name, weight: weights[e] })),
    expertsLeftOut: leftOut,
    scale: scaled.scale.kind,
    errorShare: mixture.errorShare,
    pooledRSquared: rSquaredOf(scaled.targets, residuals.values, kept),
    setAside,
    signal,
    neighbours: describeNeighbours(input, neighbours),
  };
}

function describeNeighbours({ neighbours: { description } }: NumbersInput, found: Neighbours | null) {
  return found && { description, k: found.k, method: found.method, recall: found.recall };
}

/** NaN for unlabelled rows. */
function suspicionsOf({ residuals, mixture }: Judgement, rows: Int32Array) {
  const { values, local } = residuals;
  const suspicion = new Float64Array(values.length).fill(Number.NaN);
  const logOdds = suspicion.slice();
  for (const row of rows) {
    logOdds[row] = errorLogOdds(mixture, values[row], local[row]);
    suspicion[row] = 1 / (1 + Math.exp(-logOdds[row]));
  }
  return { suspicion, logOdds };
}

/** 1 − Σ r²/Σ (t − mean)² over the rows with weight. */
function rSquaredOf(targets: Float64Array, residuals: Float64Array, weights: Float64Array): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  let left = 0;
  for (let i = 0; i < targets.length; i++) {
    if (weights[i] === 0) continue;
    count++;
    sum += targets[i];
    squares += targets[i] * targets[i];
    left += residuals[i] * residuals[i];
  }
  return 1 - left / (squares - (sum * sum) / count);
}
