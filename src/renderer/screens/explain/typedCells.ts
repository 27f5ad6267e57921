import Papa from 'papaparse';
import type { Column } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';

/** A row that was copied from a spreadsheet or a file, as texts of columns by their index. */

/** Fields that are drawn; the rest can be pasted. */
export const mostFields = 200;

/** Columns that a typed row is asked for: those that are features, in the order of the data. */
export function typedColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ role, type }) => role === 'feature' && type !== 'picture');
}

/**
 * Reads what was pasted: a row of the whole data or of its features, with tabs, commas or semicolons between the cells,
 * or a header with names of columns and a row below it. Columns that a header does not know are left out.
 * @throws InputError that says what was expected.
 */
export function readPasted(text: string, columns: readonly Column[]): Map<number, string> {
  const { data } = Papa.parse<string[]>(text.replace(/\r?\n$/, ''), {
    delimiter: text.includes('\t') ? '\t' : '',
    skipEmptyLines: false,
  });
  const rows = data.filter((cells) => cells.length > 1 || (cells[0] ?? '') !== '');
  const features = typedColumns(columns);
  const [first, second] = rows;
  if (first === undefined) throw new InputError('Nothing was pasted. Copy a row from the data or a spreadsheet first.');
  const byName = new Map(columns.map((column) => [column.name.trim(), column]));
  const isHeader = second !== undefined && first.some((cell) => byName.has(cell.trim()));
  if (isHeader) {
    if (rows.length > 2) throw moreRows(rows.length - 1);
    const named = first.flatMap((name, at) => {
      const column = byName.get(name.trim());
      return column === undefined || !features.includes(column) ? [] : [[column.index, second[at] ?? ''] as const];
    });
    if (named.length === 0) throw new InputError('The header that was pasted names no feature of this data.');
    return new Map(named);
  }
  if (rows.length > 1) throw moreRows(rows.length);
  if (first.length === columns.length) {
    return new Map(features.map(({ index }) => [index, first[index] ?? '']));
  }
  if (first.length === features.length) return new Map(features.map(({ index }, at) => [index, first[at] ?? '']));
  throw new InputError(
    `${formatCount(first.length)} cells were pasted; a row has ${formatCount(columns.length)} of them, ${formatCount(features.length)} of which are features. Paste one of these, or a header with names of columns and a row below it.`,
  );
}

function moreRows(count: number): InputError {
  return new InputError(`${formatCount(count)} rows were pasted; one is explained at a time.`);
}
