import { isMissing, parseDate } from '../cells/cells';
import type { SampleRecord, Table } from './findTable';
import { areNumbers, spread } from './headerEvidence';

/** Rows and columns looked at. */
const rowsLooked = 100;
const columnsLooked = 60;

/** What is left over where a cell was parted at the wrong character: numbers around another delimiter. */
const unparted = /\d\s*[;\t|]\s*-?[\w.]|[;\t|]\s*-?\d|[\w.]:[\w.]|\x1f|\x01/;

/** One end of a cell in quotes. */
const halfQuoted = /^\s*(["'])(?!.*\1\s*$)|^(?!\s*["']).*\s\S*["']\s*$|^[^"']*[^"'\d]["']\s*$/;

/**
 * How much a reading looks like a table: 0 where nothing is parted, higher with rows of one width, cells that are
 * numbers or dates throughout their columns, and more columns. Up to about 1.5.
 */
export function scoreTable(reading: {
  readonly table: Table;
  readonly records: readonly SampleRecord[];
  readonly troubled: number;
  readonly delimiter: string;
  /** The delimiter is more often part of a text: only a table of numbers makes up for it. */
  readonly isRare: boolean;
}): number {
  const { table, records, troubled, delimiter, isRare } = reading;
  const { rowWidth, purity, rows } = table;
  if (rowWidth < 2) return 0;
  const { quality, hasNumbers } = qualityOf(table, records, delimiter);
  if (isRare && (!hasNumbers || quality < 0.4 || rows.length < 3)) return 0;
  const whole = 1 - Math.min(1, troubled / records.length);
  const covered = (rows.length + (table.header ? 1 : 0)) / records.length;
  // A header as wide as its rows is what tables have; a line just above rows without a header may be one that was
  // parted otherwise.
  const isLost =
    table.evidence < 1 &&
    table.start > 0 &&
    (records[table.start]?.line ?? 0) === (records[table.start - 1]?.line ?? 0) + 1;
  const fitting = isLost ? 0.8 : table.names === null || table.columnCount === table.rowWidth ? 1 : 0.9;
  return (
    (isRare ? 0.6 : 1) *
    purity *
    (0.5 + 0.5 * covered) *
    whole *
    whole *
    fitting *
    (0.4 + 0.6 * quality) *
    (1 + 0.05 * Math.min(rowWidth, 10))
  );
}

/** Mean over columns: 1 for numbers and dates, half for texts, nothing for blanks and for what was not parted. */
function qualityOf(
  { rowWidth, rows }: Table,
  records: readonly SampleRecord[],
  delimiter: string,
): { quality: number; hasNumbers: boolean } {
  const looked = spread(rows.length, rowsLooked).map((place) => records[rows[place] ?? 0]?.cells ?? []);
  const columns = spread(rowWidth, columnsLooked);
  let sum = 0;
  let hasNumbers = false;
  for (const column of columns) {
    const cells = looked.map((row) => row[column] ?? '').filter((cell) => !isMissing(cell));
    if (cells.length === 0 || cells.filter((cell) => halfQuoted.test(cell)).length >= 0.5 * cells.length) continue;
    if (areNumbers(cells)) {
      hasNumbers = true;
      sum += 1;
    } else if (cells.filter(isDate).length >= 0.9 * cells.length) sum += 1;
    else if (delimiter !== ':' && cells.filter((cell) => unparted.test(cell)).length >= 0.9 * cells.length) sum += 0;
    else sum += 0.5;
  }
  return { quality: columns.length === 0 ? 0 : sum / columns.length, hasNumbers };
}

function isDate(cell: string): boolean {
  return cell.length <= 40 && (!Number.isNaN(parseDate(cell, 'dmy')) || !Number.isNaN(parseDate(cell, 'mdy')));
}
