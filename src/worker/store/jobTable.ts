import type { Database } from './database';
import type { JobRecord } from './storeTypes';

/** Adds a job, or replaces what was known of it. */
export async function saveJob(database: Database, job: JobRecord): Promise<void> {
  await database.write(async (connection) => {
    await connection.run('DELETE FROM jobs WHERE id = $1', [job.id]);
    const { id, kind, startedAt, finishedAt, state, message } = job;
    await connection.run('INSERT INTO jobs VALUES ($1, $2, $3, $4, $5, $6)', [
      id,
      kind,
      startedAt,
      finishedAt,
      state,
      message,
    ]);
  });
}

/** Latest first. */
export async function readJobs(database: Database, limit: number): Promise<JobRecord[]> {
  const rows = await database.rows(
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
