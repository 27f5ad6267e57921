import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DOUBLE, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { StagingTable } from '../tables/bulkTable';
import { storageError } from './storageErrors';

/** A column of a file: text as it is, whole numbers (32 bits), or numbers of which NaN become nulls. */
export type FileColumn =
  | { readonly name: string; readonly kind: 'text'; readonly values: readonly string[] }
  | { readonly name: string; readonly kind: 'integer'; readonly values: Int32Array }
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array };

const types = { text: VARCHAR, integer: INTEGER, number: DOUBLE } as const;

/**
 * Writes columns of one length as a Parquet file (zstd), which must not exist; in blocks of 2,048 rows: no second copy
 * of the columns in JavaScript. DuckDB would write through a link of that name: give a place that nobody else can write
 * to.
 * @throws StorageError when it cannot be written; CancelledError.
 */
export async function writeParquet(
  file: string,
  columns: readonly FileColumn[],
  signal?: CancellationSignal,
): Promise<void> {
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', { threads: '2', autoinstall_known_extensions: 'false' });
    const connection = await instance.connect();
    try {
      const staging = await StagingTable.create(
        connection,
        'columns',
        columns.map(({ kind }, at) => [`c${at}`, types[kind]]),
      );
      const count = columns[0]?.values.length ?? 0;
      await staging.append(count, (from, size) => columns.map((column) => cellsOf(column, from, from + size)), signal);
      const names = columns.map(({ name }, at) => `c${at} AS ${quoteName(name)}`);
      await connection.run(
        `COPY (SELECT ${names.join(', ')} FROM columns) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      signal?.throwIfCancelled();
    } finally {
      connection.closeSync();
    }
  } catch (error) {
    await rm(file, { force: true }).catch(() => undefined);
    throw storageError(error, dirname(file));
  } finally {
    instance?.closeSync();
  }
}

/** Rows `from` to `to` (exclusive) of a column. */
export function cellsOf(column: FileColumn, from: number, to: number): (string | number | null)[] {
  switch (column.kind) {
    case 'text':
      return column.values.slice(from, to);
    case 'integer':
      return Array.from(column.values.subarray(from, to));
    case 'number':
      return Array.from(column.values.subarray(from, to), (value) => (Number.isNaN(value) ? null : value));
  }
}

function quoteName(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

function quoteText(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
