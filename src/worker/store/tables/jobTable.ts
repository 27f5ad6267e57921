import type { JobRecord } from '../storeTypes';
import type { Database } from './database';

/** The jobs of a project, and how they ended: one that was interrupted is known after a crash. */
export class JobTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds a job, or replaces what was known of it. */
  async save({ id, kind, startedAt, finishedAt, state, message }: JobRecord): Promise<void> {
    await this.#database.write(async (connection) => {
      await connection.run('DELETE FROM jobs WHERE id = $1', [id]);
      const values = [id, kind, startedAt, finishedAt, state, message];
      await connection.run('INSERT INTO jobs VALUES ($1, $2, $3, $4, $5, $6)', values);
    });
  }

  /** Latest first. */
  async latest(limit: number): Promise<JobRecord[]> {
    const rows = await this.#database.rows(
      'SELECT id, kind, started_at, finished_at, state, message FROM jobs ORDER BY started_at DESC, id LIMIT CAST($1 AS BIGINT)',
      [limit],
    );
    return rows.map(([id, kind, startedAt, finishedAt, state, message]) => ({
      id: String(id),
      kind: String(kind),
      startedAt: String(startedAt),
      finishedAt: finishedAt === null ? null : String(finishedAt),
      state: String(state),
      message: String(message),
    }));
  }
}
