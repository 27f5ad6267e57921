import { rowsOfWeight } from '../base/weights';
import type { LabelBeliefs, MeasuredLabels } from '../influence/measurements/measuredLabels';
import { readLabels } from '../influence/measurements/measuredLabels';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import type { RowLabels } from '../models/headKind';
import type { RowRoles } from './checkInput';

type Summary<Figures> = Figures & {
  readonly rows: number;
  /** By the given labels, where they are taken otherwise. */
  readonly given?: Figures;
};

interface SplitSummaries<Figures> {
  readonly train: Summary<Figures>;
  readonly leaveOneOut: Summary<Figures>;
  /** null without rows. */
  readonly validation: Summary<Figures> | null;
  readonly test: Summary<Figures> | null;
}

/** Labels of all rows, how they are taken where rows do not train, and what is thought of them. */
interface TakenLabels {
  readonly labels: RowLabels;
  readonly rowWeights?: Float64Array | undefined;
  readonly beliefs: LabelBeliefs;
  readonly validationLabels: ValidationLabels;
}

/** n×K each: of the head, and of training rows that are left out of it. */
interface SplitLogits {
  readonly fitted: Float64Array;
  readonly leftOut: Float64Array;
}

/**
 * Figures of the rows of each split under n×K logits: the training rows by their labels, with which the head was
 * fitted, the others by the labels as they are taken.
 */
export function summarizeSplits<Figures>(
  { labels, rowWeights, beliefs, validationLabels }: TakenLabels,
  { train, validation, test }: Pick<RowRoles, 'train' | 'validation' | 'test'>,
  { fitted, leftOut }: SplitLogits,
  figuresOf: (logits: Float64Array, rows: Int32Array, labels: MeasuredLabels) => Figures,
): SplitSummaries<Figures> {
  const given = readLabels(labels, undefined, 'given', rowWeights);
  const taken = readLabels(labels, beliefs, validationLabels, rowWeights);
  const heldOut = (weights: Float64Array): Summary<Figures> | null => {
    const rows = rowsOfWeight(weights);
    if (rows.length === 0) return null;
    const summary = { rows: rows.length, ...figuresOf(fitted, rows, taken) };
    return validationLabels === 'given' ? summary : { ...summary, given: figuresOf(fitted, rows, given) };
  };
  const trained = rowsOfWeight(train);
  return {
    train: { rows: trained.length, ...figuresOf(fitted, trained, given) },
    leaveOneOut: { rows: trained.length, ...figuresOf(leftOut, trained, given) },
    validation: heldOut(validation),
    test: heldOut(test),
  };
}
