import Papa from 'papaparse';
import { InputError } from '../core/base/errors';
import { terminalCell } from './terminalText';

/** What a removal file can name. */
export interface NameableRows {
  readonly rowCount: number;
  /** The id of each row; undefined where no column is the id. */
  readonly ids: readonly string[] | undefined;
}

export interface RemovalFile {
  /** Distinct row numbers, in the file's order. */
  readonly rows: Int32Array;
  /** How the file was understood, for the report. */
  readonly namedBy: 'row' | 'id';
}

/**
 * Rows named by a file: a removal list (CSV with a header that has `row` or `id`), or a bare list, one a line, of ids (where every line is
 * an id of the dataset) or of 0-based row numbers.
 * @throws InputError naming the line that names no row.
 */
export function parseRemovalFile(text: string, named: NameableRows): RemovalFile {
  const plain = text.replace(/^\ufeff/, '');
  // Guessing would take the separator of reasons inside a cell for that of cells.
  const firstLine = plain.slice(0, plain.search(/[\r\n]|$/));
  const delimiter = [',', '\t', ';'].find((one) => firstLine.includes(one)) ?? ',';
  const { data } = Papa.parse<string[]>(plain, { delimiter, skipEmptyLines: false });
  const lines = data
    .map((cells, index) => ({ cells: cells.map((cell) => cell.trim()), line: index + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const [first] = lines;
  if (first === undefined) throw new InputError('The removal file is empty: it names no row.');
  const header = first.cells.map((cell) => cell.toLowerCase());
  for (const column of ['row', 'id'] as const) {
    const at = header.indexOf(column);
    if (at < 0) continue;
    const cells = lines.slice(1).map(({ cells, line }) => ({ text: cells[at] ?? '', line }));
    // An exported list of a dataset without ids has an empty id column beside the rows.
    return { rows: column === 'row' ? asRows(cells, named) : asIds(cells, named), namedBy: column };
  }
  const bare = lines.map(({ cells, line }) => ({ text: cells[0] ?? '', line }));
  if (lines.some(({ cells }) => cells.length > 1)) {
    throw new InputError(
      `The removal file has several columns and no header with “row” or “id” (line ${first.line} has: ${first.cells
        .slice(0, 20)
        .map((cell) => terminalCell(cell, 40))
        .join(', ')}). ` + 'Give a removal list as Assay exports it, or one row number or id a line.',
      { details: { line: first.line } },
    );
  }
  const known = new Set(named.ids);
  if (named.ids !== undefined && bare.every((one) => known.has(one.text))) {
    return { rows: asIds(bare, named), namedBy: 'id' };
  }
  return { rows: asRows(bare, named), namedBy: 'row' };
}

interface NamedLine {
  readonly text: string;
  readonly line: number;
}

function asRows(lines: readonly NamedLine[], { rowCount, ids }: NameableRows): Int32Array {
  const rows = lines.map(({ text, line }) => {
    const row = Number(text);
    if (text === '' || !Number.isInteger(row) || row < 0 || row >= rowCount) {
      const what = ids === undefined ? '' : ' nor an id';
      throw new InputError(
        `Line ${line} of the removal file says “${terminalCell(text)}”, which is no row number${what}: rows are 0 to ${rowCount - 1}.`,
        { details: { line } },
      );
    }
    return row;
  });
  return Int32Array.from(new Set(rows));
}

function asIds(lines: readonly NamedLine[], { ids }: NameableRows): Int32Array {
  const rowsOf = new Map<string, number[]>();
  ids?.forEach((id, row) => {
    const rows = rowsOf.get(id);
    if (rows === undefined) rowsOf.set(id, [row]);
    else rows.push(row);
  });
  const rows = lines.flatMap(({ text, line }) => {
    const found = rowsOf.get(text);
    if (found === undefined) {
      throw new InputError(
        ids === undefined
          ? 'The removal file names rows by id, and no column of the dataset is the id. Name them by row number.'
          : `Line ${line} of the removal file says “${terminalCell(text)}”, which is no id of this dataset.`,
        { details: { line } },
      );
    }
    return found;
  });
  return Int32Array.from(new Set(rows));
}
