import type { Column, RowIssue } from '../../../contract/dataset';
import { BugError, InputError } from '../../../core/base/errors';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { closeAfter } from '../../closeAll';
import type { CellScan, ColumnScan, RecordBlock } from '../../datasets/datasetTypes';
import type { SourceRecord } from '../storeTypes';
import { type CellTable, newCellGroup } from '../tables/cellTable';
import type { Database } from '../tables/database';
import type { Generations } from '../tables/generations';
import { MetaTable, putMeta } from '../tables/metaTable';
import { tableName } from '../tables/schema';
import { parseColumns, readStoredSource, storedGroup, type StoredSource } from '../tables/storedRecords';
import {
  countColumnValues,
  countDuplicates,
  type RaggedRow,
  readCells,
  readRaggedRows,
  readStoredIssues,
  scanCells,
  scanRowPlaces,
  type ValueCounts,
} from './sourceRows';
import { SourceTables } from './sourceWriter';

export type SourceKind = 'source' | 'validation';

/** Takes the blocks of `readCsv` and makes them the project's rows, all together, when `finish` is called. */
interface SourceWriter {
  append(block: RecordBlock): Promise<void>;
  /** Starts again from nothing (the reader restarted in another encoding). */
  restart(): Promise<void>;
  /** Replaces the rows the project had by the new ones, in one transaction. */
  finish(record: SourceRecord): Promise<void>;
  /** Breaks off what is being stored right now, so that a waiting `append` or `finish` rejects at once. */
  interrupt(): void;
  /** Forgets everything appended. */
  abort(): Promise<void>;
}

/** Where the records of sources are, as they are read from the project. */
export interface SourceRecords {
  readonly source: StoredSource | null;
  readonly validation: StoredSource | null;
  readonly columns: readonly Column[];
}

/** @throws StorageError when what the project says of them is damaged. */
export async function readSourceRecords(database: Database): Promise<SourceRecords> {
  const source = await readStoredSource(database, 'source');
  const validation = await readStoredSource(database, 'validation');
  return { source, validation, columns: parseColumns(database, await new MetaTable(database).read('columns'), source) };
}

interface SourceStoreOptions {
  readonly folder: string;
  readonly database: Database;
  readonly generations: Generations;
  readonly records: SourceRecords;
  /** Does the project have decisions about its rows? */
  readonly hasDecisions: () => boolean;
  /** New rows were recorded: what belonged to the old ones may go. */
  readonly onReplaced: (kind: SourceKind) => Promise<void>;
}

/** The rows of a project, those of a second file for validation, and what their columns are for. */
export class SourceStore {
  readonly #folder: string;
  readonly #database: Database;
  readonly #generations: Generations;
  readonly #hasDecisions: () => boolean;
  readonly #onReplaced: (kind: SourceKind) => Promise<void>;
  #source: StoredSource | null;
  #validation: StoredSource | null;
  #columns: readonly Column[];
  #readHere = false;

  constructor({ folder, database, generations, records, hasDecisions, onReplaced }: SourceStoreOptions) {
    this.#folder = folder;
    this.#database = database;
    this.#generations = generations;
    this.#hasDecisions = hasDecisions;
    this.#onReplaced = onReplaced;
    this.#source = records.source;
    this.#validation = records.validation;
    this.#columns = records.columns;
  }

  /** null while no file has been read completely. */
  get source(): SourceRecord | null {
    return this.#source?.record ?? null;
  }

  /** The rows were read by this process: they are of the file that a person named. */
  get readHere(): boolean {
    return this.#readHere;
  }

  /** A second file with rows for validation only, its cells in the order of the first file's columns. */
  get validation(): SourceRecord | null {
    return this.#validation?.record ?? null;
  }

  /** With roles and types as the analyst left them. */
  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** The table of rows. @throws BugError before a file was read. */
  get table(): CellTable {
    return cellTable('source', this.#require());
  }

  /** Names of all tables in use. */
  get tables(): string[] {
    return [
      ...(this.#source === null ? [] : tablesOf('source', this.#source)),
      ...(this.#validation === null ? [] : tablesOf('validation', this.#validation)),
    ];
  }

  /** @throws BugError before a file was read. */
  requireSource(): SourceRecord {
    return this.#require().record;
  }

  async saveColumns(columns: readonly Column[]): Promise<void> {
    await this.#database.write((connection) => putMeta(connection, 'columns', columns));
    this.#columns = columns;
  }

  /** @throws InputError for a new source when there are decisions about the rows of the one there is. */
  async write(columnCount: number, kind: SourceKind = 'source'): Promise<SourceWriter> {
    if (kind === 'source' && this.#hasDecisions()) {
      throw new InputError('This project has decisions about its rows. Open the new data as a new project.');
    }
    const connection = await this.#database.connect();
    const group = newCellGroup(columnCount);
    const start = async (): Promise<{ generation: number; tables: SourceTables }> => {
      const generation = this.#generations.begin();
      const rowsTable = { name: tableName(kind, generation), columnCount, group };
      const issuesTable = tableName('issues', generation);
      try {
        const tables = await SourceTables.create(connection, { place: this.#folder, rowsTable, issuesTable });
        return { generation, tables };
      } catch (error) {
        this.#generations.end(generation);
        throw error;
      }
    };
    let current = await start().catch((error: unknown) => closeAfter(error, [() => connection.closeSync()]));
    let open = true;
    const drop = async (): Promise<void> => {
      await current.tables.settle();
      for (const name of ['issues', kind] as const)
        await connection.run(`DROP TABLE IF EXISTS ${tableName(name, current.generation)}`);
      this.#generations.end(current.generation);
    };
    const end = (): void => {
      open = false;
      this.#generations.end(current.generation);
      connection.closeSync();
    };
    return {
      append: (block) => current.tables.append(block),
      restart: async () => {
        await drop();
        current = await start();
      },
      finish: async (record) => {
        if (!open) throw new BugError('This source is finished already.');
        const written = await current.tables.finish();
        if (written !== record.rowCount)
          throw new BugError(`${written} rows were stored, ${record.rowCount} were read.`);
        const { generation } = current;
        await this.#replace(kind, { generation, ...(group === null ? {} : { cellsPerText: group.size }), record });
        end();
        await this.#database.checkpoint();
      },
      interrupt: () => {
        if (open) connection.interrupt();
      },
      abort: async () => {
        if (!open) return;
        // What is still being stored is of no use: it need not be waited for.
        connection.interrupt();
        await drop().catch(() => undefined);
        end();
      },
    };
  }

  /** Problems in the order of the file: those kept one by one (`maxStoredIssues`), and how many there are. */
  async readIssues(
    offset: number,
    limit: number,
    kind: SourceKind = 'source',
  ): Promise<{ total: number; issues: RowIssue[] }> {
    const stored = kind === 'source' ? this.#source : this.#validation;
    if (stored === null) return { total: 0, issues: [] };
    const issues = await readStoredIssues(this.#database, tableName('issues', stored.generation), offset, limit);
    return { total: stored.record.issueCount, issues };
  }

  readonly scanCells: CellScan = (columnIndices, onBlock, signal) =>
    scanCells(this.#database, this.table, columnIndices, onBlock, signal);

  readonly scanValidationCells: CellScan = (columnIndices, onBlock, signal) => {
    if (this.#validation === null) throw new BugError('There is no validation file in this project.');
    const table = cellTable('validation', this.#validation);
    return scanCells(this.#database, table, columnIndices, onBlock, signal);
  };

  readonly scan = scanTexts(this.scanCells);
  readonly scanValidation = scanTexts(this.scanValidationCells);

  /** Rows with more or fewer cells than there are columns, in row order. */
  async readRaggedRows(kind: SourceKind): Promise<RaggedRow[]> {
    const stored = kind === 'source' ? this.#source : this.#validation;
    // Tables stored before rows were told apart have no such column.
    if (stored === null || (stored.record.raggedRows ?? 0) === 0) return [];
    return readRaggedRows(this.#database, tableName(kind, stored.generation), stored.record.columns.length);
  }

  /** The cells of some rows, in the order asked for: all of them, or those of these columns. */
  async readCells(
    rows: readonly number[],
    columns: readonly number[] = this.requireSource().columns.map((_, index) => index),
  ): Promise<string[][]> {
    return readCells(this.#database, this.table, rows, columns);
  }

  /** Where rows stand in the file, in row order. */
  async scanPlaces(
    onBlock: (firstRow: number, byteStarts: Float64Array, byteLengths: Float64Array) => void | Promise<void>,
    signal?: CancellationSignal,
  ): Promise<void> {
    await scanRowPlaces(this.#database, this.table.name, onBlock, signal);
  }

  /** Values of a column: at most `limit`, most frequent first, and how many cells are blank. */
  async countValues(column: number, limit: number): Promise<ValueCounts> {
    return countColumnValues(this.#database, this.table, column, limit);
  }

  /** Rows that repeat an earlier row in every column but these. O(n log n) on disk. */
  async countDuplicateRows(exceptColumns: readonly number[]): Promise<number> {
    return countDuplicates(this.#database, this.table, exceptColumns);
  }

  #require(): StoredSource {
    if (this.#source === null) throw new BugError('The data of this project has not been read yet.');
    return this.#source;
  }

  async #replace(kind: SourceKind, stored: StoredSource): Promise<void> {
    await this.#database.write(async (connection) => {
      await putMeta(connection, kind, stored);
      if (kind === 'validation') return;
      await putMeta(connection, 'columns', stored.record.columns);
      await connection.run("DELETE FROM meta WHERE key = 'audit'");
    });
    if (kind === 'validation') this.#validation = stored;
    else {
      this.#source = stored;
      this.#readHere = true;
      this.#columns = stored.record.columns;
    }
    await this.#onReplaced(kind);
  }
}

function scanTexts(scan: CellScan): ColumnScan {
  return (columnIndices, onBlock, signal) =>
    scan(
      columnIndices,
      (block) =>
        onBlock(
          block.firstRow,
          columnIndices.map((_, k) => block.column(k)),
        ),
      signal,
    );
}

function cellTable(kind: SourceKind, stored: StoredSource): CellTable {
  const { generation, record } = stored;
  return { name: tableName(kind, generation), columnCount: record.columns.length, group: storedGroup(stored) };
}

function tablesOf(kind: SourceKind, { generation }: StoredSource): string[] {
  return [tableName(kind, generation), tableName('issues', generation)];
}
