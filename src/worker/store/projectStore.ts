import { realpath, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Column, RowIssue } from '../../contract/dataset';
import type { Query, ReviewRow } from '../../contract/review';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { LogEntry, NewLogEntry } from '../../core/review/decisions';
import type { ReviewState } from '../../core/review/reviewState';
import type { ColumnScan } from '../datasets/datasetTypes';
import type { AuditDraft } from './auditDraft';
import { AuditStore } from './auditStore';
import { checkSchema } from './checkSchema';
import { Database } from './database';
import { DecisionLog } from './decisionLog';
import { Generations } from './generations';
import { readJobs, saveJob } from './jobTable';
import { readMeta, writeMeta } from './metaTable';
import type { NpyRowsReference } from './npyRows';
import {
  checkParts,
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
  readGivenCodes,
  readReviewRows,
  readStaticTotals,
  type ReviewTables,
  type StaticTotals,
} from './reviewQueries';
import { createTables, tableName } from './schema';
import type { ValueCounts } from './sourceRows';
import type { RaggedRow } from './sourceRows';
import { readSourceRecords, SourceStore } from './sourceStore';
import { storageError } from './storageErrors';
import { readStoredAudit } from './storedRecords';
import type { AuditRecord, AuditToStore, JobRecord, SourceRecord, StoredArray } from './storeTypes';

const memoryLimit = '512MB';

/**
 * Makes a new, empty project in `folder` (created if need be).
 * @throws StorageError when there is something else in the folder, or it cannot be written.
 */
export async function createProject(
  folder: string,
  options: {
    readonly name?: string;
    /** What else belongs into the folder before it counts as a project. */
    readonly prepare?: () => Promise<void>;
  } = {},
): Promise<ProjectStore> {
  const place = resolve(folder);
  const release = claimFolder(place);
  try {
    await startFolder(place);
    const name = options.name ?? projectName(place);
    try {
      const store = await ProjectStore.load(place, name, release);
      try {
        await options.prepare?.();
        await finishFolder(place, name);
      } catch (error) {
        await store.close();
        throw error;
      }
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
  const place = await realpath(folder).catch(() => resolve(folder));
  const manifest = await readFolder(place);
  await checkParts(place);
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
  readonly #database: Database;
  readonly #log: DecisionLog;
  readonly #sources: SourceStore;
  readonly #audits: AuditStore;
  readonly #generations: Generations;
  readonly #release: () => void;
  #totals: { key: string; totals: Promise<StaticTotals> } | null = null;

  private constructor(
    readonly folder: string,
    readonly name: string,
    parts: {
      readonly database: Database;
      readonly log: DecisionLog;
      readonly sources: Awaited<ReturnType<typeof readSourceRecords>>;
      readonly audit: AuditRecord | null;
      readonly release: () => void;
    },
  ) {
    const { database, log, sources, audit, release } = parts;
    const used = [sources.source, sources.validation, audit].map((record) => record?.generation ?? 0);
    const generations = new Generations(folder, database, Math.max(0, ...used));
    this.#database = database;
    this.#log = log;
    this.#release = release;
    this.#generations = generations;
    this.#sources = new SourceStore({
      folder,
      database,
      generations,
      records: sources,
      hasDecisions: () => this.review.concernsRows,
      onReplaced: async (kind) => {
        if (kind === 'source') {
          this.#audits.forget();
          this.#totals = null;
        }
        await this.#dropLeftovers();
      },
    });
    this.#audits = new AuditStore({
      folder,
      database,
      generations,
      record: audit,
      rowCount: () => this.#sources.record?.rowCount ?? 0,
      onReplaced: async () => {
        this.#totals = null;
        await this.#dropLeftovers();
      },
    });
  }

  /** Use `createProject` or `openProject`. */
  static async load(folder: string, name: string, release: () => void): Promise<ProjectStore> {
    const temporary = temporaryFolder(folder);
    const database = await Database.open(databaseFile(folder), { place: folder, temporary, memory: memoryLimit });
    try {
      await checkSchema(database);
      await database.write(createTables);
      const sources = await readSourceRecords(database);
      const rowCount = sources.source?.record.rowCount ?? null;
      const [log, audit] = [await DecisionLog.open(database, rowCount), await readStoredAudit(database, rowCount)];
      const store = new ProjectStore(folder, name, { database, log, sources, audit, release });
      await store.#dropLeftovers();
      return store;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  interruptReading(): void {
    this.#database.interruptReading();
  }

  async close(): Promise<void> {
    await this.#database.close();
    this.#release();
    await rm(temporaryFolder(this.folder), { recursive: true, force: true }).catch(() => undefined);
  }

  async readMeta(key: string): Promise<unknown> {
    return readMeta(this.#database, key);
  }

  async writeMeta(key: string, value: unknown): Promise<void> {
    await writeMeta(this.#database, key, value);
  }

  get source(): SourceRecord | null {
    return this.#sources.record;
  }

  get validationSource(): SourceRecord | null {
    return this.#sources.validationRecord;
  }

  get columns(): readonly Column[] {
    return this.#sources.columns;
  }

  async saveColumns(columns: readonly Column[]): Promise<void> {
    await this.#sources.saveColumns(columns);
  }

  async writeSource(columnCount: number, kind: 'source' | 'validation' = 'source'): Promise<SourceWriter> {
    return this.#sources.write(columnCount, kind);
  }

  async readIssues(
    offset: number,
    limit: number,
    kind: 'source' | 'validation' = 'source',
  ): Promise<{ total: number; issues: RowIssue[] }> {
    return this.#sources.readIssues(offset, limit, kind);
  }

  readonly scan: ColumnScan = (...asked) => this.#sources.scan(...asked);

  readonly scanValidation: ColumnScan = (...asked) => this.#sources.scanValidation(...asked);

  async readRaggedRows(kind: 'source' | 'validation'): Promise<RaggedRow[]> {
    return this.#sources.readRaggedRows(kind);
  }

  async readCells(rows: readonly number[], columns?: readonly number[]): Promise<string[][]> {
    return this.#sources.readCells(rows, columns);
  }

  async scanPlaces(
    onBlock: (firstRow: number, byteStarts: Float64Array, byteLengths: Float64Array) => void | Promise<void>,
    signal?: CancellationSignal,
  ): Promise<void> {
    await this.#sources.scanPlaces(onBlock, signal);
  }

  async countValues(column: number, limit: number): Promise<ValueCounts> {
    return this.#sources.countValues(column, limit);
  }

  async countDuplicateRows(exceptColumns: readonly number[]): Promise<number> {
    return this.#sources.countDuplicateRows(exceptColumns);
  }

  get audit(): AuditRecord | null {
    return this.#audits.record;
  }

  draftAudit(): AuditDraft {
    return this.#audits.draft();
  }

  async replaceAudit(audit: AuditToStore, signal?: CancellationSignal, draft = this.draftAudit()): Promise<void> {
    await this.#audits.replace(audit, this.#sources.requireRecord().rowCount, draft, signal);
  }

  async readAuditArray(name: string, options: { shared?: boolean } = {}): Promise<StoredArray> {
    return this.#audits.readArray(name, options);
  }

  findAuditRows(name: string): NpyRowsReference {
    return this.#audits.findRows(name);
  }

  /** What was found damaged on opening and passed over, in words. */
  get notices(): readonly string[] {
    return this.#log.notices;
  }

  get readHere(): boolean {
    return this.#sources.readHere;
  }

  get review(): ReviewState {
    return this.#log.state;
  }

  appendEntry(entry: NewLogEntry): Promise<{ entry: LogEntry; changedRows: readonly number[] }> {
    return this.#log.append(entry);
  }

  readHistory(offset: number, limit: number): { total: number; items: HistoryItem[] } {
    return this.#log.history(offset, limit);
  }

  async queryRows(query: Query): Promise<Int32Array> {
    return queryReviewRows(this.#reviewTables(), query);
  }

  async readRows(rows: readonly number[]): Promise<ReviewRow[]> {
    return readReviewRows(this.#reviewTables(), rows);
  }

  async readGivenCodes(): Promise<{ given: Int32Array; classes: readonly string[] }> {
    const tables = this.#reviewTables();
    return { given: await readGivenCodes(tables), classes: tables.classes };
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
    await saveJob(this.#database, job);
  }

  async readJobs(limit: number): Promise<JobRecord[]> {
    return readJobs(this.#database, limit);
  }

  #reviewTables(): ReviewTables {
    const audit = this.#audits.requireRecord();
    return {
      database: this.#database,
      scores: tableName('scores', audit.generation),
      source: this.#sources.table,
      classes: audit.classes,
      reasonNames: audit.reasonNames,
      idColumn: this.columns.find(({ role }) => role === 'id')?.index ?? null,
      pictures: this.#sources.requireRecord().pictures,
    };
  }

  async #dropLeftovers(): Promise<void> {
    const { audit } = this;
    await this.#generations.dropLeftovers({
      tables: [...this.#sources.tables, ...(audit === null ? [] : [tableName('scores', audit.generation)])],
      arrays: audit === null ? [] : [audit.generation],
    });
  }
}
