import { BugError, InputError } from '../../base/errors';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { RowLabels } from '../../models/headKind';
import type { HeadProblem } from '../../models/headProblem';
import { createHeadProblem } from '../../models/headProblem';
import { selectTrainingRows, withoutRows } from '../removal/removedRows';

/** Training rows to take out of the fit, and training rows to give other labels (ridge: other responses). */
export interface TrainingEdit {
  /** Distinct rows of weight > 0. */
  readonly removed?: Int32Array | undefined;
  /** `rows[j]` (distinct, none of them removed) gets `labels[j]`. */
  readonly relabelled?: { readonly rows: Int32Array; readonly labels: RowLabels } | undefined;
}

/** Rows to forget and rows to learn other labels for, as they were asked for. */
export interface EditRequest {
  readonly removed: Int32Array;
  /** `rows[j]` gets `labels[j]`; where a row is named twice the last label counts. */
  readonly relabelled: { readonly rows: Int32Array; readonly labels: RowLabels };
}

/** What of a request concerns the fit. */
interface SelectedEdit {
  readonly edit: EditRequest;
  /** Rows asked for that are no labelled training rows. */
  readonly otherRows: number;
}

/** @throws InputError for a row that does not exist, or is to be removed and to get another label. */
export function selectEdit(problem: HeadProblem, { removed, relabelled }: EditRequest): SelectedEdit {
  if (relabelled.rows.length !== relabelled.labels.length) throw new BugError('As many labels as rows are needed.');
  const gone = selectTrainingRows(problem, removed);
  const labelled = selectTrainingRows(problem, relabelled.rows);
  const goneRows = new Set(gone.train);
  const both = labelled.train.find((row) => goneRows.has(row));
  if (both !== undefined) throw new InputError(`Row ${both} is to be removed and to get another label: choose one.`);
  const labelOf = new Map(Array.from(relabelled.rows, (row, at) => [row, relabelled.labels[at]]));
  const labels = Float64Array.from(labelled.train, (row) => labelOf.get(row) ?? Number.NaN);
  return {
    edit: { removed: gone.train, relabelled: { rows: labelled.train, labels } },
    otherRows: gone.others + labelled.others,
  };
}

/** All n labels with those of the edit. A copy. */
export function editedLabels(problem: HeadProblem, { relabelled }: TrainingEdit): RowLabels {
  const labels = problem.labels.slice();
  if (relabelled === undefined) return labels;
  if (relabelled.rows.length !== relabelled.labels.length) throw new BugError('As many labels as rows are needed.');
  relabelled.rows.forEach((row, at) => {
    const label = relabelled.labels[at];
    const known = problem.kind === 'ridge' ? Number.isFinite(label) : label >= 0 && label < problem.classes;
    if (!known) throw new BugError(`Row ${row} cannot have the label ${label}.`);
    labels[row] = label;
  });
  return labels;
}

/**
 * The objective after the edit, ridge term nλ as before. Nothing of X is copied. One pass over the rows, O(n·d·K), for
 * the scale of its gradients.
 * @throws InputError when no training row would be left.
 */
export function editProblem(
  problem: HeadProblem,
  edit: TrainingEdit,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HeadProblem {
  const weights = withoutRows(problem.weights, edit.removed ?? new Int32Array(0));
  if (!weights.some((weight) => weight > 0)) throw new InputError('Nothing would be left to train on.');
  return createHeadProblem(
    {
      kind: problem.kind,
      classes: problem.classes,
      features: problem.features,
      rows: problem.rows,
      labels: editedLabels(problem, edit),
      weights,
      l2: problem.l2,
      ridgeRows: problem.ridgeRows,
      unpenalised: problem.unpenalised,
    },
    linalg,
    onBlock,
  );
}
