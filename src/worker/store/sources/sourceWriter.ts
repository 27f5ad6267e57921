import { BIGINT, type DuckDBConnection, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { RowIssue } from '../../../contract/dataset';
import { BugError } from '../../../core/base/errors';
import type { RecordBlock } from '../../datasets/datasetTypes';
import { storageError } from '../files/storageErrors';
import { StagingTable } from '../tables/bulkTable';
import { cellColumns, type CellTable, groupRanges } from '../tables/cellTable';
import { issueColumns, listColumns, rowColumns } from '../tables/schema';

/**
 * Rows that go to disk together: exactly one of DuckDB's row groups, which is then compressed once. Anything else
 * leaves small groups that the next checkpoint reads and compresses again. Very wide rows go earlier, after some 24 MB
 * of text.
 */
const flushRows = 122_880;
const flushCharacters = 24 * 1024 * 1024;
/** Issues stored one by one; beyond, they are only counted. */
const maxStoredIssues = 100_000;

interface Pending {
  readonly rows: number[];
  readonly lines: number[];
  readonly starts: number[];
  readonly lengths: number[];
  /** Cells that the row has in the file. */
  readonly counts: number[];
  /**
   * The cells of each row in one string, or in one for each group of columns: one call into DuckDB instead of one for
   * each cell.
   */
  readonly texts: readonly string[][];
  /** Between the cells of each row. */
  readonly separators: string[];
  characters: number;
}

function nothing(parts: number): Pending {
  const texts = Array.from({ length: parts }, (): string[] => []);
  return { rows: [], lines: [], starts: [], lengths: [], counts: [], texts, separators: [], characters: 0 };
}

/** Fills a table of rows and a table of issues, reading and storing at the same time. */
export class SourceTables {
  /** Columns of the data whose cells are one text on the way to DuckDB. */
  readonly #parts: readonly (readonly [from: number, to: number])[];
  #pending: Pending;
  #flushing: Promise<void> = Promise.resolve();
  #failure: unknown = undefined;
  #issues: RowIssue[] = [];
  #issuesStored = 0;
  #rowCount = 0;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly place: string,
    private readonly staging: StagingTable,
    private readonly rowsTable: CellTable,
    private readonly issuesTable: string,
  ) {
    const { columnCount, group } = rowsTable;
    this.#parts = group === null ? [[0, columnCount]] : groupRanges(rowsTable);
    this.#pending = nothing(this.#parts.length);
  }

  static async create(
    connection: DuckDBConnection,
    options: { place: string; rowsTable: CellTable; issuesTable: string },
  ): Promise<SourceTables> {
    const { place, rowsTable, issuesTable } = options;
    try {
      const cells = cellColumns(rowsTable).map((column) => `${column}${compressionOf(rowsTable, column)}`);
      const columns = [listColumns(rowColumns), ...cells].join(', ');
      await connection.run(`CREATE TABLE ${rowsTable.name} (${columns})`);
      await connection.run(`CREATE TABLE ${issuesTable} (${listColumns(issueColumns)})`);
      const staging = await StagingTable.create(connection, 'staged_rows', [
        ['row_no', INTEGER],
        ['line', INTEGER],
        ['byte_start', BIGINT],
        ['byte_length', INTEGER],
        ['cell_count', INTEGER],
        ['separator', VARCHAR],
        ...stagedTexts(rowsTable).map((name) => [name, VARCHAR] as const),
      ]);
      return new SourceTables(connection, place, staging, rowsTable, issuesTable);
    } catch (error) {
      throw storageError(error, place);
    }
  }

  /** Waits while an earlier part is still being stored and another is full. */
  async append(block: RecordBlock): Promise<void> {
    if (this.#failure !== undefined) throw storageError(this.#failure, this.place);
    const { columnCount } = this.rowsTable;
    for (let index = 0; index < block.cells.length; index++) {
      const cells = block.cells[index] ?? [];
      if (cells.length !== columnCount) throw new BugError(`A row of ${cells.length} cells in ${columnCount} columns.`);
      const pending = this.#pending;
      pending.rows.push(this.#rowCount++);
      pending.lines.push(block.lines[index] ?? 0);
      pending.starts.push(block.byteStarts[index] ?? 0);
      pending.lengths.push(block.byteLengths[index] ?? 0);
      pending.counts.push(block.cellCounts[index] ?? cells.length);
      const { separator, texts } = joinRow(cells, this.#parts);
      pending.separators.push(separator);
      for (const [k, text] of texts.entries()) {
        pending.texts[k]?.push(text);
        pending.characters += text.length;
      }
      if (pending.rows.length === flushRows || pending.characters >= flushCharacters) await this.#startFlush();
    }
    const room = maxStoredIssues - this.#issuesStored - this.#issues.length;
    this.#issues.push(...block.issues.slice(0, Math.max(0, room)));
  }

  /** Everything is in the tables when it resolves. @returns rows written. */
  async finish(): Promise<number> {
    await this.#startFlush();
    await this.#flushing;
    if (this.#failure !== undefined) throw storageError(this.#failure, this.place);
    // Pages of the review table are some hundred rows from all over the file.
    await this.connection.run(`CREATE INDEX ${this.rowsTable.name}_row ON ${this.rowsTable.name} (row_no)`);
    return this.#rowCount;
  }

  /** Waits for the part under way. */
  async settle(): Promise<void> {
    await this.#flushing;
  }

  async #startFlush(): Promise<void> {
    await this.#flushing;
    if (this.#failure !== undefined) throw storageError(this.#failure, this.place);
    const part = this.#pending;
    const issues = this.#issues;
    this.#pending = nothing(this.#parts.length);
    this.#issues = [];
    this.#flushing = this.#store(part, issues).catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async #store(part: Pending, issues: readonly RowIssue[]): Promise<void> {
    if (part.rows.length > 0) {
      await this.staging.append(part.rows.length, (from, size) => [
        part.rows.slice(from, from + size),
        part.lines.slice(from, from + size),
        part.starts.slice(from, from + size).map(BigInt),
        part.lengths.slice(from, from + size),
        part.counts.slice(from, from + size),
        part.separators.slice(from, from + size),
        ...part.texts.map((texts) => texts.slice(from, from + size)),
      ]);
      await this.staging.moveTo(this.rowsTable.name, (staging) => selectCells(this.rowsTable, staging));
    }
    if (issues.length > 0) await this.#storeIssues(issues);
  }

  async #storeIssues(issues: readonly RowIssue[]): Promise<void> {
    const staging = await StagingTable.create(this.connection, 'staged_issues', [
      ['seq', INTEGER],
      ['row_no', INTEGER],
      ['line', INTEGER],
      ['column_name', VARCHAR],
      ['kind', VARCHAR],
      ['message', VARCHAR],
    ]);
    const first = this.#issuesStored;
    await staging.append(issues.length, (from, size) => {
      const part = issues.slice(from, from + size);
      return [
        part.map((_, index) => first + from + index),
        part.map((issue) => issue.row),
        part.map((issue) => issue.line),
        part.map((issue) => issue.column),
        part.map((issue) => issue.kind),
        part.map((issue) => issue.message),
      ];
    });
    await staging.moveTo(this.issuesTable, (name) => `SELECT * FROM ${name}`);
    this.#issuesStored += issues.length;
  }
}

/** Texts of many cells: DuckDB is told how to compress them, as trying every way takes half as long as all the rest. */
function compressionOf({ group }: CellTable, column: string): string {
  return group !== null && column.startsWith('j') ? ' USING COMPRESSION fsst' : '';
}

/** Columns of the staging table that hold texts of cells. */
function stagedTexts(table: CellTable): string[] {
  return table.group === null ? ['cells'] : groupRanges(table).map((_, k) => `cells${k}`);
}

/** What of the staging table goes into the table of rows. */
function selectCells(table: CellTable, staging: string): string {
  const places = 'row_no, line, byte_start, byte_length, cell_count';
  if (table.group !== null) return `SELECT ${places}, separator, ${stagedTexts(table).join(', ')} FROM ${staging}`;
  const cells = Array.from({ length: table.columnCount }, (_, index) => `parts[${index + 1}]`).join(', ');
  return `SELECT ${places}, ${cells} FROM (SELECT *, string_split(cells, separator) AS parts FROM ${staging})`;
}

const unitSeparator = 0x1f;
const firstPrivate = 0xe000;
const lastPrivate = 0xf8ff;

/**
 * The cells of a row as one text for each part, with a character between them that none of the cells holds: the unit
 * separator unless the row itself uses it.
 */
function joinRow(
  cells: readonly string[],
  parts: readonly (readonly [from: number, to: number])[],
): { readonly separator: string; readonly texts: readonly string[] } {
  for (let code = unitSeparator; code <= lastPrivate; code = code === unitSeparator ? firstPrivate : code + 1) {
    const separator = String.fromCharCode(code);
    const texts = parts.map(([from, to]) => (parts.length === 1 ? cells : cells.slice(from, to)).join(separator));
    if (texts.every((text, k) => countCode(text, code) === parts[k][1] - parts[k][0] - 1)) return { separator, texts };
  }
  throw new BugError('A row uses every character that could separate cells.');
}

function countCode(text: string, code: number): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) === code) count++;
  return count;
}
