import { type DuckDBConnection, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { HistoryItem } from '../../../contract/review';
import { formatCount, formatPlural } from '../../../core/base/format';
import { type DecisionPace, measurePace } from '../../../core/review/decisionPace';
import type { LogEntry, NewLogEntry, RowReview } from '../../../core/review/decisions';
import { ReviewState } from '../../../core/review/reviewState';
import { rowFilter } from '../sources/sourceRows';
import { StagingTable } from '../tables/bulkTable';
import type { Database } from '../tables/database';
import { type DecisionTables, ownDecisions } from '../tables/schema';
import { type ReadLog, readLog } from './readLog';

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

  /** Said when it was opened: entries that were passed over, a table made again. */
  #notices: readonly string[] = [];
  #lastSeq: number;

  private constructor(
    private readonly database: Database,
    private readonly tables: DecisionTables,
    { entries, state, lastSeq }: ReadLog,
  ) {
    this.#entries = entries;
    this.#state = state;
    this.#lastSeq = lastSeq;
  }

  /**
   * Reads the log entry by entry. One that is damaged, or does not follow from those before it, is passed over and
   * told; the table of decisions is made again where it does not say what the log does. `rowCount`: of the data, null
   * while there is none. `tables`: those of the project's own review where they are left out.
   */
  static async open(database: Database, rowCount: number | null, tables = ownDecisions): Promise<DecisionLog> {
    const rows = await database.rows(`SELECT seq, entry FROM ${tables.log} ORDER BY seq`);
    const read = readLog(
      rows.map(([seq, entry]) => ({ seq: Number(seq), text: String(entry) })),
      rowCount ?? 0,
    );
    const log = new DecisionLog(database, tables, read);
    const agreed = await log.#agrees();
    if (!agreed) await log.#rewriteTable();
    log.#notices = describeLog(read, agreed);
    return log;
  }

  /** What was found damaged on opening and passed over, in words. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** The log replayed. */
  get state(): ReviewState {
    return this.#state;
  }

  /** What the entries up to one lead to. O(entries). */
  stateAt(seq: number): ReviewState {
    return ReviewState.replay(this.#entries.filter((entry) => entry.seq <= seq));
  }

  /** On disk when it resolves; when it rejects, nothing has changed. Entries are written in the order of the calls. */
  append(entry: NewLogEntry): Promise<{ entry: LogEntry; changedRows: readonly number[] }> {
    const result = this.#queue.then(() => this.#write(entry));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** How fast whoever decided last does so; null: not known. */
  pace(): DecisionPace | null {
    return measurePace(this.#entries);
  }

  /** Latest first; `row`: only changes of that row. */
  history(offset: number, limit: number, row?: number): { total: number; items: HistoryItem[] } {
    const undone = new Set<number>();
    const changes: { entry: LogEntry; title: string }[] = [];
    for (const entry of this.#entries) {
      if (entry.kind === 'undo') undone.add(entry.target);
      else if (entry.kind === 'redo') undone.delete(entry.target);
      else if (row === undefined || (entry.rows as readonly number[]).includes(row))
        changes.push({ entry, title: entry.title });
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
    const entry: LogEntry = { ...draft, seq: this.#lastSeq + 1, time: new Date().toISOString() };
    const changedRows = [...new Set(this.#state.apply(entry))];
    try {
      await this.database.write(async (connection) => {
        await connection.run(`INSERT INTO ${this.tables.log} VALUES ($1, $2, $3)`, [
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
    this.#lastSeq = entry.seq;
    return { entry, changedRows };
  }

  /** Does the table say what the log does? */
  async #agrees(): Promise<boolean> {
    const rows = await this.database.rows(`SELECT row_no, kind, label, note FROM ${this.tables.now}`);
    if (rows.length !== this.#state.rows.size) return false;
    return rows.every(([row, kind, label, note]) => {
      const review = this.#state.rows.get(Number(row));
      return (
        review !== undefined &&
        (review.decision?.kind ?? null) === kind &&
        labelOf(review) === label &&
        review.note === note
      );
    });
  }

  async #rewriteTable(): Promise<void> {
    await this.database.write(async (connection) => {
      await connection.run(`DELETE FROM ${this.tables.now}`);
      await this.#writeRows(connection, [...this.#state.rows.keys()]);
    });
  }

  async #writeRows(connection: DuckDBConnection, rows: readonly number[]): Promise<void> {
    const { now } = this.tables;
    const states = rows.flatMap((row) => {
      const review = this.#state.rows.get(row);
      return review === undefined ? [] : [{ row, review }];
    });
    if (rows.length <= fewRows) {
      await connection.run(`DELETE FROM ${now} WHERE ${rowFilter(rows)}`);
      for (const state of states) {
        const { row, review } = state;
        await connection.run(`INSERT INTO ${now} VALUES ($1, $2, $3, $4, $5, $6)`, [
          row,
          review.decision?.kind ?? null,
          labelOf(review),
          review.note,
          review.time,
          review.reviewer,
        ]);
      }
      return;
    }
    const changed = await StagingTable.create(connection, 'changed_rows', [['row_no', INTEGER]]);
    await changed.append(rows.length, (from, size) => [rows.slice(from, from + size)]);
    await connection.run(`DELETE FROM ${now} WHERE row_no IN (SELECT row_no FROM changed_rows)`);
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
        part.map(({ review }) => labelOf(review)),
        part.map(({ review }) => review.note),
        part.map(({ review }) => review.time),
        part.map(({ review }) => review.reviewer),
      ];
    });
    await staging.moveTo(now, (name) => `SELECT * FROM ${name}`);
  }
}

function labelOf({ decision }: RowReview): string | null {
  return decision?.kind === 'relabel' ? decision.label : null;
}

function describeLog({ entries, damaged }: ReadLog, agreed: boolean): string[] {
  const [first] = damaged;
  if (first === undefined) {
    return agreed || entries.length === 0 ? [] : ['The table of decisions was made again from the decision log.'];
  }
  const many = formatPlural(damaged.length, 'entry', 'entries');
  return [
    `${many} of the decision log ${damaged.length === 1 ? 'is' : 'are'} damaged and ${damaged.length === 1 ? 'was' : 'were'} passed over ` +
      `(the first is entry ${first}). The other ${formatCount(entries.length)} are all here.`,
  ];
}
