import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type { CancellationSignal } from '../../../core/job/jobContext';

/** Rows of a data chunk: DuckDB's vector size. */
const chunkRows = 2048;
const chunksPerFlush = 4;

/**
 * A temporary table that takes rows from JavaScript in short synchronous steps and then hands them to a real table in
 * the background. Appending to the real table directly would compress whole row groups on the calling thread and hold
 * up the event loop for seconds.
 */
export class StagingTable {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly name: string,
    private readonly types: readonly DuckDBType[],
  ) {}

  static async create(
    connection: DuckDBConnection,
    name: string,
    columns: readonly (readonly [string, DuckDBType])[],
  ): Promise<StagingTable> {
    const list = columns.map(([column, type]) => `${column} ${type.toString()}`).join(', ');
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} (${list})`);
    return new StagingTable(
      connection,
      name,
      columns.map(([, type]) => type),
    );
  }

  /** Appends `count` rows in chunks; `fill(from, size)` gives the columns of rows [from, from + size). */
  async append(
    count: number,
    fill: (from: number, size: number) => readonly (readonly DuckDBValue[])[],
    signal?: CancellationSignal,
  ): Promise<void> {
    const appender = await this.connection.createAppender(this.name, null, 'temp');
    try {
      for (let from = 0; from < count; from += chunkRows) {
        signal?.throwIfCancelled();
        const size = Math.min(chunkRows, count - from);
        const chunk = DuckDBDataChunk.create(this.types, size);
        chunk.setColumns(fill(from, size));
        appender.appendDataChunk(chunk);
        // Flushed bit by bit: all at once would hold up the event loop.
        if ((from / chunkRows) % chunksPerFlush === chunksPerFlush - 1) appender.flushSync();
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    } finally {
      appender.closeSync();
    }
  }

  /** Inserts what `select` (an SQL query over the staging table named to it) gives, then empties the staging table. */
  async moveTo(target: string, select: (staging: string) => string): Promise<void> {
    await this.connection.run(`INSERT INTO ${target} ${select(this.name)}`);
    await this.connection.run(`TRUNCATE ${this.name}`);
  }
}
