import { BugError, InputError } from '../base/errors';
import type { SelectedRows } from '../influence/removal/removedRows';
import { selectTrainingRows } from '../influence/removal/removedRows';
import type { SessionModel } from './sessionModel';
import type { RelabelRequest } from './sessionTypes';

/** @throws InputError for a row that does not exist. */
export function requireRow({ input }: SessionModel, row: number): void {
  const n = input.features.rows;
  if (Number.isInteger(row) && row >= 0 && row < n) return;
  throw new InputError(`There is no row ${row}; the rows are 0 to ${n - 1}.`, { details: { row } });
}

/** The training rows of a relabelling with their new labels; where a row is named twice the last label counts. */
export function relabelledRowsOf(
  { model, input }: SessionModel,
  { rows, labels }: RelabelRequest,
): SelectedRows & { readonly labels: Int32Array } {
  if (rows.length !== labels.length) throw new BugError('As many labels as rows are needed.');
  const wanted = new Map<number, number>();
  rows.forEach((row, at) => {
    const label = labels[at];
    if (!(label >= 0 && label < input.classes)) throw new BugError(`There is no class ${label}.`);
    wanted.set(row, label);
  });
  const selected = selectTrainingRows(model.problem, rows);
  return { ...selected, labels: selected.train.map((row) => wanted.get(row) ?? input.labels[row]) };
}
