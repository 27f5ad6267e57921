import { BugError, InputError } from '../base/errors';
import type { SessionModel } from './sessionModel';
import type { RelabelRequest } from './sessionTypes';

/** What was asked for, split into distinct training rows in ascending order and the number of other rows. */
export interface RequestedRows {
  readonly train: Int32Array;
  readonly others: number;
}

/** @throws InputError for a row that does not exist. */
export function requireRow({ input }: SessionModel, row: number): void {
  const n = input.features.rows;
  if (Number.isInteger(row) && row >= 0 && row < n) return;
  throw new InputError(`There is no row ${row}; the rows are 0 to ${n - 1}.`, { details: { row } });
}

export function trainingRowsOf(session: SessionModel, rows: Int32Array): RequestedRows {
  const distinct = Int32Array.from(new Set(rows)).sort();
  for (const row of distinct) requireRow(session, row);
  const train = distinct.filter((row) => session.roles.train[row] !== 0);
  return { train, others: distinct.length - train.length };
}

/** The training rows of a relabelling with their new labels; where a row is named twice the last label counts. */
export function relabelledRowsOf(
  session: SessionModel,
  { rows, labels }: RelabelRequest,
): RequestedRows & { readonly labels: Int32Array } {
  if (rows.length !== labels.length) throw new BugError('As many labels as rows are needed.');
  const wanted = new Map<number, number>();
  rows.forEach((row, at) => {
    const label = labels[at];
    if (!(label >= 0 && label < session.input.classes)) throw new BugError(`There is no class ${label}.`);
    wanted.set(row, label);
  });
  const { train, others } = trainingRowsOf(session, rows);
  return { train, others, labels: train.map((row) => wanted.get(row) ?? session.input.labels[row]) };
}
