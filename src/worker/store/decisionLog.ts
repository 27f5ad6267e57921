import { INTEGER, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { StorageError } from '../../core/base/errors';
import type { LogEntry, NewLogEntry } from '../../core/review/decisions';
import { ReviewState } from '../../core/review/reviewState';
import { StagingTable } from './bulkTable';
import type { Database } from './database';
import type { HistoryItem } from './projectStoreApi';
import { rowFilter } from './sourceRows';

/** Changes of more rows than this go through a staging table. */
const fewRows = 200;

/**
 * The append-only log of decisions, and the state it leads to, in memory and as a table for filters. An entry and its
 * effect on the table are one transaction.
 */
export class DecisionLog {
  #state: ReviewState;
  #entries: LogEntry[];
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly database: Database,
    entries: LogEntry[],
  ) {
    this.#entries = entries;
    this.#state = ReviewState.replay(entries);
  }

  static async open(database: Database): Promise<DecisionLog> {
    const rows = await database.rows('SELECT entry FROM decision_log ORDER BY seq');
    try {
      // The log was written by `append` below.
      return new DecisionLog(
        database,
        rows.map(([entry]) => JSON.parse(String(entry)) as LogEntry),
      );
    } catch (error) {
      throw new StorageError(`The decision log in ${database.place} is damaged. Restore the project from a backup.`, {
        cause: error,
        details: { folder: database.place },
      });
    }
  }

  get state(): ReviewState {
    return this.#state;
  }

  /** On disk when it resolves; when it rejects, nothing has changed. Entries are written in the order of the calls. */
  append(entry: NewLogEntry): Promise<{ entry: LogEntry; changedRows: readonly number[] }> {
    const result = this.#queue.then(() => this.#write(entry));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  history(offset: number, limit: number): { total: number; items: HistoryItem[] } {
    const undone = new Set<number>();
    const changes: { entry: LogEntry; title: string }[] = [];
    for (const entry of this.#entries) {
      if (entry.kind === 'undo') undone.add(entry.target);
      else if (entry.kind === 'redo') undone.delete(entry.target);
      else changes.push({ entry, title: entry.title });
    }
    const items = changes
      .reverse()
      .slice(offset, offset + limit)
      .map(({ entry, title }): HistoryItem => {
        const { seq, time, reviewer } = entry;
        return { seq, time, reviewer, title, state: undone.has(seq) ? 'undone' : 'done' };
      });
    return { total: changes.length, items };
  }

  async #write(draft: NewLogEntry): Promise<{ entry: LogEntry; changedRows: readonly number[] }> {
    const entry: LogEntry = { ...draft, seq: this.#state.lastSeq + 1, time: new Date().toISOString() };
    const changedRows = [...new Set(this.#state.apply(entry))];
    try {
      await this.database.write(async (connection) => {
        await connection.run('INSERT INTO decision_log VALUES ($1, $2, $3)', [
          entry.seq,
          entry.time,
          JSON.stringify(entry),
        ]);
        await this.#writeRows(connection, changedRows);
      });
    } catch (error) {
      this.#state = ReviewState.replay(this.#entries);
      throw error;
    }
    this.#entries.push(entry);
    return { entry, changedRows };
  }

  async #writeRows(connection: DuckDBConnection, rows: readonly number[]): Promise<void> {
    const states = rows.flatMap((row) => {
      const review = this.#state.rows.get(row);
      return review === undefined ? [] : [{ row, review }];
    });
    const labelOf = ({ review }: (typeof states)[number]): string | null =>
      review.decision?.kind === 'relabel' ? review.decision.label : null;
    if (rows.length <= fewRows) {
      await connection.run(`DELETE FROM decision_now WHERE ${rowFilter(rows)}`);
      for (const state of states) {
        const { row, review } = state;
        await connection.run('INSERT INTO decision_now VALUES ($1, $2, $3, $4, $5, $6)', [
          row,
          review.decision?.kind ?? null,
          labelOf(state),
          review.note,
          review.time,
          review.reviewer,
        ]);
      }
      return;
    }
    const changed = await StagingTable.create(connection, 'changed_rows', [['row_no', INTEGER]]);
    await changed.append(rows.length, (from, size) => [rows.slice(from, from + size)]);
    await connection.run('DELETE FROM decision_now WHERE row_no IN (SELECT row_no FROM changed_rows)');
    const staging = await StagingTable.create(connection, 'changed_states', [
      ['row_no', INTEGER],
      ['kind', VARCHAR],
      ['label', VARCHAR],
      ['note', VARCHAR],
      ['time', VARCHAR],
      ['reviewer', VARCHAR],
    ]);
    await staging.append(states.length, (from, size) => {
      const part = states.slice(from, from + size);
      return [
        part.map(({ row }) => row),
        part.map(({ review }) => review.decision?.kind ?? null),
        part.map(labelOf),
        part.map(({ review }) => review.note),
        part.map(({ review }) => review.time),
        part.map(({ review }) => review.reviewer),
      ];
    });
    await staging.moveTo('decision_now', (name) => `SELECT * FROM ${name}`);
  }
}
