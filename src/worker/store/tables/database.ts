import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { BugError } from '../../../core/base/errors';
import { closeAfter, closeAll, closeAllAtOnce } from '../../closeAll';
import { storageError } from '../files/storageErrors';

const maxReaders = 3;
/** A question that is stopped ends at once, unless whoever asked it does something else meanwhile. */
const longestReadMs = 2_000;

/** What a database could reach beside its own file, and what could be loaded into it: nothing, whatever it says. */
const closedDoors = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
  lock_configuration: 'true',
} as const;

/**
 * DuckDB makes the name of its log from the file's path by putting `.wal` before the first question mark: in a folder
 * with one that is a path that does not exist. There it has to do without a log, and writes each commit into the file
 * itself: as durable, but one at a time.
 */
function misplacesLog(file: string): boolean {
  return file.includes('?');
}

const everyCommitCheckpoints = { auto_checkpoint_skip_wal_threshold: '0', checkpoint_threshold: '0b' } as const;
/**
 * As `closedDoors`, but for a look at the log that is not there: DuckDB takes its refusal for a fault. Nothing was read
 * from the file yet.
 */
async function closeDoors(instance: DuckDBInstance, file: string): Promise<void> {
  const log = file.replace('?', '.wal?').replace(/'/g, "''");
  const connection = await instance.connect();
  try {
    const paths = ['', '.checkpoint', '.recovery'].map((ending) => `'${log}${ending}'`);
    await connection.run(`SET allowed_paths = [${paths.join(', ')}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

const aloneRetryMs = 50;
const alonePatienceMs = 15 * 60_000;

/**
 * Does something again as long as another transaction would have had to be in the log. It must have no effect when it
 * fails.
 */
async function whenAlone<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + alonePatienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const needsLog = error instanceof Error && /cannot (open|access) file ".*\.wal[^"]*"/is.test(error.message);
      if (!needsLog || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, aloneRetryMs));
    }
  }
}

/** Statements that are a transaction each wait as {@link whenAlone} does; COMMIT cannot be tried again. */
function runWhenAlone(connection: DuckDBConnection): DuckDBConnection {
  const run = connection.run.bind(connection);
  connection.run = (sql, ...values) =>
    /^\s*(COMMIT|ROLLBACK|BEGIN)\b/i.test(sql) ? run(sql, ...values) : whenAlone(() => run(sql, ...values));
  return connection;
}

/**
 * A DuckDB file with its connections: a few for reading (each works on one question at a time), one for small writes in
 * strict order, and one for each bulk job.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  /** See {@link misplacesLog}. */
  readonly #withoutLog: boolean;
  readonly #idle: DuckDBConnection[] = [];
  /** Those who wait for their turn to read. */
  readonly #waiting: (() => void)[] = [];
  readonly #working = new Set<DuckDBConnection>();
  #readers = 0;
  #small: Promise<unknown> = Promise.resolve();
  #smallConnection: DuckDBConnection | null = null;
  #closed = false;
  #closing: Promise<void> | undefined;

  private constructor(
    instance: DuckDBInstance,
    readonly place: string,
    withoutLog: boolean,
  ) {
    this.#instance = instance;
    this.#withoutLog = withoutLog;
  }

  /** @throws StorageError when the file is damaged, locked by another process, or cannot be written. */
  static async open(file: string, options: { place: string; temporary: string; memory: string }): Promise<Database> {
    try {
      const withoutLog = misplacesLog(file);
      const instance = await DuckDBInstance.create(file, {
        memory_limit: options.memory,
        threads: '2',
        temp_directory: options.temporary,
        ...closedDoors,
        ...(withoutLog
          ? { ...everyCommitCheckpoints, enable_external_access: 'true', lock_configuration: 'false' }
          : {}),
      });
      if (withoutLog) {
        await closeDoors(instance, file).catch((error: unknown) => closeAfter(error, [() => instance.closeSync()]));
      }
      return new Database(instance, options.place, withoutLog);
    } catch (error) {
      throw storageError(error, options.place);
    }
  }

  /** Runs `work` with a connection for reading. At most three work at a time; others wait their turn. */
  async read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#takeReader();
    this.#working.add(connection);
    try {
      this.#needOpen();
      return await work(connection);
    } catch (error) {
      throw storageError(error, this.place);
    } finally {
      this.#working.delete(connection);
      this.#giveBack(connection);
    }
  }

  /**
   * Goes through the chunks of a query as they come, as long as the visitor says true. A query that fails on its
   * way ends as if there were no more: count what has come.
   */
  async stream(sql: string, visit: (chunk: DuckDBDataChunk) => Promise<boolean>): Promise<void> {
    await this.read(async (connection) => {
      const result = await connection.stream(sql);
      const next = async (): Promise<DuckDBDataChunk | null> => {
        const chunk = await result.fetchChunk();
        return chunk === null || chunk.rowCount === 0 ? null : chunk;
      };
      let chunk = await next();
      try {
        while (chunk !== null && (await visit(chunk))) chunk = await next();
      } finally {
        // A result that was not read to its end keeps the file open, also when all is closed, until it is garbage.
        while (chunk !== null) {
          connection.interrupt();
          chunk = await next();
        }
      }
    });
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
  async write<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.#needOpen();
    const result = this.#small.then(async () => {
      this.#smallConnection ??= await this.#connect();
      const connection = this.#smallConnection;
      return this.#withoutLog ? whenAlone(() => inTransaction(connection, work)) : inTransaction(connection, work);
    });
    this.#small = result.catch(() => undefined);
    return result.catch((error: unknown) => {
      throw storageError(error, this.place);
    });
  }

  /** A connection of its own for a bulk job; close it with `closeSync()`. */
  async connect(): Promise<DuckDBConnection> {
    this.#needOpen();
    return this.#connect();
  }

  async #connect(): Promise<DuckDBConnection> {
    try {
      const connection = await this.#instance.connect();
      return this.#withoutLog ? runWhenAlone(connection) : connection;
    } catch (error) {
      throw storageError(error, this.place);
    }
  }

  /**
   * Writes DuckDB's log into the file, off the event loop. After bulk work: else the next small commit would do it, and
   * keep a decision waiting.
   */
  async checkpoint(): Promise<void> {
    if (this.#withoutLog) return;
    try {
      const connection = await this.#connect();
      await connection.run('CHECKPOINT').finally(() => connection.closeSync());
    } catch {
      // Another transaction is in the way, or the disk is full: nothing is lost, the log still has it all.
    }
  }

  /**
   * Stops what is being read, and waits for what is being written. The file is free afterwards, whatever fails, also
   * for whoever closes it a second time.
   */
  async close(): Promise<void> {
    // From here on nothing is begun. A connection must not be closed while it works.
    this.#closed = true;
    this.#closing ??= this.#closeParts();
    return this.#closing;
  }

  async #closeParts(): Promise<void> {
    await closeAll([
      () => this.#waiting.splice(0).forEach((wake) => wake()),
      () => this.#endReading(),
      () => this.#small,
      () => this.checkpoint(),
      () => closeAllAtOnce(this.#idle.map((connection) => () => connection.closeSync())),
      () => this.#smallConnection?.closeSync(),
      () => this.#instance.closeSync(),
    ]);
  }

  #needOpen(): void {
    if (this.#closed) throw new BugError('The project is closed.');
  }

  async #endReading(): Promise<void> {
    const until = Date.now() + longestReadMs;
    while (this.#working.size > 0 && Date.now() < until) {
      this.interruptReading();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #takeReader(): Promise<DuckDBConnection> {
    for (;;) {
      this.#needOpen();
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#readers < maxReaders) return this.#openReader();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #openReader(): Promise<DuckDBConnection> {
    this.#readers++;
    try {
      return await this.#connect();
    } catch (error) {
      this.#readers--;
      this.#waiting.shift()?.();
      throw error;
    }
  }

  #giveBack(connection: DuckDBConnection): void {
    if (this.#closed) connection.closeSync();
    else this.#idle.push(connection);
    this.#waiting.shift()?.();
  }
}

async function inTransaction<T>(
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
