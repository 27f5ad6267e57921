import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import type { RowLabels } from '../models/headKind';
import { reasonFlags } from '../ranking/reasons';
import type { Suspicions } from '../ranking/suspicion/labelNoise';

/** Reasons that doubt a row's label. */
const labelReasons =
  reasonFlags.headDisagrees |
  reasonFlags.neighboursDisagree |
  reasonFlags.duplicateDisagrees |
  reasonFlags.rareClass |
  reasonFlags.decimalSlip;

/**
 * No label is doubted more: a suspicion may round to 1, and where all that are measured do they still count, all alike.
 * What that is worth is for a warning to say.
 */
const mostDoubted = 1 - 1e-9;

/** n: 1 for rows whose label a person vouches for; undefined: none. */
type VouchedRows = Uint8Array | undefined;

/**
 * What is thought of the labels when something is measured on their rows: their suspicions, but none where they say
 * nothing (without a signal) or a person vouches for the label, and never 1.
 */
export function believe(
  labels: RowLabels,
  { suspicion, others }: Pick<LabelBeliefs, 'suspicion' | 'others'>,
  signalFound: boolean,
  vouched: VouchedRows,
): LabelBeliefs {
  const doubted = suspicion.map((s, i) => (signalFound && vouched?.[i] !== 1 && s > 0 ? Math.min(s, mostDoubted) : 0));
  return { labels, suspicion: doubted, others };
}

/**
 * For each row the likeliest class other than its label: the suggested one where it is another, else the first of the
 * pool (n×C) that is no twin of the label. −1 for unlabelled rows, and where there is no other. O(n·C).
 */
export function likeliestOthers(
  suggested: Int32Array,
  pool: Float32Array,
  labels: Int32Array,
  classes: number,
  twins: Int32Array | undefined,
): Int32Array {
  return labels.map((label, i) => {
    if (label < 0) return -1;
    if (suggested[i] !== label) return suggested[i];
    let best = -1;
    for (let c = 0; c < classes; c++) {
      if (c === label || (twins !== undefined && twins[c] === twins[label])) continue;
      if (best < 0 || pool[i * classes + c] > pool[i * classes + best]) best = c;
    }
    return best;
  });
}

/** Rows whose label a person vouches for are not judged: no suspicion, no other suggestion. Changes the arrays. */
export function clearVouched(
  { suspicion, logOdds }: Pick<Suspicions, 'suspicion' | 'logOdds'>,
  vouched: VouchedRows,
): void {
  vouched?.forEach((one, i) => {
    if (one === 1) suspicion[i] = logOdds[i] = Number.NaN;
  });
}

/** Takes the reasons that doubt the label from these rows, in place. */
export function clearLabelReasons(reasons: Uint32Array, vouched: VouchedRows): void {
  vouched?.forEach((one, i) => {
    if (one === 1) reasons[i] &= ~labelReasons;
  });
}
