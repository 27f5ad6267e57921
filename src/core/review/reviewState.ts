import { BugError } from '../base/errors';
import type { LabelReading } from '../labels/labelReading';
import type { ChangeEntry, Decision, LogEntry, RowReview } from './decisions';

interface AppliedChange {
  readonly entry: ChangeEntry;
  /** What each row of the entry was before it, in the entry's order; undefined = untouched. */
  readonly before: readonly (RowReview | undefined)[];
  /** How the column's labels were read before it. */
  readonly readingBefore: LabelReading | null;
}

/** What can be taken back and brought back, the latest last. */
interface History {
  readonly done: AppliedChange[];
  readonly undone: AppliedChange[];
}

/**
 * The review as the log tells it: the reducer of `LogEntry`. Replaying a log from its first entry always gives the
 * same state; O(rows of the entry) an entry.
 *
 * Rows and the labels of each column have histories of their own: how labels are read is decided elsewhere, and what
 * changes the one never changes the other. Undoing what was done in one place takes nothing back that was done in
 * another since.
 */
export class ReviewState {
  readonly #rows = new Map<number, RowReview>();
  readonly #ofRows: History = { done: [], undone: [] };
  /** By column. */
  readonly #ofLabels = new Map<string, History>();
  readonly #readings = new Map<string, LabelReading>();
  #lastSeq = 0;
  #concernsRows = false;

  static replay(entries: Iterable<LogEntry>): ReviewState {
    const state = new ReviewState();
    for (const entry of entries) state.apply(entry);
    return state;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Rows with a decision or a note. */
  get rows(): ReadonlyMap<number, RowReview> {
    return this.#rows;
  }

  /** Whether any entry, undone or not, is about rows: they then have to stay the rows they are. */
  get concernsRows(): boolean {
    return this.#concernsRows;
  }

  /** How labels of a column that look alike are to be read; null = nobody has decided. */
  labelReading(column: string): LabelReading | null {
    return this.#readings.get(column) ?? null;
  }

  /** The change of rows that undo would take back, or undefined. */
  get undoable(): ChangeEntry | undefined {
    return latestOf(this.#ofRows.done)?.entry;
  }

  /** The change of rows that redo would bring back, or undefined. */
  get redoable(): ChangeEntry | undefined {
    return latestOf(this.#ofRows.undone)?.entry;
  }

  /** Number of undone changes of rows that a new one would make unreachable for redo. */
  get redoCount(): number {
    return this.#ofRows.undone.length;
  }

  /** The latest decision about how a column's labels are read that was not taken back, or undefined. */
  undoableLabels(column: string): ChangeEntry | undefined {
    return latestOf(this.#ofLabels.get(column)?.done ?? [])?.entry;
  }

  /**
   * Applies the next entry.
   * @returns the rows it changed.
   * @throws BugError when the entry does not follow from the log so far.
   */
  apply(entry: LogEntry): readonly number[] {
    if (entry.seq <= this.#lastSeq) {
      throw new BugError(`Decision log entry ${entry.seq} comes after entry ${this.#lastSeq}.`);
    }
    if (entry.kind === 'merge' && entry.reviews.length !== entry.rows.length) {
      throw new BugError(`Entry ${entry.seq} has ${entry.reviews.length} reviews for ${entry.rows.length} rows.`);
    }
    this.#lastSeq = entry.seq;
    switch (entry.kind) {
      case 'decide':
      case 'decideEach':
      case 'note':
      case 'merge':
      case 'labels':
        this.#historyOf(entry).undone.length = 0;
        return this.#perform(entry);
      case 'undo': {
        const change = this.#take('done', entry.target, 'undo');
        change.entry.rows.forEach((row, index) => {
          const before = change.before[index];
          if (before === undefined) this.#rows.delete(row);
          else this.#rows.set(row, before);
        });
        if (change.entry.kind === 'labels') this.#read(change.entry.column, change.readingBefore);
        this.#historyOf(change.entry).undone.push(change);
        return change.entry.rows;
      }
      case 'redo':
        return this.#perform(this.#take('undone', entry.target, 'redo').entry);
    }
  }

  #historyOf(entry: ChangeEntry): History {
    if (entry.kind !== 'labels') return this.#ofRows;
    let history = this.#ofLabels.get(entry.column);
    if (history === undefined) this.#ofLabels.set(entry.column, (history = { done: [], undone: [] }));
    return history;
  }

  #take(stack: keyof History, target: number, verb: string): AppliedChange {
    for (const history of [this.#ofRows, ...this.#ofLabels.values()]) {
      const change = latestOf(history[stack]);
      if (change?.entry.seq !== target) continue;
      history[stack].pop();
      return change;
    }
    // A refused entry changes nothing: a damaged log is read on without it.
    throw new BugError(`The decision log asks to ${verb} entry ${target}, which is not the latest of its kind.`);
  }

  #read(column: string, reading: LabelReading | null): void {
    if (reading === null) this.#readings.delete(column);
    else this.#readings.set(column, reading);
  }

  #perform(entry: ChangeEntry): readonly number[] {
    if (entry.kind === 'labels') {
      const readingBefore = this.labelReading(entry.column);
      this.#read(entry.column, entry.reading);
      this.#historyOf(entry).done.push({ entry, before: [], readingBefore });
      return entry.rows;
    }
    this.#concernsRows = true;
    const before = entry.rows.map((row) => this.#rows.get(row));
    entry.rows.forEach((row, index) => {
      const old = before[index];
      const next = reviewAfter(entry, old, index);
      if (next.decision === null && next.note === '') this.#rows.delete(row);
      else this.#rows.set(row, next);
    });
    this.#ofRows.done.push({ entry, before, readingBefore: null });
    return entry.rows;
  }
}

/** What the row at a place of an entry is after it. */
function reviewAfter(
  entry: Exclude<ChangeEntry, { kind: 'labels' }>,
  old: RowReview | undefined,
  index: number,
): RowReview {
  const { time, reviewer } = entry;
  switch (entry.kind) {
    case 'decide':
      return { decision: entry.decision, note: old?.note ?? '', time, reviewer };
    case 'decideEach':
      return { decision: entry.decisions[entry.which[index]] ?? null, note: old?.note ?? '', time, reviewer };
    case 'note':
      return { decision: old?.decision ?? null, note: entry.note, time, reviewer };
    case 'merge': {
      const review = entry.reviews[index];
      if (review === undefined) throw new BugError(`Entry ${entry.seq} says nothing of its row ${entry.rows[index]}.`);
      return review;
    }
  }
}

function latestOf(changes: readonly AppliedChange[]): AppliedChange | undefined {
  return changes[changes.length - 1];
}

/** A short name of what is decided about one row or many: "remove digit-0412", "relabel 12 rows as 3". */
export function describeDecision(decision: Decision | null, subject: string): string {
  if (decision === null) return `restore ${subject}`;
  switch (decision.kind) {
    case 'keep':
      return `keep ${subject}`;
    case 'remove':
      return `remove ${subject}`;
    case 'relabel':
      return `relabel ${subject} as ${decision.label}`;
    case 'later':
      return `flag ${subject} for later`;
  }
}
