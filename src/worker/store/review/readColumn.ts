import type { DuckDBValue } from '@duckdb/node-api';
import type { Database } from '../tables/database';

/** Rows after which others have a turn. */
const turnRows = 65_536;

/**
 * The numbers of a query's only column, which has no NULLs, in its order. Tables of rows and of scores lie in the order
 * of their rows, and are read in it.
 */
export async function readColumn<Numbers extends Int32Array | Float32Array | Float64Array>(
  database: Database,
  sql: string,
  values: DuckDBValue[],
  make: (rowCount: number) => Numbers,
): Promise<Numbers> {
  return database.read(async (connection) => {
    const result = await connection.run(sql, values);
    const rows = make(result.rowCount);
    let at = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      rows.set(chunk.getColumnValues(0) as number[], at);
      at += chunk.rowCount;
      if (at % turnRows === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    // As many as were counted, unless something is wrong: then those that came.
    return (at === rows.length ? rows : rows.slice(0, at)) as Numbers;
  });
}

/** Goes through rows of two columns, the first of them a row number, chunk by chunk. */
export async function visitRows(
  database: Database,
  sql: string,
  values: DuckDBValue[],
  visit: (row: number, value: DuckDBValue) => void,
): Promise<void> {
  await database.read(async (connection) => {
    const result = await connection.run(sql, values);
    let seen = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const rows = chunk.getColumnValues(0) as number[];
      const found = chunk.getColumnValues(1);
      for (let k = 0; k < rows.length; k++) visit(rows[k], found[k] ?? null);
      seen += rows.length;
      if (seen % turnRows < rows.length) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  });
}
