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
    const rows = await this.#database.rows('SELECT value FROM meta WHERE key = $1', [key]);
    const value = rows[0]?.[0];
    if (value === undefined) return undefined;
    try {
      return JSON.parse(String(value));
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

/** As part of a transaction. */
export async function putMeta(connection: DuckDBConnection, key: string, value: unknown): Promise<void> {
  await connection.run('DELETE FROM meta WHERE key = $1', [key]);
  await connection.run('INSERT INTO meta VALUES ($1, $2)', [key, JSON.stringify(value)]);
}
