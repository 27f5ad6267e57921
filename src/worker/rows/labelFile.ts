import Papa from 'papaparse';
import { InputError } from '../../core/base/errors';
import { visibleText } from '../../core/base/visibleText';
import type { RowLabels } from '../../core/models/headKind';
import { unguardCell } from '../exports/csvText';
import { IdLookup } from './idLookup';
import { type NameableRows, rowOfNumber, rowsOfId } from './removalFile';
import { type NamedLine, readColumn } from './removalLines';

/** What messages call it. */
const labelFile = 'label file';

/** What a label file is read against. */
export interface LabelledRows extends NameableRows {
  /** Names of the dataset's columns, in its order. */
  readonly columns: readonly string[];
  readonly labelColumn: string;
  readonly idColumn: string | undefined;
  readonly delimiter: string;
  /** Labels as the head has them, of `rowCount` rows or more. */
  readonly labels: RowLabels;
  /** A label as the head has it; undefined where that is none. */
  readonly read: (label: string) => number | undefined;
}

/** Rows that a file gives another label than they have. */
export interface LabelFile {
  readonly rows: Int32Array;
  /** Class numbers; responses of a ridge head. */
  readonly labels: Float64Array;
  /** Rows of the file that have this label already. */
  readonly unchanged: number;
}

/** One row and the label that a line gives it. */
interface NamedLabel {
  readonly row: number;
  readonly label: NamedLine;
}

/**
 * New labels from a file: a copy of the data with corrected labels, as Assay exports it, or a table with a header that
 * names rows (`row`, `id`, or the name of the id column) and labels (`label`, the name of the label column, or
 * `suggested_label`). A row without a label in a copy keeps its own.
 * @throws InputError naming the line that names no row or no label, or contradicts an earlier one.
 */
export function parseLabelFile(text: string, known: LabelledRows): LabelFile {
  const plain = text.replace(/^\ufeff/, '');
  if (plain.trim() === '') throw new InputError('The label file is empty: it names no row.');
  const entries = readCopy(plain, known) ?? readList(plain, known);
  const labelOf = new Map<number, { readonly value: number; readonly line: number }>();
  for (const { row, label } of entries) {
    const value = readLabel(label, known);
    const before = labelOf.get(row);
    if (before !== undefined && before.value !== value) {
      throw new InputError(
        `Lines ${before.line} and ${label.line} of the label file give row ${row} different labels.`,
      );
    }
    labelOf.set(row, { value, line: label.line });
  }
  const changed = [...labelOf].filter(([row, { value }]) => known.labels[row] !== value);
  return {
    rows: Int32Array.from(changed, ([row]) => row),
    labels: Float64Array.from(changed, ([, { value }]) => value),
    unchanged: labelOf.size - changed.length,
  };
}

/** A file with the data's own header and as many rows, in its order; undefined where it is none. */
function readCopy(
  plain: string,
  { columns, labelColumn, rowCount, delimiter }: LabelledRows,
): NamedLabel[] | undefined {
  const header = readHeader(plain, delimiter);
  if (header.length !== columns.length || !header.every((name, at) => name === columns[at])) return undefined;
  const labels = readColumn(plain, delimiter, columns.indexOf(labelColumn));
  if (labels.length !== rowCount) return undefined;
  return labels.map((label, row) => ({ row, label })).filter(({ label }) => label.text.trim() !== '');
}

function readList(plain: string, known: LabelledRows): NamedLabel[] {
  const firstLine = plain.slice(0, plain.search(/[\r\n]|$/));
  const delimiter = [',', '\t', ';'].find((one) => firstLine.includes(one)) ?? ',';
  const header = readHeader(plain, delimiter);
  const placeOf = (own: string | undefined, ...names: readonly string[]): number | undefined => {
    const places = names.map((name) => header.findIndex((cell) => cell.toLowerCase() === name));
    if (own !== undefined) places.splice(1, 0, header.indexOf(own));
    return places.find((place) => place >= 0);
  };
  const [byRow, byId] = [placeOf(undefined, 'row'), placeOf(known.idColumn, 'id')];
  const labelled = placeOf(known.labelColumn, 'label', 'suggested_label');
  if ((byRow ?? byId) === undefined || labelled === undefined) {
    throw new InputError(
      `The label file needs a header that names rows (“row” or “id”) and labels (“label” or “${shown(known.labelColumn)}”); ` +
        `its first line is: ${shown(firstLine)}.`,
    );
  }
  const labels = readColumn(plain, delimiter, labelled);
  const ids = byRow !== undefined || known.ids === undefined ? undefined : new IdLookup(known.ids);
  if (byRow === undefined && ids === undefined) {
    throw new InputError(
      'The label file names rows by id, and no column of the dataset is the id. Name them by row number.',
    );
  }
  return readColumn(plain, delimiter, byRow ?? byId ?? 0).flatMap((name, at) => {
    const rows = ids === undefined ? [rowOfNumber(name, known, labelFile)] : rowsOfId(name, ids, known, labelFile);
    return rows.map((row) => ({ row, label: labels[at] }));
  });
}

function readHeader(plain: string, delimiter: string): string[] {
  const [header = []] = Papa.parse<string[]>(plain, { delimiter, preview: 1 }).data;
  return header.map((cell) => cell.trim());
}

/** @throws InputError for a blank label, or one that the data does not have. */
function readLabel({ text, line }: NamedLine, { read }: LabelledRows): number {
  const value = read(text) ?? read(unguardCell(text));
  if (value !== undefined) return value;
  throw new InputError(
    text.trim() === ''
      ? `Line ${line} of the label file has no label.`
      : `Line ${line} of the label file has the label “${shown(text)}”, which the data does not have.`,
  );
}

function shown(text: string): string {
  return visibleText(text, { limit: 120, keepBlanks: true });
}
