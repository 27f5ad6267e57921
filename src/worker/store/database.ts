import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { BugError } from '../../core/base/errors';
import { storageError } from './storageErrors';

const maxReaders = 3;

/**
 * A DuckDB file with its connections: a few for reading (each works on one question at a time), one for small writes in
 * strict order, and one for each bulk job.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];
  readonly #waiting: ((connection: DuckDBConnection) => void)[] = [];
  readonly #working = new Set<DuckDBConnection>();
  #readers = 0;
  #small: Promise<unknown> = Promise.resolve();
  #smallConnection: DuckDBConnection | null = null;
  #closed = false;

  private constructor(
    instance: DuckDBInstance,
    readonly place: string,
  ) {
    this.#instance = instance;
  }

  /** @throws StorageError when the file is damaged, locked by another process, or cannot be written. */
  static async open(file: string, options: { place: string; temporary: string; memory: string }): Promise<Database> {
    try {
      const instance = await DuckDBInstance.create(file, {
        memory_limit: options.memory,
        threads: '2',
        temp_directory: options.temporary,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
      return new Database(instance, options.place);
    } catch (error) {
      throw storageError(error, options.place);
    }
  }

  /** Runs `work` with a connection for reading. At most three work at a time; others wait their turn. */
  async read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#takeReader();
    this.#working.add(connection);
    try {
      return await work(connection);
    } catch (error) {
      throw storageError(error, this.place);
    } finally {
      this.#working.delete(connection);
      this.#giveBack(connection);
    }
  }

  /** Stops the questions that are being answered: they fail. For closing: nobody waits for the answers any more. */
  interruptReading(): void {
    this.#working.forEach((connection) => connection.interrupt());
  }

  /** One question, all its rows. */
  async rows(sql: string, values?: DuckDBValue[]): Promise<DuckDBValue[][]> {
    return this.read(async (connection) => (await connection.runAndReadAll(sql, values)).getRows());
  }

  /**
   * Runs `work` in a transaction, after all earlier ones. When the promise resolves, the changes are on disk (DuckDB
   * forces its log out at each commit); when it rejects, nothing has changed.
   */
  write<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const result = this.#small.then(async () => {
      this.#smallConnection ??= await this.connect();
      return inTransaction(this.#smallConnection, work);
    });
    this.#small = result.catch(() => undefined);
    return result.catch((error: unknown) => {
      throw storageError(error, this.place);
    });
  }

  /** A connection of its own for a bulk job; close it with `closeSync()`. */
  async connect(): Promise<DuckDBConnection> {
    if (this.#closed) throw new BugError('The project is closed.');
    try {
      return await this.#instance.connect();
    } catch (error) {
      throw storageError(error, this.place);
    }
  }

  /**
   * Writes DuckDB's log into the file, off the event loop. After bulk work: else the next small commit would do it, and
   * keep a decision waiting.
   */
  async checkpoint(): Promise<void> {
    const connection = await this.connect();
    try {
      await connection.run('CHECKPOINT');
    } catch {
      // Another transaction is in the way, or the disk is full: nothing is lost, the log still has it all.
    } finally {
      connection.closeSync();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#small;
    await this.checkpoint();
    this.#closed = true;
    for (const connection of this.#idle) connection.closeSync();
    this.#smallConnection?.closeSync();
    this.#instance.closeSync();
  }

  async #takeReader(): Promise<DuckDBConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#readers < maxReaders) {
      this.#readers++;
      return this.connect();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(connection);
    else if (this.#closed) connection.closeSync();
    else this.#idle.push(connection);
  }
}

export async function inTransaction<T>(
  connection: DuckDBConnection,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  await connection.run('BEGIN');
  let result: T;
  try {
    result = await work(connection);
    await connection.run('COMMIT');
  } catch (error) {
    // A failed commit has rolled back already; then this fails, which says nothing new.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  return result;
}
