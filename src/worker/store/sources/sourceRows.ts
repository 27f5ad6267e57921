import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { RowIssue } from '../../../contract/dataset';
import { rowIssueSchema } from '../../../contract/dataset';
import { BugError, StorageError } from '../../../core/base/errors';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { CellBlock } from '../../datasets/cells/cellBlock';
import { createTurns } from '../../eventLoop';
import { cellExpression, type CellTable, comparedCells, joinedCells } from '../tables/cellTable';
import type { Database } from '../tables/database';

/**
 * One of them stands between the cells of a row that come as one text: the unit separator, which texts hardly ever
 * hold, and characters of private use for texts that do.
 */
const separatorCodes = [31, 0xf8fd, 0xf8fe] as const;

type OnCells = (block: CellBlock) => void | Promise<void>;

/**
 * Rows handed to a scan's callback at a time are those of one chunk of DuckDB's: at most 2,048. Rows lie in the table
 * in their order and are handed out as they lie: sorting would take as much room on disk again as the cells.
 *
 * The cells of a row come from DuckDB as one text, a call and a decoding a row in place of one a cell: in Electron that
 * is most of the time a scan takes. From the first chunk on in which a cell holds the separator itself, another one is
 * taken; where texts hold them all, cells come one by one.
 */
export async function scanCells(
  database: Database,
  table: CellTable,
  columnIndices: readonly number[],
  onBlock: OnCells,
  signal?: CancellationSignal,
): Promise<void> {
  let scanned = 0;
  for (const code of columnIndices.length < 2 ? [] : separatorCodes) {
    const stopped = await scanJoined(database, table, { columnIndices, code, from: scanned }, onBlock, signal);
    if (stopped === undefined) return;
    scanned = stopped;
  }
  const cells = columnIndices.map((index) => cellExpression(table, index));
  const turn = createTurns(signal);
  await scanChunks(database, table.name, cells, scanned, signal, async (chunk, first) => {
    const columns: string[][] = [];
    for (let k = 0; k < cells.length; k++) {
      // Cells are never NULL: ragged rows are filled up when they are read.
      columns.push(chunk.getColumnValues(k + 1) as string[]);
      await turn();
    }
    await onBlock(CellBlock.ofColumns(first, columns));
    return true;
  });
}

/** The row that a scan of single cells has to go on with; undefined when all have been handed out. */
async function scanJoined(
  database: Database,
  table: CellTable,
  {
    columnIndices,
    code,
    from,
  }: { readonly columnIndices: readonly number[]; readonly code: number; readonly from: number },
  onBlock: OnCells,
  signal: CancellationSignal | undefined,
): Promise<number | undefined> {
  const turn = createTurns(signal);
  const joined = joinedCells(table, columnIndices, code);
  let stoppedAt: number | undefined;
  await scanChunks(database, table.name, [joined], from, signal, async (chunk, first) => {
    const block = new CellBlock(first, chunk.rowCount, columnIndices.length);
    const texts = chunk.getColumnValues(1) as string[]; // Cells are never NULL, so neither are they joined.
    for (const text of texts) {
      if (!block.add(text, code)) {
        stoppedAt = first;
        return false;
      }
      await turn();
    }
    await onBlock(block);
    return true;
  });
  return stoppedAt;
}

/** Goes through a table chunk by chunk from a row on, as long as the visitor says true. */
async function scanChunks(
  database: Database,
  table: string,
  values: readonly string[],
  from: number,
  signal: CancellationSignal | undefined,
  visit: (chunk: DuckDBDataChunk, firstRow: number) => Promise<boolean>,
): Promise<void> {
  const where = from === 0 ? '' : ` WHERE row_no >= ${checkIndex(from)}`;
  let next = from;
  let wanted = true;
  await database.stream(`SELECT ${['row_no', ...values].join(', ')} FROM ${table}${where}`, async (chunk) => {
    signal?.throwIfCancelled();
    const first = next;
    if (chunk.getColumnValues(0).some((row, k) => row !== first + k)) {
      throw new BugError(`The rows of ${table} are not in their order after row ${first}.`);
    }
    wanted = await visit(chunk, first);
    next += chunk.rowCount;
    await new Promise<void>((resolve) => setImmediate(resolve));
    return wanted;
  });
  if (wanted) await needAllRows(database, table, next);
}

/** @throws StorageError where a scan has ended before the table does. */
async function needAllRows(database: Database, table: string, scanned: number): Promise<void> {
  const [found] = await database.rows(`SELECT count(*) FROM ${table}`);
  if (Number(found?.[0]) === scanned) return;
  throw new StorageError(
    `The rows of ${database.place} could not be read to the end. Check the disk, and try again; if it happens again, open the data file anew.`,
    { details: { folder: database.place } },
  );
}

export async function scanRowPlaces(
  database: Database,
  table: string,
  onBlock: (firstRow: number, byteStarts: Float64Array, byteLengths: Float64Array) => void | Promise<void>,
  signal?: CancellationSignal,
): Promise<void> {
  const places = `SELECT CAST(byte_start AS DOUBLE), CAST(byte_length AS DOUBLE) FROM ${table} ORDER BY row_no`;
  let next = 0;
  await database.stream(places, async (chunk) => {
    signal?.throwIfCancelled();
    // DOUBLE columns without NULLs: numbers.
    const starts = Float64Array.from(chunk.getColumnValues(0) as number[]);
    const lengths = Float64Array.from(chunk.getColumnValues(1) as number[]);
    await onBlock(next, starts, lengths);
    next += chunk.rowCount;
    return true;
  });
  await needAllRows(database, table, next);
}

/** A row with more or fewer cells than there are columns. */
export interface RaggedRow {
  readonly row: number;
  /** Cells that it has in the file. */
  readonly cells: number;
}

/** Rows that are not whole, in row order. O(n) on disk. */
export async function readRaggedRows(database: Database, table: string, columnCount: number): Promise<RaggedRow[]> {
  const rows = await database.rows(
    `SELECT row_no, cell_count FROM ${table} WHERE cell_count <> ${checkIndex(columnCount)} ORDER BY row_no`,
  );
  return rows.map(([row, cells]) => ({ row: Number(row), cells: Number(cells) }));
}

/** All cells of some rows, in the order asked for. */
export async function readCells(
  database: Database,
  table: CellTable,
  rows: readonly number[],
  columnIndices: readonly number[],
): Promise<string[][]> {
  if (rows.length === 0) return [];
  const byRow =
    (await readJoined(database, table, rows, columnIndices)) ?? (await readEach(database, table, rows, columnIndices));
  return rows.map((row) => {
    const texts = byRow.get(row);
    if (texts === undefined) throw new BugError(`There is no row ${row}.`);
    return texts;
  });
}

type CellsByRow = ReadonlyMap<number, string[]>;

async function readEach(
  database: Database,
  table: CellTable,
  rows: readonly number[],
  columnIndices: readonly number[],
): Promise<CellsByRow> {
  const cells = columnIndices.map((index) => cellExpression(table, index));
  const found = await database.rows(
    `SELECT ${['row_no', ...cells].join(', ')} FROM ${table.name} WHERE ${rowFilter(rows)}`,
  );
  return new Map(found.map(([row, ...texts]) => [row as number, texts as string[]]));
}

/** The cells of many columns as one text a row; undefined where that holds every separator. */
async function readJoined(
  database: Database,
  table: CellTable,
  rows: readonly number[],
  columnIndices: readonly number[],
): Promise<CellsByRow | undefined> {
  if (table.group === null) return undefined;
  for (const code of separatorCodes) {
    const found = await database.rows(
      `SELECT row_no, ${joinedCells(table, columnIndices, code)} FROM ${table.name} WHERE ${rowFilter(rows)}`,
    );
    const split = found.map(([row, text]) => [row as number, String(text).split(String.fromCharCode(code))] as const);
    if (split.every(([, cells]) => cells.length === columnIndices.length)) return new Map(split);
  }
  return undefined;
}

/**
 * An SQL condition for a list of row numbers: numbers only, never text. Runs of rows are found without a look at
 * others.
 */
export function rowFilter(rows: readonly number[], column = 'row_no'): string {
  const first = rows[0];
  if (first === undefined) return 'false';
  for (const row of rows) checkIndex(row);
  const isRun = rows.every((row, index) => row === first + index);
  if (isRun) return `${column} BETWEEN ${first} AND ${first + rows.length - 1}`;
  return `${column} IN (${rows.join(', ')})`;
}

function checkIndex(value: number): number {
  if (!Number.isInteger(value) || value < 0) throw new BugError(`${value} is not a row or column number.`);
  return value;
}

export async function readStoredIssues(
  database: Database,
  table: string,
  offset: number,
  limit: number,
): Promise<RowIssue[]> {
  const rows = await database.rows(
    `SELECT row_no, line, column_name, kind, message FROM ${table} ORDER BY seq LIMIT ${checkIndex(limit)} OFFSET ${checkIndex(offset)}`,
  );
  return rows.map(([row, line, column, kind, message]) => rowIssueSchema.parse({ row, line, column, kind, message }));
}

export interface ValueCounts {
  readonly values: { value: string; count: number }[];
  readonly distinct: number;
  readonly blank: number;
}

/** Values of a column with surrounding blanks taken off, most frequent first (ties by value); blank cells apart. */
export async function countColumnValues(
  database: Database,
  table: CellTable,
  column: number,
  limit: number,
): Promise<ValueCounts> {
  const cell = `trim(${cellExpression(table, column)}, ' \t\r\n')`;
  const values = await database.rows(
    `SELECT v, n, total FROM (SELECT ${cell} AS v, CAST(count(*) AS INTEGER) AS n, CAST(count(*) OVER () AS INTEGER) AS total
     FROM ${table.name} WHERE ${cell} <> '' GROUP BY v) ORDER BY n DESC, v LIMIT ${checkIndex(limit)}`,
  );
  const blank = await database.rows(`SELECT CAST(count(*) AS INTEGER) FROM ${table.name} WHERE ${cell} = ''`);
  return {
    values: values.map(([value, count]) => ({ value: String(value), count: Number(count) })),
    distinct: Number(values[0]?.[2] ?? 0),
    blank: Number(blank[0]?.[0] ?? 0),
  };
}

/**
 * Rows that repeat an earlier row in every column but those left out, compared by a 128-bit hash of the cells. O(n).
 */
export async function countDuplicates(
  database: Database,
  table: CellTable,
  exceptColumns: readonly number[],
): Promise<number> {
  const except = new Set(exceptColumns);
  const compared = Array.from({ length: table.columnCount }, (_, index) => index).filter((index) => !except.has(index));
  if (compared.length === 0) return 0;
  const list = comparedCells(table, compared).join(', ');
  const keys = `hash(${list}) AS a, hash('assay', ${list}) AS b`;
  const rows = await database.rows(
    `SELECT CAST(sum(n - 1) AS INTEGER) FROM (SELECT count(*) AS n FROM (SELECT ${keys} FROM ${table.name}) GROUP BY a, b HAVING count(*) > 1)`,
  );
  return Number(rows[0]?.[0] ?? 0);
}
