import { lstat } from 'node:fs/promises';
import { BugError, InputError, StorageError } from '../../../core/base/errors';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { storageError } from '../files/storageErrors';
import { readNpy, writeNpy } from '../npy/npy';
import type { ExpectedArray } from '../npy/npyFormat';
import { NpyRows, type NpyRowsReference } from '../npy/npyRows';
import { arrayFile } from '../projectFolder';
import type { AuditRecord, AuditToStore, StoredArray } from '../storeTypes';
import type { Database } from '../tables/database';
import type { Generations } from '../tables/generations';
import { putMeta } from '../tables/metaTable';
import { tableName } from '../tables/schema';
import { AuditDraft } from './auditDraft';
import { fillScores } from './auditTables';

/** Maps that are kept. */
export type PlacesName = 'pca' | 'umap';

interface AuditStoreOptions {
  readonly folder: string;
  readonly database: Database;
  readonly generations: Generations;
  readonly record: AuditRecord | null;
  /** Of the data. */
  readonly rowCount: () => number;
  /** The new audit was recorded: what belonged to the old one may go. */
  readonly onReplaced: () => Promise<void>;
}

/** The latest audit of a project: its record, its scores' table and its arrays. */
export class AuditStore {
  readonly #folder: string;
  readonly #database: Database;
  readonly #generations: Generations;
  readonly #onReplaced: () => Promise<void>;
  readonly #rowCount: () => number;
  #record: AuditRecord | null;

  constructor({ folder, database, generations, record, rowCount, onReplaced }: AuditStoreOptions) {
    this.#folder = folder;
    this.#database = database;
    this.#generations = generations;
    this.#onReplaced = onReplaced;
    this.#rowCount = rowCount;
    this.#record = record;
  }

  /** null before the first audit. */
  get latest(): AuditRecord | null {
    return this.#record;
  }

  /** @throws InputError before the first audit. */
  requireLatest(): AuditRecord {
    if (this.#record === null) throw new InputError('There is no audit in this project yet. Run one first.');
    return this.#record;
  }

  /** The rows it was about are gone. */
  forget(): void {
    this.#record = null;
  }

  /** A place for arrays that are written while the audit runs. Hand it to `replace`, or discard it. */
  draft(): AuditDraft {
    const generation = this.#generations.begin();
    return new AuditDraft(this.#folder, generation, () => this.#generations.end(generation));
  }

  /**
   * All or nothing: a crash in the middle leaves the audit there was. The arrays of the draft become the audit's,
   * beside `audit.arrays`; when anything fails, the draft is discarded.
   */
  async replace(audit: AuditToStore, signal?: CancellationSignal, draft = this.draft()): Promise<void> {
    const rowCount = this.#rowCount();
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

  /** A whole array, in memory. */
  async readArray(name: string, options: { shared?: boolean } = {}): Promise<StoredArray> {
    const expected = expectedArray(name, this.requireLatest(), this.#rowCount());
    return readNpy(this.#arrayFile(name), { ...options, ...(expected === undefined ? {} : { expected }) });
  }

  /**
   * Where the rows of a two-dimensional array are, for reading by ranges (NpyRows).
   * @throws StorageError when they are missing or damaged.
   */
  findRows(name: string): NpyRowsReference {
    const stored = NpyRows.open(this.#arrayFile(name));
    stored.close();
    const rows = this.#rowCount();
    if (name === 'features' && stored.rows < rows) {
      throw new StorageError(
        `The array ${stored.reference.path} is damaged or was altered: it has ${stored.rows} rows, the data ${rows}. Run the audit again.`,
        { details: { file: stored.reference.path } },
      );
    }
    return stored.reference;
  }

  /**
   * Where the rows stand on a map that was kept beside the audit's arrays: x and y of each; null where none was.
   * @throws StorageError when it is damaged.
   */
  async readPlaces(name: PlacesName): Promise<Float32Array | null> {
    const file = this.#placesFile(name);
    if (!(await isThere(file))) return null;
    const rows = this.#rowCount();
    const { data } = await readNpy(file, {
      expected: {
        type: 'float32',
        shape: [
          [rows, rows],
          [2, 2],
        ],
      },
    });
    if (!(data instanceof Float32Array)) throw new BugError('Places are of another kind than they were written in.');
    return data;
  }

  /** Keeps them until the next audit. @throws StorageError, BugError when the audit they are of is gone. */
  async writePlaces(name: PlacesName, generation: number, xy: Float32Array): Promise<void> {
    if (this.#record?.generation !== generation) throw new BugError('Another audit has come meanwhile.');
    await writeNpy(this.#placesFile(name), { data: xy, shape: [xy.length / 2, 2] });
  }

  #placesFile(name: PlacesName): string {
    return arrayFile(this.#folder, this.requireLatest().generation, `map-${name}`);
  }

  #arrayFile(name: string): string {
    const { arrayNames, generation } = this.requireLatest();
    if (!arrayNames.includes(name)) throw new StorageError(`The audit has no array ${name}. Run the audit again.`);
    return arrayFile(this.#folder, generation, name);
  }
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Rows of a second file for validation come after those of the data: arrays may be longer, and never shorter. */
function expectedArray(name: string, { classes }: AuditRecord, rowCount: number): ExpectedArray | undefined {
  const rows = [rowCount, 2 ** 31] as const;
  switch (name) {
    case 'labels':
      return { type: 'int32', shape: [rows] };
    case 'responses':
      return { type: 'float64', shape: [rows] };
    case 'other-labels':
      return { type: classes.length === 0 ? 'float64' : 'int32', shape: [rows] };
    case 'split':
      return { type: 'uint8', shape: [rows] };
    case 'val-loss-rif':
    case 'suspicion':
      return { type: 'float64', shape: [rows] };
    case 'class-probabilities':
      return { type: 'float32', shape: [rows, [classes.length, classes.length]] };
    default:
      return undefined;
  }
}
