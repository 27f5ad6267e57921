import { realpath, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closeAfter, closeAll } from '../closeAll';
import { AuditStore } from './audits/auditStore';
import { addMissingScores } from './audits/auditTables';
import { storageError } from './files/storageErrors';
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
import { DecisionLog } from './review/decisionLog';
import { PassStore } from './review/passStore';
import { ReviewStore } from './review/reviewStore';
import { SavedViews } from './review/savedViews';
import { WorkLists } from './review/workLists';
import { readSourceRecords, type SourceRecords, SourceStore } from './sources/sourceStore';
import type { AuditRecord } from './storeTypes';
import { checkSchema } from './tables/checkSchema';
import { Database } from './tables/database';
import { Generations } from './tables/generations';
import { JobTable } from './tables/jobTable';
import { MetaTable } from './tables/metaTable';
import { createTables, tableName } from './tables/schema';
import { readStoredAudit } from './tables/storedRecords';

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
      const store = await ProjectStore.load(place, name, release, { isNew: true });
      try {
        await options.prepare?.();
        await finishFolder(place, name);
        return store;
      } catch (error) {
        return await closeAfter(error, [() => store.close()]);
      }
    } catch (error) {
      // Nothing but what was begun here is in it.
      return await closeAfter(error, [() => rm(place, { recursive: true, force: true })]);
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
    return await ProjectStore.load(place, manifest.name, release, { isNew: false });
  } catch (error) {
    release();
    throw storageError(error, place);
  }
}

/** A project folder that is open: rows, roles, scores, decisions, arrays. Close it when done. */
export class ProjectStore {
  /** The data, as it was read. */
  readonly sources: SourceStore;
  /** The latest audit and its arrays. */
  readonly audits: AuditStore;
  /** The project's own log: the first review, and how labels are read. */
  readonly log: DecisionLog;
  /** Second passes. */
  readonly passes: PassStore;
  /** The data with scores and decisions, as the review shows it. */
  readonly review: ReviewStore;
  /** Rows put aside under names, and questions asked of the rows. */
  readonly lists: WorkLists;
  readonly views: SavedViews;
  readonly jobs: JobTable;
  /** Small JSON values by name. */
  readonly meta: MetaTable;
  readonly #database: Database;
  readonly #generations: Generations;
  readonly #release: () => void;

  private constructor(
    readonly folder: string,
    readonly name: string,
    parts: {
      readonly database: Database;
      readonly log: DecisionLog;
      readonly passes: PassStore;
      readonly sources: SourceRecords;
      readonly audit: AuditRecord | null;
      readonly release: () => void;
    },
  ) {
    const { database, log, passes, sources, audit, release } = parts;
    const used = [sources.source, sources.validation, audit].map((record) => record?.generation ?? 0);
    const generations = new Generations(folder, database, Math.max(0, ...used));
    this.#database = database;
    this.#generations = generations;
    this.#release = release;
    this.log = log;
    this.passes = passes;
    this.sources = new SourceStore({
      folder,
      database,
      generations,
      records: sources,
      hasDecisions: () => log.state.concernsRows || passes.all.length > 0,
      onReplaced: async (kind) => {
        if (kind === 'source') {
          this.audits.forget();
          this.review.forget();
        }
        await this.#dropLeftovers();
      },
    });
    this.audits = new AuditStore({
      folder,
      database,
      generations,
      record: audit,
      rowCount: () => this.sources.requireSource().rowCount,
      onReplaced: async () => {
        this.review.forget();
        await this.#dropLeftovers();
      },
    });
    this.lists = new WorkLists(
      database,
      () => this.decisions,
      () => this.sources.source?.rowCount ?? 0,
    );
    this.views = new SavedViews(database);
    this.review = new ReviewStore({
      database,
      sources: this.sources,
      audits: this.audits,
      decisions: () => this.decisions,
      scope: () => passes.scope,
      lists: this.lists,
    });
    this.jobs = new JobTable(database);
    this.meta = new MetaTable(database);
  }

  /** What is being decided: the log of the second pass under way, else the project's own. */
  get decisions(): DecisionLog {
    return this.passes.current?.log ?? this.log;
  }

  /** Use `createProject` or `openProject`. */
  static async load(
    folder: string,
    name: string,
    release: () => void,
    { isNew }: { readonly isNew: boolean },
  ): Promise<ProjectStore> {
    const temporary = temporaryFolder(folder);
    const database = await Database.open(databaseFile(folder), { place: folder, temporary, memory: memoryLimit });
    try {
      // What has just been begun holds nothing.
      if (!isNew) await checkSchema(database);
      await database.write(createTables);
      const sources = await readSourceRecords(database);
      const rowCount = sources.source?.record.rowCount ?? null;
      const log = await DecisionLog.open(database, rowCount);
      const passes = await PassStore.open(database, () => rowCount ?? 0);
      const audit = await readStoredAudit(database, rowCount);
      if (audit !== null)
        await database.write((write) => addMissingScores(write, tableName('scores', audit.generation)));
      const store = new ProjectStore(folder, name, { database, log, passes, sources, audit, release });
      await store.#dropLeftovers();
      return store;
    } catch (error) {
      return closeAfter(error, [() => database.close()]);
    }
  }

  /** Before closing: makes what is being read in the background fail. */
  interruptReading(): void {
    this.#database.interruptReading();
  }

  /** The folder can be opened again afterwards, whatever fails. */
  async close(): Promise<void> {
    await closeAll([
      () => this.#database.close(),
      () => this.#release(),
      () => rm(temporaryFolder(this.folder), { recursive: true, force: true }).catch(() => undefined),
    ]);
  }

  async #dropLeftovers(): Promise<void> {
    const audit = this.audits.latest;
    await this.#generations.dropLeftovers({
      tables: [...this.sources.tables, ...(audit === null ? [] : [tableName('scores', audit.generation)])],
      arrays: audit === null ? [] : [audit.generation],
    });
  }
}
