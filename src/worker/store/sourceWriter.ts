import { BIGINT, INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { RowIssue } from '../../contract/dataset';
import { BugError } from '../../core/base/errors';
import type { RecordBlock } from '../datasets/datasetTypes';
import { StagingTable } from './bulkTable';
import { cellColumns } from './schema';
import { storageError } from './storageErrors';

/**
 * Rows that go to disk together: exactly one of DuckDB's row groups, which is then compressed once. Anything else leaves
 * small groups that the next checkpoint reads and compresses again. Very wide rows go earlier, after some 24 MB of text.
 */
const flushRows = 122_880;
const flushCharacters = 24 * 1024 * 1024;
/** Issues stored one by one; beyond, they are only counted. */
export const maxStoredIssues = 100_000;

interface Pending {
  readonly rows: number[];
  readonly lines: number[];
  readonly starts: number[];
  readonly lengths: number[];
  /** All cells of a row in one string: one call into DuckDB instead of one for each cell. */
  readonly texts: string[];
  readonly separators: string[];
  characters: number;
}

function nothing(): Pending {
  return { rows: [], lines: [], starts: [], lengths: [], texts: [], separators: [], characters: 0 };
}

/** Fills a table of rows and a table of issues, reading and storing at the same time. */
export class SourceTables {
  #pending = nothing();
  #flushing: Promise<void> = Promise.resolve();
  #failure: unknown = undefined;
  #issues: RowIssue[] = [];
  #issuesStored = 0;
  #rowCount = 0;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly place: string,
    private readonly staging: StagingTable,
    private readonly rowsTable: string,
    private readonly issuesTable: string,
    private readonly columnCount: number,
  ) {}

  static async create(
    connection: DuckDBConnection,
    options: { place: string; rowsTable: string; issuesTable: string; columnCount: number },
  ): Promise<SourceTables> {
    const { place, rowsTable, issuesTable, columnCount } = options;
    try {
      const cells = cellColumns(columnCount).map((name) => `${name} VARCHAR`);
      const places = 'row_no INTEGER, line INTEGER, byte_start BIGINT, byte_length INTEGER';
      await connection.run(`CREATE TABLE ${rowsTable} (${[places, ...cells].join(', ')})`);
      await connection.run(
        `CREATE TABLE ${issuesTable} (seq INTEGER, row_no INTEGER, line INTEGER, column_name VARCHAR, kind VARCHAR, message VARCHAR)`,
      );
      const staging = await StagingTable.create(connection, 'staged_rows', [
        ['row_no', INTEGER],
        ['line', INTEGER],
        ['byte_start', BIGINT],
        ['byte_length', INTEGER],
        ['cells', VARCHAR],
        ['separator', VARCHAR],
      ]);
      return new SourceTables(connection, place, staging, rowsTable, issuesTable, columnCount);
    } catch (error) {
      throw storageError(error, place);
    }
  }

  /** Waits while an earlier part is still being stored and another is full. */
  async append(block: RecordBlock): Promise<void> {
    if (this.#failure !== undefined) throw storageError(this.#failure, this.place);
    const separator = separatorFor(block.cells);
    for (let index = 0; index < block.cells.length; index++) {
      const cells = block.cells[index] ?? [];
      if (cells.length !== this.columnCount)
        throw new BugError(`A row of ${cells.length} cells in ${this.columnCount} columns.`);
      const pending = this.#pending;
      const text = cells.join(separator);
      pending.rows.push(this.#rowCount++);
      pending.lines.push(block.lines[index] ?? 0);
      pending.starts.push(block.byteStarts[index] ?? 0);
      pending.lengths.push(block.byteLengths[index] ?? 0);
      pending.texts.push(text);
      pending.separators.push(separator);
      pending.characters += text.length;
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
    await this.connection.run(`CREATE INDEX ${this.rowsTable}_row ON ${this.rowsTable} (row_no)`);
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
    this.#pending = nothing();
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
        part.texts.slice(from, from + size),
        part.separators.slice(from, from + size),
      ]);
      const cells = Array.from({ length: this.columnCount }, (_, index) => `parts[${index + 1}]`).join(', ');
      await this.staging.moveTo(
        this.rowsTable,
        (staging) =>
          `SELECT row_no, line, byte_start, byte_length, ${cells} ` +
          `FROM (SELECT *, string_split(cells, separator) AS parts FROM ${staging})`,
      );
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

/** A character that none of the cells holds: the unit separator unless the data itself uses it. */
function separatorFor(cells: readonly (readonly string[])[]): string {
  const used = (candidate: string): boolean => cells.some((row) => row.some((cell) => cell.includes(candidate)));
  if (!used('\u001f')) return '\u001f';
  for (let code = 0xe000; code < 0xf8ff; code++) {
    const candidate = String.fromCharCode(code);
    if (!used(candidate)) return candidate;
  }
  throw new BugError('The rows use every character that could separate cells.');
}
