import type { DuckDBConnection } from '@duckdb/node-api';
import { StorageError } from '../../../core/base/errors';
import type { Database } from './database';

/** Small JSON values by name. */
export class MetaTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** undefined where there is none. @throws StorageError when what is kept is damaged. */
  async read(key: string): Promise<unknown> {
    const text = await this.#database.read((connection) => readText(connection, key));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      const { place } = this.#database;
      throw new StorageError(
        `The project ${place} is damaged: what it keeps as “${key}” cannot be read. Restore it from a backup.`,
        { details: { folder: place, key }, cause: error },
      );
    }
  }

  /** Durably, in a transaction of its own. */
  async write(key: string, value: unknown): Promise<void> {
    await this.#database.write((connection) => putMeta(connection, key, value));
  }
}

async function readText(connection: DuckDBConnection, key: string): Promise<string | undefined> {
  const found = await connection.runAndReadAll('SELECT value FROM meta WHERE key = $1', [key]);
  const value = found.getRows()[0]?.[0];
  return value === undefined ? undefined : String(value);
}

/** As part of a transaction: undefined where there is none, or what is kept is damaged. */
export async function readMeta(connection: DuckDBConnection, key: string): Promise<unknown> {
  const text = await readText(connection, key);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As part of a transaction. */
export async function putMeta(connection: DuckDBConnection, key: string, value: unknown): Promise<void> {
  await connection.run('DELETE FROM meta WHERE key = $1', [key]);
  await connection.run('INSERT INTO meta VALUES ($1, $2)', [key, JSON.stringify(value)]);
}
