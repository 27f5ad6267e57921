import Papa from 'papaparse';
import { InputError } from '../../core/base/errors';
import { visibleText } from '../../core/base/visibleText';
import { IdLookup } from './idLookup';
import { type NamedLine, readColumn, splitLines, splitQuotedLines } from './removalLines';

/** What messages call it. */
const removalFile = 'removal file';

/** What a removal file can name. */
export interface NameableRows {
  readonly rowCount: number;
  /** The id of each row as the file has it; undefined where no column is the id. */
  readonly ids: readonly string[] | undefined;
}

export interface RemovalFile {
  /** Distinct row numbers, in the file's order. */
  readonly rows: Int32Array;
  /** How the file was understood, for the report. */
  readonly namedBy: 'row' | 'id';
}

/** The rows of one line, or undefined where it names none. */
type Reading = (line: NamedLine) => readonly number[] | undefined;

/**
 * Rows named by a file: a removal list (CSV with a header that has `row` or `id`), or a bare list, one a line, of ids
 * (where every line is an id of the dataset) or of 0-based row numbers. Ids may be written as the data file has them,
 * as a removal list has them (with an apostrophe before what a spreadsheet would run), or in quotes as in CSV, in which
 * alone they can hold a line end.
 * @throws InputError naming the line that names no row, or that can be read in two ways.
 */
export function parseRemovalFile(text: string, named: NameableRows): RemovalFile {
  const plain = text.replace(/^\ufeff/, '');
  if (plain.trim() === '') throw new InputError('The removal file is empty: it names no row.');
  const ids = named.ids === undefined ? undefined : new IdLookup(named.ids);
  return readTable(plain, named, ids) ?? readBareList(plain, named, ids);
}

/** A file with a header; undefined where the first line is none. */
function readTable(plain: string, named: NameableRows, ids: IdLookup | undefined): RemovalFile | undefined {
  // Guessing would take the separator of reasons inside a cell for that of cells.
  const firstLine = plain.slice(0, plain.search(/[\r\n]|$/));
  const delimiter = [',', '\t', ';'].find((one) => firstLine.includes(one)) ?? ',';
  const header = (Papa.parse<string[]>(firstLine, { delimiter }).data[0] ?? []).map((cell) =>
    cell.trim().toLowerCase(),
  );
  const column = (['row', 'id'] as const).find((name) => header.includes(name));
  // An id may itself be called “id”: then it is the first one of a bare list.
  if (column === undefined || ids?.find(firstLine) !== undefined) return undefined;
  const lines = readColumn(plain, delimiter, header.indexOf(column));
  // An exported list of a dataset without ids has an empty id column beside the rows.
  if (column === 'row') return { rows: readRows(lines, named), namedBy: 'row' };
  if (ids === undefined) {
    throw new InputError(
      'The removal file names rows by id, and no column of the dataset is the id. Name them by row number.',
    );
  }
  const rows = chooseReading([
    [lines, ({ text }) => ids.find(text)],
    [lines, ({ text }) => ids.findGuarded(text)],
  ]);
  return { rows: rows ?? readEach(lines, ids, named), namedBy: 'id' };
}

/** One id or row number a line. */
function readBareList(plain: string, named: NameableRows, ids: IdLookup | undefined): RemovalFile {
  const lines = splitLines(plain);
  const quoted = splitQuotedLines(plain);
  if (ids === undefined) {
    refuseColumns(lines);
    return { rows: readRows(lines, named), namedBy: 'row' };
  }
  const rows = chooseReading([
    [lines, ({ text }) => ids.find(text)],
    [quoted, ({ text }) => ids.find(text)],
    [lines, ({ text }) => ids.findGuarded(text)],
    [quoted, ({ text }) => ids.findGuarded(text)],
  ]);
  if (rows !== undefined) return { rows, namedBy: 'id' };
  const anyId = quoted.some(({ text }) => ids.find(text) !== undefined || ids.findGuarded(text) !== undefined);
  if (anyId && !lines.every(({ text }) => isRow(text, named))) {
    return { rows: readEach(quoted, ids, named), namedBy: 'id' };
  }
  refuseColumns(lines);
  return { rows: readRows(lines, named), namedBy: 'row' };
}

/**
 * What the file names when all of its lines are read in one way; undefined where no way gives a row for each.
 * @throws InputError where two ways do, and name different rows.
 */
function chooseReading(readings: readonly (readonly [readonly NamedLine[], Reading])[]): Int32Array | undefined {
  let chosen: { readonly lines: readonly NamedLine[]; readonly named: (readonly number[])[] } | undefined;
  for (const [lines, read] of readings) {
    const named: (readonly number[])[] = [];
    for (const line of lines) {
      const rows = read(line);
      if (rows === undefined) break;
      named.push(rows);
    }
    if (named.length < lines.length) continue;
    const before = chosen ?? { lines, named };
    const differs = named.findIndex((rows, k) => !sameRows(rows, before.named[k]));
    if (differs >= 0 || named.length !== before.named.length) throw ambiguous(before.lines[Math.max(0, differs)]);
    chosen = before;
  }
  return chosen && Int32Array.from(new Set(chosen.named.flat()));
}

/** Lines that are not all written in one way: each may be in another. */
function readEach(lines: readonly NamedLine[], ids: IdLookup, named: NameableRows): Int32Array {
  return Int32Array.from(new Set(lines.flatMap((line) => rowsOfId(line, ids, named))));
}

/**
 * The rows of an id, written as in the data or as in a list for people. @throws InputError where there are none, or
 * others in the other way.
 */
export function rowsOfId(line: NamedLine, ids: IdLookup, named: NameableRows, file = removalFile): readonly number[] {
  const [asIs, guarded] = [ids.find(line.text), ids.findGuarded(line.text)];
  const found = asIs ?? guarded;
  if (found === undefined) throw namesNothing(line, named, file);
  if (guarded !== undefined && !sameRows(found, guarded)) throw ambiguous(line, file);
  return found;
}

function sameRows(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && (a === b || (a.length === b.length && a.every((row, k) => row === b[k])));
}

function readRows(lines: readonly NamedLine[], named: NameableRows): Int32Array {
  return Int32Array.from(new Set(lines.map((line) => rowOfNumber(line, named))));
}

/** @throws InputError where the line is no row number. */
export function rowOfNumber(line: NamedLine, named: NameableRows, file = removalFile): number {
  if (!isRow(line.text, named)) throw namesNothing(line, named, file);
  return Number(line.text);
}

function isRow(text: string, { rowCount }: NameableRows): boolean {
  const row = Number(text);
  return text.trim() !== '' && Number.isInteger(row) && row >= 0 && row < rowCount;
}

function refuseColumns(lines: readonly NamedLine[]): void {
  const [first] = lines;
  if (first === undefined || !lines.some(({ text }) => /[,;\t]/.test(text))) return;
  throw new InputError(
    `The removal file has several columns and no header with “row” or “id” (line ${first.line} has: ${shown(first.text)}). ` +
      'Give a removal list as Assay exports it, or one row number or id a line.',
    { details: { line: first.line } },
  );
}

function namesNothing({ text, line }: NamedLine, { rowCount, ids }: NameableRows, file: string): InputError {
  const what = ids === undefined ? 'no row number' : 'no id of this dataset and no row number';
  return new InputError(
    `Line ${line} of the ${file} says “${shown(text)}”, which is ${what}: rows are 0 to ${rowCount - 1}.`,
    { details: { line } },
  );
}

function ambiguous(line: NamedLine | undefined, file = removalFile): InputError {
  return new InputError(
    `Line ${line?.line ?? 1} of the ${file} says “${shown(line?.text ?? '')}”, which is the id of one row, and stands for that of another where ids ` +
      'are written as in a removal list or in quotes. Name these rows by row number.',
    { details: { line: line?.line ?? 1 } },
  );
}

function shown(text: string): string {
  return visibleText(text, { limit: 120, keepBlanks: true });
}
