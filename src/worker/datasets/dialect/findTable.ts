import { listed } from '../../../core/base/listed';
import { isMissing } from '../cells/cells';
import type { Note } from '../note';
import { areNumbers, headerEvidence, spread } from './headerEvidence';

/** A record of the sample: its cells, and where it stands. */
export interface SampleRecord {
  readonly cells: readonly string[];
  /** 1-based line of the file where it begins. */
  readonly line: number;
  readonly isComment: boolean;
}

/** Where in a sample the table begins, and what its columns are. */
export interface Table {
  /** Place of the header among the records, or of the first row where there is none. */
  readonly start: number;
  readonly header: boolean;
  /** Logarithm of how much more likely there is a header than none; not finite where no row tells. */
  readonly evidence: number;
  /** Cells that rows usually have. */
  readonly rowWidth: number;
  /** Names as the header has them, put above their columns; null without one. */
  readonly names: readonly string[] | null;
  readonly columnCount: number;
  /** Records between the header and the rows that are neither: units. */
  readonly between: readonly number[];
  readonly notes: readonly Note[];
  /** Records of the usual width, of those from `start` on: 0–1. */
  readonly purity: number;
  /** Records that are rows of the usual width. */
  readonly rows: readonly number[];
}

interface TableHints {
  readonly header?: boolean | undefined;
  /** The table begins with the first record. */
  readonly fixedStart: boolean;
}

/**
 * Fewer records of the usual width than this among those that follow make no table; in a handful, a few more may
 * differ.
 */
const minPurity = 0.8;
const minPurityOfFew = 0.6;
const few = 10;
/** Lines of any kind that may stand above a table that is shorter than they are. */
const longestPreamble = 60;
/** Evidence above which a record that differs from all rows is not one of them. */
const surely = 2.5;

/** Records are not blank. @returns null when there is none. */
export function findTable(records: readonly SampleRecord[], hints: TableHints): Table | null {
  const lines = records.flatMap((record, index) => (record.isComment ? [] : [index]));
  if (lines.length === 0) return null;
  const { width, from, purity } = hints.fixedStart ? widthFrom(records, lines) : findWidth(records, lines);
  const body = lines.slice(from).filter((index) => cellsAt(records, index).length === width);
  const first = (hints.fixedStart ? lines[0] : body[0]) ?? 0;
  const chosen = chooseHeader(records, { body, first, width, fixedStart: hints.fixedStart, wanted: hints.header });
  const { header, start, evidence, between } = chosen;
  const rows = header ? body.filter((index) => index > start && !between.includes(index)) : body;
  const base = { start, header, evidence, rowWidth: width, between, purity, rows };
  if (!header) return { ...base, names: null, columnCount: width, notes: [] };
  const names = cleanNames(records, start);
  const cells = rows.map((index) => cellsAt(records, index));
  return { ...base, ...alignNames(names, width, cells.length < 2 ? [] : cells) };
}

function cellsAt(records: readonly SampleRecord[], index: number): readonly string[] {
  return records[index]?.cells ?? [];
}

interface Width {
  readonly width: number;
  /** Place in `lines` from which on records have it. */
  readonly from: number;
  readonly purity: number;
}

/** The table begins with the first record: the width is that of most. */
function widthFrom(records: readonly SampleRecord[], lines: readonly number[]): Width {
  const counts = new Map<number, number>();
  for (const index of lines) {
    const { length } = cellsAt(records, index);
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  let width = 0;
  let most = 0;
  for (const [length, count] of counts) {
    if (count > most || (count === most && length > width)) [width, most] = [length, count];
  }
  const alike = lines.filter((index) => cellsAt(records, index).length === width).length;
  const from = Math.max(
    0,
    lines.findIndex((index) => cellsAt(records, index).length === width),
  );
  return { width, from, purity: alike / lines.length };
}

/** The width that records have from some place on to the end: of several the one of most records. */
function findWidth(records: readonly SampleRecord[], lines: readonly number[]): Width {
  const widths = new Set(lines.map((index) => cellsAt(records, index).length));
  let best: Width & { alike: number } = { width: 1, from: 0, purity: 0, alike: 0 };
  for (const width of widths) {
    if (width < 2) continue;
    let alike = 0;
    // From the end upwards: the earliest place from which on nearly all have this width.
    for (let at = lines.length - 1; at >= 0; at--) {
      if (cellsAt(records, lines[at] ?? 0).length !== width) continue;
      alike++;
      const size = lines.length - at;
      const purity = alike / size;
      const isShort = at > Math.max(alike, 3) || at > longestPreamble + alike;
      if (purity < (size < few ? minPurityOfFew : minPurity) || isShort) continue;
      if (alike > best.alike || (alike === best.alike && width > best.width)) best = { width, from: at, purity, alike };
    }
  }
  if (best.alike > 0 && (best.alike > 1 || lines.length <= 3)) return best;
  return widthFrom(records, lines);
}

interface Choice {
  readonly header: boolean;
  readonly start: number;
  readonly evidence: number;
  readonly between: readonly number[];
}

interface HeaderOptions {
  /** Records of the usual width. */
  readonly body: readonly number[];
  /** Where the table begins if it has no header of another width. */
  readonly first: number;
  readonly width: number;
  readonly fixedStart: boolean;
  readonly wanted: boolean | undefined;
}

function chooseHeader(records: readonly SampleRecord[], options: HeaderOptions): Choice {
  const { body, first, width, fixedStart, wanted } = options;
  const rowsAfter = (index: number): (readonly string[])[] =>
    body.filter((each) => each > index).map((each) => cellsAt(records, each));
  const evidenceOf = (index: number): number => headerEvidence(cellsAt(records, index), rowsAfter(index));
  const as = (header: boolean, start: number, evidence: number): Choice => ({ header, start, evidence, between: [] });
  if (wanted === false) return as(false, first, -Infinity);
  const above = headerAbove(records, options);
  const own = cellsAt(records, first);
  if (body.length < 2) {
    if (above !== null) return as(true, above, 0);
    return as(wanted ?? !own.some((cell) => areNumbers([cell])), first, 0);
  }
  const evidence = own.length === width ? evidenceOf(first) : areLikeNames(own, width) ? surely : -surely;
  if (above !== null && (evidence < 1 || (records[above]?.isComment === true && evidence < surely))) {
    return as(true, above, surely);
  }
  if (evidence < 0 && wanted !== true) return as(false, first, evidence);
  const below = body.filter((index) => index >= first);
  const places = below[0] === first ? below : [first, ...below];
  return { header: true, evidence, ...skipTitles(records, places, evidenceOf, fixedStart) };
}

/** A record of another width, or a comment, just above the rows, whose cells read like names. */
function headerAbove(
  records: readonly SampleRecord[],
  { first, width, body, fixedStart }: HeaderOptions,
): number | null {
  const index = first - 1;
  const record = records[index];
  if (record === undefined || width < 2) return null;
  const { cells } = record;
  const next = records[first];
  // A blank line parts a title from a table, never a header from its rows.
  if (next !== undefined && next.line > record.line + 1) return null;
  const long = cells.length;
  if (record.isComment ? long !== width : fixedStart) return null;
  if (!areLikeNames(cells, width)) return null;
  if (long === width) return index;
  // The rows below, cut or filled up to its width: is it one of them that lost a cell?
  const offset = Math.max(0, width - long);
  const rows = body.map((place) => cellsAt(records, place));
  const aligned = Math.max(
    headerEvidence(
      cells,
      rows.map((row) => row.slice(offset)),
    ),
    headerEvidence(cells, rows),
  );
  return aligned >= 0 ? index : null;
}

/** Short different texts, as many as could stand above rows of this width. */
function areLikeNames(cells: readonly string[], width: number): boolean {
  const long = cells.length;
  if (long === 1 ? width > 2 : long < width / 2) return false;
  // A text after a comma begins with a blank; a name is one word then.
  const isName = (cell: string): boolean => cell.length <= 100 && !/[\r\n]/.test(cell) && !/^\s.*\S\s+\S/.test(cell);
  if (!cells.every(isName)) return false;
  const filled = cells.filter((cell) => cell.trim() !== '');
  return filled.length >= Math.max(1, long - 1) && new Set(filled).size === filled.length;
}

/**
 * Several records at the top may differ from all rows: a title that happens to have as many cells, then the names, then
 * perhaps their units. The header is the last of them whose cells are all filled and different.
 */
function skipTitles(
  records: readonly SampleRecord[],
  places: readonly number[],
  evidenceOf: (index: number) => number,
  fixedStart: boolean,
): Pick<Choice, 'start' | 'between'> {
  let header = padded(records, places);
  const between: number[] = [];
  for (let place = header + 1; place < Math.min(header + 6, places.length - 2); place++) {
    const index = places[place] ?? 0;
    const cells = cellsAt(records, index);
    const rows = places.slice(place + 1).map((each) => cellsAt(records, each));
    if (!isUnlikeNumbers(cells, rows) || evidenceOf(index) < surely) break;
    if (isUnits(cells)) between.push(index);
    else if (areNames(cells) && between.length === 0 && !fixedStart) header = place;
    else break;
  }
  return { start: places[header] ?? 0, between };
}

/** Place of the first record that is no title with delimiters behind it, as spreadsheets write them, and not blank. */
function padded(records: readonly SampleRecord[], places: readonly number[]): number {
  let place = 0;
  const filled = (at: number): number => cellsAt(records, places[at] ?? -1).filter((cell) => cell.trim() !== '').length;
  const isTitle = (at: number): boolean => {
    const size = cellsAt(records, places[at] ?? -1).length;
    return filled(at) === 0 || (size >= 3 && filled(at) === 1) || (size >= 6 && filled(at) === 2);
  };
  while (place < longestPreamble && place < places.length - 2 && isTitle(place)) place++;
  return areNames(cellsAt(records, places[place] ?? -1)) ? place : 0;
}

/** At least half of the columns of numbers have something else here. */
function isUnlikeNumbers(cells: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const looked = spread(rows.length, 100).map((place) => rows[place] ?? []);
  const columns = spread(cells.length, 200).filter((c) => areNumbers(looked.map((row) => row[c] ?? '')));
  const unlike = columns.filter((c) => !isMissing(cells[c] ?? '') && !areNumbers([cells[c] ?? '']));
  return unlike.length >= Math.max(1, columns.length / 2);
}

function areNames(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() !== '') && new Set(cells).size === cells.length;
}

const unit =
  /^[([]?(°[CF]|[mckµμnpMGhd]?(m|g|s|l|L|Hz|V|A|W|J|N|Pa|mol|bar|eV|K|B|b)([²³]|\^?-?\d)?(\/[a-zA-Z]+[²³]?)?|in|ft|lb|oz|h|hr|min|sec|d|y|yr|years?|days?|hours?|%|€|\$|USD|EUR|px|deg|rad|count|-|–|n\/a|unit|units?)[)\]]?$/;

/** A line of units: known ones above numbers, blanks or dashes for columns that have none. */
function isUnits(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  return filled.length > 0 && filled.every((cell) => unit.test(cell.trim()));
}

/** Names of a header that is a comment come without the mark. */
function cleanNames(records: readonly SampleRecord[], start: number): readonly string[] {
  const cells = cellsAt(records, start);
  const [first = '', ...rest] = cells;
  const mark = /^([#%!;*@>]|\/\/|--)+\s*/.exec(first)?.[0] ?? '';
  const bare = first.slice(mark.length);
  if (mark === '' || bare === '') return cells;
  const own = mark.trim();
  const isMark = records[start]?.isComment === true || (mark !== own && !/\s/.test(bare.trim()));
  return isMark ? [bare, ...rest] : cells;
}

/**
 * Puts the names of a header above their columns where it is wider or narrower than the rows; by what the cells hold.
 */
function alignNames(
  names: readonly string[],
  width: number,
  rows: readonly (readonly string[])[],
): Pick<Table, 'names' | 'columnCount' | 'notes' | 'rowWidth'> {
  const as = (aligned: readonly string[], columnCount: number, text?: string, level: Note['level'] = 'warning') => ({
    names: aligned,
    columnCount,
    rowWidth: rows.length === 0 ? columnCount : width,
    notes: text === undefined ? [] : [{ level, text }],
  });
  const size = names.length;
  if (rows.length === 0 || size === width) return as(names, size);
  const column = (place: number): string[] => rows.map((cells) => cells[place] ?? '');
  const said = `The header has ${size} ${size === 1 ? 'name' : 'names'}, most rows have ${width} cells`;
  if (size > width) {
    const surplus = names.slice(width);
    if (surplus.every((name) => name.trim() === '')) {
      return as(
        names.slice(0, width),
        width,
        `${said}: the header's last names are blank and stand for no column.`,
        'info',
      );
    }
    if (fit(names.slice(size - width), rows) > fit(names, rows)) {
      const first = names.slice(0, size - width).map((name) => `“${name}”`);
      return as(names.slice(size - width), width, `${said}: the first (${listed(first)}) stand above no cells.`);
    }
    return as(
      names,
      size,
      `${said}: the last columns (${listed(surplus.map((name) => `“${name}”`))}) are blank in every row. If the names do not stand above their cells, correct the file.`,
    );
  }
  const isBlank = (place: number): boolean => column(place).every((cell) => cell.trim() === '');
  const example = `“${(rows[0]?.[0] ?? '').slice(0, 40)}”`;
  if (Array.from({ length: width - size }, (_, k) => size + k).every(isBlank)) {
    return as(
      names,
      width,
      `${said}: each row ends in a delimiter more; the last columns have no names and are blank.`,
      'info',
    );
  }
  const shifted = [...new Array<string>(width - size).fill(''), ...names];
  const better = fit(shifted, rows) - fit(names, rows);
  if (width === size + 1 && areRowNames(column(0)) && better >= 0) {
    return as(
      ['', ...names],
      width,
      `${said}: the first column has no name; its cells (${example} in the first row) are taken for names of the rows.`,
    );
  }
  if (better > 0) {
    return as(
      shifted,
      width,
      `${said}: the first columns have no names. Check that the names stand above their cells (the first row begins ${example}).`,
    );
  }
  return as(
    names,
    width,
    `${said}: the last columns have no names. Check that the names stand above their cells (the first row begins ${example}).`,
  );
}

const labelName = /(^|[_ -])(labels?|class|target|y|outcome|species|sentiment|diagnosis)$/i;
const idName = /^(id|uid|uuid|key)$/i;

/**
 * How well names stand above their columns, where a name tells what its column holds: a label's few values, an id's
 * different ones.
 */
function fit(names: readonly string[], rows: readonly (readonly string[])[]): number {
  let score = 0;
  names.forEach((name, place) => {
    const isLabel = labelName.test(name.trim());
    if (!isLabel && !idName.test(name.trim())) return;
    const cells = rows.map((row) => row[place] ?? '').filter((cell) => cell.trim() !== '');
    const distinct = new Set(cells).size;
    const few = cells.length > 0 && distinct <= Math.max(2, cells.length / 3);
    const fits = isLabel ? few : distinct === rows.length;
    score += fits ? 1 : -1;
  });
  return score;
}

/** Cells that are taken apart to tell numbers from texts: there are 500,000 where a quote is left open. */
const mostTakenApart = 1_000;

/** A counter, or texts that never repeat: how R and others name rows. */
function areRowNames(cells: readonly string[]): boolean {
  if (new Set(cells).size < cells.length) return false;
  const looked = spread(cells.length, mostTakenApart).map((place) => cells[place] ?? '');
  if (!areNumbers(looked)) return cells.every((cell) => cell.trim() !== '');
  const values = cells.map(Number);
  return values.every((value, k) => Number.isInteger(value) && (k === 0 || value > (values[k - 1] ?? value)));
}
