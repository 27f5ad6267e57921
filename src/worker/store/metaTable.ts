import type { DuckDBConnection } from '@duckdb/node-api';
import { StorageError } from '../../core/base/errors';
import type { Database } from './database';

/** A small JSON value by name; undefined where there is none. */
export async function readMeta(database: Database, key: string): Promise<unknown> {
  const rows = await database.rows('SELECT value FROM meta WHERE key = $1', [key]);
  const value = rows[0]?.[0];
  if (value === undefined) return undefined;
  try {
    return JSON.parse(String(value));
  } catch (error) {
    throw new StorageError(
      `The project ${database.place} is damaged: what it keeps as “${key}” cannot be read. Restore it from a backup.`,
      { details: { folder: database.place, key }, cause: error },
    );
  }
}

/** Durably, in a transaction of its own. */
export async function writeMeta(database: Database, key: string, value: unknown): Promise<void> {
  await database.write((connection) => putMeta(connection, key, value));
}

/** As part of a transaction. */
export async function putMeta(connection: DuckDBConnection, key: string, value: unknown): Promise<void> {
  await connection.run('DELETE FROM meta WHERE key = $1', [key]);
  await connection.run('INSERT INTO meta VALUES ($1, $2)', [key, JSON.stringify(value)]);
}
