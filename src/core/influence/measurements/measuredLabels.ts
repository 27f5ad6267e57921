import { InputError } from '../../base/errors';
import { fillResidual, lossOfLogits } from '../../models/evaluateHead';
import type { RowLabels } from '../../models/headKind';
import { isLabelled } from '../../models/headKind';
import type { HeadProblem } from '../../models/headProblem';
import type { ValidationLabels } from './validationLabels';

/** What is thought of the labels of all rows, by those who have not seen them. Entry i belongs to row i. */
export interface LabelBeliefs {
  /** The labels that are judged: those given, but where a person has corrected one. */
  readonly labels: RowLabels;
  /** Probability that the label is wrong, 0 … 1; not read for rows without one. */
  readonly suspicion: Float64Array;
  /** What the label is where it is wrong: the likeliest of the others; −1 or NaN where there is none. */
  readonly others: RowLabels;
}

/** The labels that rows are measured by, with their weights. Entry i belongs to row i. */
export interface MeasuredLabels {
  readonly labels: RowLabels;
  /** Weight of each label, ≥ 0; missing: 1 each. */
  readonly weights?: Float64Array;
  /** A second label of each row and its weight, ≥ 0; read where the weight is not 0. */
  readonly second?: { readonly labels: RowLabels; readonly weights: Float64Array };
  /** Weight of the rows themselves, which those of their labels are shares of; missing: 1 each. */
  readonly rowWeights?: Float64Array | undefined;
}

type Head = Pick<HeadProblem, 'kind' | 'outputs'>;

/**
 * The labels as they are taken, of rows of `rowWeights` (default 1 each). `given` costs nothing, the others O(n).
 * @throws InputError where nothing is known of the labels and more than the given ones is asked for.
 */
export function readLabels(
  given: RowLabels,
  beliefs: LabelBeliefs | undefined,
  way: ValidationLabels,
  rowWeights?: Float64Array,
): MeasuredLabels {
  if (way === 'given')
    return rowWeights === undefined ? { labels: given } : { labels: given, weights: rowWeights, rowWeights };
  if (beliefs === undefined) {
    throw new InputError(
      `Validation labels cannot be ${way}: nothing is known of how likely each is wrong. An audit finds that out; without one measure by the given labels.`,
    );
  }
  const { labels, suspicion, others } = beliefs;
  // NaN of rows without a label would spoil sums, not only their own entry.
  const wrong = suspicion.map((s) => (s > 0 ? Math.min(1, s) : 0));
  const weighed = (share: number, i: number): number => share * (rowWeights?.[i] ?? 1);
  const weights = wrong.map((s, i) => weighed(1 - s, i));
  if (way === 'weighted') return { labels, weights, rowWeights };
  const second = { labels: others, weights: wrong.map((s, i) => (isLabelled(others, i) ? weighed(s, i) : 0)) };
  return { labels, weights, second, rowWeights };
}

/**
 * Σ of the weights of the rows, what their mean is divided by.
 * @throws InputError where no row counts.
 */
export function totalWeight({ weights, second }: MeasuredLabels, rows: Int32Array): number {
  if (weights === undefined) return rows.length;
  let total = 0;
  for (const row of rows) total += weights[row] + (second?.weights[row] ?? 0);
  if (total > 0) return total;
  throw new InputError(
    'Every label of the rows that are measured is taken to be wrong, so that none of them counts. Measure by the given labels.',
  );
}

/** The weighted sum of the losses of a row's labels under the K logits of the row. */
export function weightedLoss(head: Head, logits: Float64Array, row: number, measured: MeasuredLabels): number {
  const { labels, weights, second } = measured;
  const from = row * head.outputs;
  const loss = (weights?.[row] ?? 1) * lossOfLogits(head, logits, from, labels[row]);
  const other = second?.weights[row] ?? 0;
  return second === undefined || other === 0
    ? loss
    : loss + other * lossOfLogits(head, logits, from, second.labels[row]);
}

/**
 * The weighted sum of the residuals of a row's labels into `out[to]` (K numbers): the gradient of `weightedLoss`. Two
 * labels a, b of one row differ in their residuals by e_a − e_b (one output: a − b) alone.
 */
export function fillWeightedResidual(
  head: Head,
  logits: Float64Array,
  row: number,
  { labels, weights, second }: MeasuredLabels,
  out: Float64Array,
  to: number,
): void {
  const label = labels[row];
  fillResidual(head, logits, row, label, out, to);
  if (weights === undefined) return;
  const other = second?.weights[row] ?? 0;
  const total = weights[row] + other;
  for (let c = 0; c < head.outputs; c++) out[to + c] *= total;
  if (second === undefined || other === 0) return;
  if (head.kind === 'softmax') {
    out[to + label] += other;
    out[to + second.labels[row]] -= other;
  } else {
    out[to] += other * (label - second.labels[row]);
  }
}

/** By how much of its weight a row is called by one of its labels; 0 … its whole weight. */
export function weightOfLabel({ labels, weights, second }: MeasuredLabels, row: number, label: number): number {
  if (labels[row] === label) return weights?.[row] ?? 1;
  return second !== undefined && second.labels[row] === label ? second.weights[row] : 0;
}

/** The label that a row is taken to have: the one with at least half of a row's weight; NaN where neither has. */
export function likelierLabel({ labels, weights, second, rowWeights }: MeasuredLabels, row: number): number {
  if (weights === undefined || weights[row] >= 0.5 * (rowWeights?.[row] ?? 1)) return labels[row];
  return second === undefined ? Number.NaN : second.labels[row];
}
