import { BugError, InputError, StorageError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import { AuditDraft } from './auditDraft';
import { fillScores } from './auditTables';
import type { Database } from './database';
import type { Generations } from './generations';
import { putMeta, readMeta } from './metaTable';
import { readNpy } from './npy';
import { NpyRows, type NpyRowsReference } from './npyRows';
import { arrayFile } from './projectFolder';
import { tableName } from './schema';
import { storageError } from './storageErrors';
import type { AuditRecord, AuditToStore, StoredArray } from './storeTypes';

export async function readAuditRecord(database: Database): Promise<AuditRecord | null> {
  // Written by the class below.
  return ((await readMeta(database, 'audit')) as AuditRecord | undefined) ?? null;
}

export interface AuditStoreOptions {
  readonly folder: string;
  readonly database: Database;
  readonly generations: Generations;
  readonly record: AuditRecord | null;
  /** The new audit was recorded: what belonged to the old one may go. */
  readonly onReplaced: () => Promise<void>;
}

/** The latest audit of a project: its record, its scores' table and its arrays. */
export class AuditStore {
  readonly #folder: string;
  readonly #database: Database;
  readonly #generations: Generations;
  readonly #onReplaced: () => Promise<void>;
  #record: AuditRecord | null;

  constructor({ folder, database, generations, record, onReplaced }: AuditStoreOptions) {
    this.#folder = folder;
    this.#database = database;
    this.#generations = generations;
    this.#onReplaced = onReplaced;
    this.#record = record;
  }

  get record(): AuditRecord | null {
    return this.#record;
  }

  requireRecord(): AuditRecord {
    if (this.#record === null) throw new InputError('There is no audit in this project yet. Run one first.');
    return this.#record;
  }

  /** The rows it was about are gone. */
  forget(): void {
    this.#record = null;
  }

  draft(): AuditDraft {
    const generation = this.#generations.begin();
    return new AuditDraft(this.#folder, generation, () => this.#generations.end(generation));
  }

  /** See `ProjectStoreApi.replaceAudit`. `rowCount`: of the project. */
  async replace(audit: AuditToStore, rowCount: number, draft: AuditDraft, signal?: CancellationSignal): Promise<void> {
    if (audit.labels.length !== rowCount) {
      await draft.discard();
      throw new BugError(`The audit has ${audit.labels.length} rows, the data ${rowCount}.`);
    }
    const { generation } = draft;
    const connection = await this.#database.connect().catch(async (error: unknown) => {
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
      await this.#database.write((write) => putMeta(write, 'audit', next));
      this.#record = next;
      draft.keep();
    } catch (error) {
      await connection.run(`DROP TABLE IF EXISTS ${tableName('scores', generation)}`).catch(() => undefined);
      await draft.discard();
      throw storageError(error, this.#folder);
    } finally {
      connection.closeSync();
    }
    await this.#onReplaced();
    await this.#database.checkpoint();
  }

  async readArray(name: string, options: { shared?: boolean } = {}): Promise<StoredArray> {
    return readNpy(this.#arrayFile(name), options);
  }

  findRows(name: string): NpyRowsReference {
    const stored = NpyRows.open(this.#arrayFile(name));
    stored.close();
    return stored.reference;
  }

  #arrayFile(name: string): string {
    const { arrayNames, generation } = this.requireRecord();
    if (!arrayNames.includes(name)) throw new StorageError(`The audit has no array ${name}. Run the audit again.`);
    return arrayFile(this.#folder, generation, name);
  }
}
