import type { DuckDBConnection } from '@duckdb/node-api';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { columnSchema, type Column, type RowIssue } from '../../contract/dataset';
import type { Query, ReviewRow } from '../../contract/review';
import { BugError, InputError, StorageError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import type { LogEntry, NewLogEntry } from '../../core/review/decisions';
import type { ReviewState } from '../../core/review/reviewState';
import type { ColumnScan } from '../datasets/datasetTypes';
import { AuditDraft, dropArraysExcept } from './auditDraft';
import { fillScores } from './auditTables';
import { Database } from './database';
import { DecisionLog } from './decisionLog';
import { readNpy } from './npy';
import { NpyRows, type NpyRowsReference } from './npyRows';
import {
  arrayFile,
  claimFolder,
  databaseFile,
  finishFolder,
  projectName,
  readFolder,
  startFolder,
  temporaryFolder,
} from './projectFolder';
import type { HistoryItem, ProjectStoreApi, ReviewTotals, SourceWriter } from './projectStoreApi';
import {
  addDecisions,
  queryReviewRows,
  readReviewRows,
  readStaticTotals,
  type ReviewTables,
  type StaticTotals,
} from './reviewQueries';
import { createTables, dropTablesExcept, tableKinds, tableName } from './schema';
import {
  countColumnValues,
  countDuplicates,
  readCells,
  readStoredIssues,
  scanCells,
  scanRowPlaces,
  type ValueCounts,
} from './sourceRows';
import { SourceTables } from './sourceWriter';
import { storageError } from './storageErrors';
import type { AuditRecord, AuditToStore, JobRecord, SourceRecord, StoredArray } from './storeTypes';

const memoryLimit = '512MB';

interface StoredSource {
  readonly generation: number;
  readonly record: SourceRecord;
}

/**
 * Makes a new, empty project in `folder` (created if need be).
 * @throws StorageError when there is something else in the folder, or it cannot be written.
 */
export async function createProject(folder: string, options: { readonly name?: string } = {}): Promise<ProjectStore> {
  const place = resolve(folder);
  const release = claimFolder(place);
  try {
    await startFolder(place);
    const name = options.name ?? projectName(place);
    try {
      const store = await ProjectStore.load(place, name, release);
      await finishFolder(place, name).catch(async (error: unknown) => {
        await store.close();
        throw error;
      });
      return store;
    } catch (error) {
      // Nothing but what was begun here is in it.
      await rm(place, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    release();
    throw storageError(error, place);
  }
}

/**
 * Opens the project in `folder`, whatever a crash left behind.
 * @throws StorageError when it is not a project, damaged, newer than this program, or open elsewhere.
 */
export async function openProject(folder: string): Promise<ProjectStore> {
  const place = resolve(folder);
  const manifest = await readFolder(place);
  const release = claimFolder(place);
  try {
    return await ProjectStore.load(place, manifest.name, release);
  } catch (error) {
    release();
    throw storageError(error, place);
  }
}

/** A project folder that is open: rows, roles, scores, decisions, arrays. Close it when done. */
export class ProjectStore implements ProjectStoreApi {
  #source: StoredSource | null = null;
  #validation: StoredSource | null = null;
  #columns: readonly Column[] = [];
  #audit: AuditRecord | null = null;
  #generation = 0;
  /** Generations being filled: their tables look like leftovers until they are recorded. */
  readonly #underWay = new Set<number>();
  #totals: { key: string; totals: Promise<StaticTotals> } | null = null;

  private constructor(
    readonly folder: string,
    readonly name: string,
    private readonly database: Database,
    private readonly log: DecisionLog,
    private readonly release: () => void,
  ) {}

  /** Use `createProject` or `openProject`. */
  static async load(folder: string, name: string, release: () => void): Promise<ProjectStore> {
    const temporary = temporaryFolder(folder);
    const database = await Database.open(databaseFile(folder), { place: folder, temporary, memory: memoryLimit });
    try {
      await database.write(createTables);
      const store = new ProjectStore(folder, name, database, await DecisionLog.open(database), release);
      await store.#readRecords();
      await store.#dropLeftovers();
      return store;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.database.close();
    this.release();
    await rm(temporaryFolder(this.folder), { recursive: true, force: true }).catch(() => undefined);
  }

  async readMeta(key: string): Promise<unknown> {
    const rows = await this.database.rows('SELECT value FROM meta WHERE key = $1', [key]);
    const value = rows[0]?.[0];
    return value === undefined ? undefined : JSON.parse(String(value));
  }

  async writeMeta(key: string, value: unknown): Promise<void> {
    await this.database.write((connection) => putMeta(connection, key, value));
  }

  get source(): SourceRecord | null {
    return this.#source?.record ?? null;
  }

  get validationSource(): SourceRecord | null {
    return this.#validation?.record ?? null;
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  async saveColumns(columns: readonly Column[]): Promise<void> {
    await this.writeMeta('columns', columns);
    this.#columns = columns;
  }

  async writeSource(columnCount: number, kind: 'source' | 'validation' = 'source'): Promise<SourceWriter> {
    if (kind === 'source' && this.review.lastSeq > 0) {
      throw new InputError('This project has decisions about its rows. Open the new data as a new project.');
    }
    const connection = await this.database.connect();
    const start = async (): Promise<{ generation: number; tables: SourceTables }> => {
      const generation = this.#newGeneration();
      const names = { rowsTable: tableName(kind, generation), issuesTable: tableName('issues', generation) };
      const tables = await SourceTables.create(connection, { place: this.folder, ...names, columnCount });
      return { generation, tables };
    };
    let current = await start();
    let open = true;
    const drop = async (): Promise<void> => {
      await current.tables.settle();
      for (const name of ['issues', kind] as const)
        await connection.run(`DROP TABLE IF EXISTS ${tableName(name, current.generation)}`);
      this.#underWay.delete(current.generation);
    };
    const end = (): void => {
      open = false;
      this.#underWay.delete(current.generation);
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
        await this.#replaceSource(kind, { generation: current.generation, record });
        end();
        await this.database.checkpoint();
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

  async #replaceSource(kind: 'source' | 'validation', stored: StoredSource): Promise<void> {
    await this.database.write(async (connection) => {
      await putMeta(connection, kind, stored);
      if (kind === 'validation') return;
      await putMeta(connection, 'columns', stored.record.columns);
      await connection.run("DELETE FROM meta WHERE key = 'audit'");
    });
    if (kind === 'validation') this.#validation = stored;
    else {
      this.#source = stored;
      this.#columns = stored.record.columns;
      this.#audit = null;
      this.#totals = null;
    }
    await this.#dropLeftovers();
  }

  async readIssues(offset: number, limit: number): Promise<{ total: number; issues: RowIssue[] }> {
    if (this.#source === null) return { total: 0, issues: [] };
    const issues = await readStoredIssues(this.database, tableName('issues', this.#source.generation), offset, limit);
    return { total: this.#source.record.issueCount, issues };
  }

  readonly scan: ColumnScan = (columnIndices, onBlock, signal) =>
    scanCells(this.database, this.#sourceTable(), columnIndices, onBlock, signal);

  readonly scanValidation: ColumnScan = (columnIndices, onBlock, signal) => {
    if (this.#validation === null) throw new BugError('There is no validation file in this project.');
    return scanCells(
      this.database,
      tableName('validation', this.#validation.generation),
      columnIndices,
      onBlock,
      signal,
    );
  };

  async readCells(rows: readonly number[]): Promise<string[][]> {
    const columns = this.#requireSource().record.columns.map((_, index) => index);
    return readCells(this.database, this.#sourceTable(), rows, columns);
  }

  async scanPlaces(
    onBlock: (firstRow: number, byteStarts: Float64Array, byteLengths: Float64Array) => void | Promise<void>,
    signal?: CancellationSignal,
  ): Promise<void> {
    await scanRowPlaces(this.database, this.#sourceTable(), onBlock, signal);
  }

  async countValues(column: number, limit: number): Promise<ValueCounts> {
    return countColumnValues(this.database, this.#sourceTable(), column, limit);
  }

  async countDuplicateRows(exceptColumns: readonly number[]): Promise<number> {
    const { record } = this.#requireSource();
    return countDuplicates(this.database, this.#sourceTable(), record.columns.length, exceptColumns);
  }

  get audit(): AuditRecord | null {
    return this.#audit;
  }

  draftAudit(): AuditDraft {
    const generation = this.#newGeneration();
    return new AuditDraft(this.folder, generation, () => this.#underWay.delete(generation));
  }

  async replaceAudit(audit: AuditToStore, signal?: CancellationSignal, draft = this.draftAudit()): Promise<void> {
    const { record } = this.#requireSource();
    if (audit.labels.length !== record.rowCount) {
      await draft.discard();
      throw new BugError(`The audit has ${audit.labels.length} rows, the data ${record.rowCount}.`);
    }
    const { generation } = draft;
    const connection = await this.database.connect().catch(async (error: unknown) => {
      await draft.discard();
      throw error;
    });
    try {
      await fillScores(connection, tableName('scores', generation), audit, signal);
      await draft.writeArrays(audit.arrays, signal);
      const { summary, classes, reasonNames, pipeline } = audit;
      const { arrayNames } = draft;
      const next: AuditRecord = {
        generation,
        summary,
        classes,
        reasonNames,
        pipeline,
        arrayNames,
        extra: audit.extra ?? null,
      };
      await this.database.write((write) => putMeta(write, 'audit', next));
      this.#audit = next;
      this.#totals = null;
      draft.keep();
    } catch (error) {
      await connection.run(`DROP TABLE IF EXISTS ${tableName('scores', generation)}`).catch(() => undefined);
      await draft.discard();
      throw storageError(error, this.folder);
    } finally {
      connection.closeSync();
    }
    await this.#dropLeftovers();
    await this.database.checkpoint();
  }

  async readAuditArray(name: string, options: { shared?: boolean } = {}): Promise<StoredArray> {
    return readNpy(this.#auditArrayFile(name), options);
  }

  findAuditRows(name: string): NpyRowsReference {
    const stored = NpyRows.open(this.#auditArrayFile(name));
    stored.close();
    return stored.reference;
  }

  get review(): ReviewState {
    return this.log.state;
  }

  appendEntry(entry: NewLogEntry): Promise<{ entry: LogEntry; changedRows: readonly number[] }> {
    return this.log.append(entry);
  }

  readHistory(offset: number, limit: number): { total: number; items: HistoryItem[] } {
    return this.log.history(offset, limit);
  }

  async queryRows(query: Query): Promise<Int32Array> {
    return queryReviewRows(this.#reviewTables(), query);
  }

  async readRows(rows: readonly number[]): Promise<ReviewRow[]> {
    return readReviewRows(this.#reviewTables(), rows);
  }

  async reviewTotals(threshold: number, bins = 50): Promise<ReviewTotals> {
    const tables = this.#reviewTables();
    const key = `${tables.scores} ${threshold} ${bins}`;
    if (this.#totals?.key !== key) {
      this.#totals = { key, totals: readStaticTotals(tables, threshold, bins) };
      this.#totals.totals.catch(() => {
        this.#totals = null;
      });
    }
    return addDecisions(tables, await this.#totals.totals, threshold);
  }

  async saveJob(job: JobRecord): Promise<void> {
    await this.database.write(async (connection) => {
      await connection.run('DELETE FROM jobs WHERE id = $1', [job.id]);
      const { id, kind, startedAt, finishedAt, state, message } = job;
      await connection.run('INSERT INTO jobs VALUES ($1, $2, $3, $4, $5, $6)', [
        id,
        kind,
        startedAt,
        finishedAt,
        state,
        message,
      ]);
    });
  }

  async readJobs(limit: number): Promise<JobRecord[]> {
    const rows = await this.database.rows(
      'SELECT id, kind, started_at, finished_at, state, message FROM jobs ORDER BY started_at DESC, id LIMIT CAST($1 AS BIGINT)',
      [limit],
    );
    return rows.map(([id, kind, startedAt, finishedAt, state, message]) => ({
      id: String(id),
      kind: String(kind),
      startedAt: String(startedAt),
      finishedAt: finishedAt === null ? null : String(finishedAt),
      state: String(state),
      message: String(message),
    }));
  }

  #requireSource(): StoredSource {
    if (this.#source === null) throw new BugError('The data of this project has not been read yet.');
    return this.#source;
  }

  #sourceTable(): string {
    return tableName('source', this.#requireSource().generation);
  }

  #requireAudit(): AuditRecord {
    if (this.#audit === null) throw new InputError('There is no audit in this project yet. Run one first.');
    return this.#audit;
  }

  #reviewTables(): ReviewTables {
    const audit = this.#requireAudit();
    return {
      database: this.database,
      scores: tableName('scores', audit.generation),
      source: this.#sourceTable(),
      classes: audit.classes,
      reasonNames: audit.reasonNames,
      idColumn: this.#columns.find(({ role }) => role === 'id')?.index ?? null,
      pictures: this.#requireSource().record.pictures,
    };
  }

  #auditArrayFile(name: string): string {
    const audit = this.#requireAudit();
    if (!audit.arrayNames.includes(name)) {
      throw new StorageError(`The audit has no array ${name}. Run the audit again.`);
    }
    return arrayFile(this.folder, audit.generation, name);
  }

  async #readRecords(): Promise<void> {
    // These values were written by this class; a project that was tampered with fails on the columns.
    this.#source = ((await this.readMeta('source')) as StoredSource | undefined) ?? null;
    this.#validation = ((await this.readMeta('validation')) as StoredSource | undefined) ?? null;
    this.#audit = ((await this.readMeta('audit')) as AuditRecord | undefined) ?? null;
    const columns = await this.readMeta('columns');
    this.#columns = columns === undefined ? [] : columnSchema.array().parse(columns);
    const used = [this.#source, this.#validation, this.#audit].map((record) => record?.generation ?? 0);
    this.#generation = Math.max(0, ...used);
  }

  #newGeneration(): number {
    const generation = ++this.#generation;
    this.#underWay.add(generation);
    return generation;
  }

  /** Removes tables and arrays that no record refers to and nobody is filling. */
  async #dropLeftovers(): Promise<void> {
    const keep = new Set(
      [...this.#underWay].flatMap((generation) => tableKinds.map((kind) => tableName(kind, generation))),
    );
    if (this.#source !== null) {
      keep.add(tableName('source', this.#source.generation));
      keep.add(tableName('issues', this.#source.generation));
    }
    if (this.#validation !== null) {
      keep.add(tableName('validation', this.#validation.generation));
      keep.add(tableName('issues', this.#validation.generation));
    }
    if (this.#audit !== null) keep.add(tableName('scores', this.#audit.generation));
    await this.database.write((connection) => dropTablesExcept(connection, keep));
    const { generation } = this.#audit ?? {};
    await dropArraysExcept(
      this.folder,
      new Set([...this.#underWay, ...(generation === undefined ? [] : [generation])]),
    );
  }
}

async function putMeta(connection: DuckDBConnection, key: string, value: unknown): Promise<void> {
  await connection.run('DELETE FROM meta WHERE key = $1', [key]);
  await connection.run('INSERT INTO meta VALUES ($1, $2)', [key, JSON.stringify(value)]);
}
