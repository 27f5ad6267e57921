import type { Dialect } from '../../contract/dataset';
import { BugError, InputError } from '../../core/base/errors';
import { decodeBytes, encodeText } from '../datasets/records/encodings';
import { parseRecords } from '../datasets/records/recordParser';
import type { ProjectStore } from '../store/projectStore';
import { replaceCell } from './cellSpan';
import type { RecordEdit } from './rewriteSource';
import { writeNumber } from './writeNumber';

/**
 * Rows whose label in the file is not the one they are to have, and that one: what review relabelled, and where labels
 * that look alike were merged, rows that spell their class otherwise.
 */
export async function findRelabelled(store: ProjectStore): Promise<Map<number, string>> {
  const chosen: { row: number; label: string }[] = [];
  for (const [row, { decision }] of store.decisions.state.rows) {
    if (decision?.kind === 'relabel') chosen.push({ row, label: decision.label });
  }
  chosen.sort((a, b) => a.row - b.row);
  const relabelled = new Map<number, string>();
  const label = store.sources.columns.find((column) => column.role === 'label');
  if (label === undefined) return relabelled;
  await addMerged(store, label, relabelled);
  const isNumeric = store.audits.latest?.classes.length === 0;
  const take = (row: number, chosenLabel: string, cell: string): void => {
    const text = isNumeric ? writeNumber(chosenLabel, cell, label) : chosenLabel;
    if (cell !== text) relabelled.set(row, text);
    else relabelled.delete(row);
  };
  if (chosen.length > fewRows) {
    const labelOf = new Map(chosen.map(({ row, label: text }) => [row, text]));
    await store.sources.scan([label.index], (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        const text = labelOf.get(firstRow + k);
        if (text !== undefined) take(firstRow + k, text, cell);
      });
    });
    return relabelled;
  }
  const cells = await store.sources.readCells(
    chosen.map(({ row }) => row),
    [label.index],
  );
  chosen.forEach(({ row, label: text }, k) => take(row, text, cells[k][0]));
  return relabelled;
}

/** Cells of more rows are found by going through the column once: each look for some is a look at all. */
const fewRows = 2_000;

async function addMerged(
  store: ProjectStore,
  label: { readonly index: number; readonly name: string },
  relabelled: Map<number, string>,
): Promise<void> {
  const reading = store.log.state.labelReading(label.name);
  if (reading?.choice !== 'merge') return;
  const classOf = new Map(
    reading.groups.flatMap((group) => group.spellings.map((spelt): [string, string] => [spelt, group.label])),
  );
  await store.sources.scan([label.index], (firstRow, [cells = []]) => {
    cells.forEach((cell, k) => {
      const read = classOf.get(cell) ?? classOf.get(cell.trim());
      if (read !== undefined && read !== cell) relabelled.set(firstRow + k, read);
    });
  });
}

/** For each relabelled row the edit of its record: the label's cell, and not one other byte. */
export function createLabelEdits(
  relabelled: ReadonlyMap<number, string>,
  labelColumn: number,
  dialect: Dialect,
): Map<number, RecordEdit> {
  const edits = new Map<number, RecordEdit>();
  for (const [row, label] of relabelled) edits.set(row, (bytes) => relabelRecord(bytes, label, labelColumn, dialect));
  return edits;
}

/**
 * @throws InputError when the label cannot be written in the file's encoding or dialect.
 * @throws BugError when the new record would not read back as intended: nothing is written then.
 */
export function relabelRecord(bytes: Buffer, label: string, column: number, dialect: Dialect): Buffer {
  const text = decodeBytes(bytes, dialect.encoding);
  const terminator = /(\r\n|\n|\r)?$/.exec(text)?.[0] ?? '';
  const record = text.slice(0, text.length - terminator.length);
  const replaced = replaceCell(record, column, label, dialect);
  const [before] = parseRecords(record, dialect, true).cells;
  const [after] = parseRecords(replaced, dialect, true).cells;
  const intended = after !== undefined && after[column] === label;
  if (!intended || before?.some((cell, place) => place !== column && cell !== after[place]) === true) {
    throw new BugError(
      `The record “${record.slice(0, 200)}” could not be relabelled as “${label}” without changing other cells.`,
    );
  }
  const encoded = encodeText(replaced + terminator, dialect.encoding);
  if (encoded === null) {
    throw new InputError(
      `The label “${label}” cannot be written in the file's encoding (${dialect.encoding}). Choose a label without special characters, or convert the file to UTF-8.`,
    );
  }
  return encoded;
}
