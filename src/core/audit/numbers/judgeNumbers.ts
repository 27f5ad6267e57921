import { rowsOfWeight } from '../../base/weights';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { isForest } from '../../ranking/forest/forestExpert';
import type { ErrorMixture, Residuals } from '../../ranking/numbers/errorMixture';
import { errorLogOdds, fitErrorMixture, logDensity } from '../../ranking/numbers/errorMixture';
import type { LabelScale, LabelScaleKind } from '../../ranking/numbers/labelScale';
import { clipTargets, createLabelScale, logSlope, toScale } from '../../ranking/numbers/labelScale';
import { fitLocalSpread } from '../../ranking/numbers/localSpread';
import type { NumberExpert, NumberTargets } from '../../ranking/numbers/numberExperts';
import { poolPredictions, poolWeights } from '../../ranking/numbers/poolPredictions';
import type { ExpertName } from '../../ranking/suspicion/expertNames';
import type { ExpertPanel } from './askExperts';

/** Labels on a scale. */
export interface ScaledLabels {
  readonly scale: LabelScale;
  /** n; NaN = unlabelled. */
  readonly targets: Float64Array;
}

/** What the pooled experts make of the labels. */
export interface Judgement {
  readonly experts: readonly NumberExpert[];
  /** One an expert, ≥ 0, sum 1. */
  readonly weights: Float64Array;
  /** n, on the scale. */
  readonly predictions: Float64Array;
  readonly residuals: Residuals;
  readonly mixture: ErrorMixture;
}

/** The share of the labelled rows that may be set aside, at most: the most suspicious ones. */
const mostSetAside = 0.4;

/**
 * The scale on which the quick experts (all but forests) find the labels likeliest, and what they say there: as they
 * are, or where all labels are above 0 their logarithms. Densities are compared per unit of the label.
 */
export function chooseScale(
  labels: Float64Array,
  judged: Float64Array,
  names: readonly ExpertName[],
  panel: ExpertPanel,
  onBlock: OnBlock,
): { readonly scaled: ScaledLabels; readonly quick: readonly NumberExpert[] } {
  const rows = rowsOfWeight(judged);
  const values = Float64Array.from(rows, (row) => labels[row]);
  const kinds: LabelScaleKind[] = values.every((value) => value > 0) ? ['plain', 'logarithmic'] : ['plain'];
  const compared = names.filter((name) => !isForest(name));
  const candidates = kinds.map((kind) => {
    const scale = createLabelScale(kind, values);
    const targets = labels.map((label) => toScale(scale, label));
    const learnt = { targets: clipTargets(targets), train: judged };
    const quick = compared.map((name) => panel.ask(name, learnt, onBlock));
    if (kinds.length === 1 || quick.length === 0) return { scaled: { scale, targets }, quick, likelihood: 0 };
    const { residuals, mixture } = pool(quick, targets, learnt, rows);
    let likelihood = 0;
    for (const row of rows) {
      likelihood += logDensity(mixture, residuals.values[row], residuals.local[row]) + logSlope(scale, labels[row]);
    }
    return { scaled: { scale, targets }, quick, likelihood };
  });
  return candidates.reduce((best, one) => (one.likelihood > best.likelihood ? one : best));
}

/**
 * Every label judged by experts that learn from the rows in `train`. @param known experts that were asked already
 */
export function judgeNumbers(
  { targets }: ScaledLabels,
  learnt: NumberTargets,
  rows: Int32Array,
  names: readonly ExpertName[],
  panel: ExpertPanel,
  onShare: (share: number, detail: string) => void,
  known: readonly NumberExpert[] = [],
): Judgement {
  const experts = names.map((name, at) => {
    const found = known.find((expert) => expert.name === name);
    if (found !== undefined) return found;
    return panel.ask(name, learnt, (done, total) =>
      onShare((at + done / Math.max(1, total)) / (names.length + 1), name),
    );
  });
  onShare(names.length / (names.length + 1), 'expert weights');
  return { experts, ...pool(experts, targets, learnt, rows) };
}

/** Predictions, spread and errors of the experts together. */
function pool(
  experts: readonly NumberExpert[],
  targets: Float64Array,
  learnt: NumberTargets,
  rows: Int32Array,
): Omit<Judgement, 'experts'> {
  const each = experts.map(({ predictions }) => predictions);
  const weights = poolWeights(each, learnt.targets, learnt.train);
  const predictions = poolPredictions(each, weights);
  const values = targets.map((target, i) => target - predictions[i]);
  const spreads = experts.flatMap(({ name, spread }) => (spread === null || name === 'neighbours10' ? [] : [spread]));
  const local = fitLocalSpread(values, spreads, learnt.train);
  const residuals = { values, local };
  return { weights, predictions, residuals, mixture: fitErrorMixture(residuals, rows) };
}

/**
 * Which labelled rows are more likely wrong than not, none that a person vouches for; at most two in five, the most
 * suspicious ones. n flags.
 */
export function findSetAside(
  { residuals, mixture }: Judgement,
  rows: Int32Array,
  vouched: Uint8Array | undefined,
): Uint8Array {
  const { values, local } = residuals;
  const odds = Float64Array.from(rows, (row) => errorLogOdds(mixture, values[row], local[row]));
  const most = Math.floor(mostSetAside * rows.length);
  const least = most === 0 ? Number.POSITIVE_INFINITY : odds.slice().sort()[rows.length - most];
  const aside = new Uint8Array(values.length);
  rows.forEach((row, at) => {
    if (odds[at] >= Math.max(0, least) && vouched?.[row] !== 1) aside[row] = 1;
  });
  return aside;
}
