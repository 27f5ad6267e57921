import type { LabelReading } from '../labels/labelReading';

/** What an analyst can decide about a row. `later` flags it for another look and keeps it out of the pending queue. */
export type Decision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'relabel'; readonly label: string }
  | { readonly kind: 'later' };

interface EntryBase {
  /** 1, 2, 3, … without gaps, in the order in which entries were written. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly reviewer: string;
}

/**
 * One line of the append-only decision log. Nothing is ever deleted from it: undoing appends an `undo` of the latest
 * applied change of rows, or of the labels of a column; redoing a `redo` of the latest undone one. `decision: null`
 * restores rows to undecided. A `note` entry changes only the note (an empty note removes it).
 */
export type LogEntry =
  | (EntryBase & {
      readonly kind: 'decide';
      readonly rows: readonly number[];
      readonly decision: Decision | null;
      /** For people: "keep digit-0412", "remove 12 rows". */
      readonly title: string;
    })
  | (EntryBase & {
      /** Decisions that differ from row to row, made at once: that of a row is `decisions[which[i]]`. */
      readonly kind: 'decideEach';
      readonly rows: readonly number[];
      readonly decisions: readonly Decision[];
      readonly which: readonly number[];
      readonly title: string;
    })
  | (EntryBase & {
      readonly kind: 'note';
      readonly rows: readonly number[];
      readonly note: string;
      readonly title: string;
    })
  | (EntryBase & {
      /** Rows take over, each by itself, what was decided of them elsewhere: in a file, or in another pass. */
      readonly kind: 'merge';
      readonly rows: readonly number[];
      /** What each row is from then on, in the order of `rows`. */
      readonly reviews: readonly RowReview[];
      /** The pass whose disagreements with the first review it settles; left out for a file. */
      readonly pass?: number | undefined;
      readonly title: string;
    })
  | (EntryBase & {
      /** How labels of a column that look alike are read; null: undecided again. It changes no row. */
      readonly kind: 'labels';
      readonly rows: readonly [];
      readonly column: string;
      readonly reading: LabelReading | null;
      readonly title: string;
    })
  | (EntryBase & { readonly kind: 'undo'; readonly target: number })
  | (EntryBase & { readonly kind: 'redo'; readonly target: number });

export type ChangeEntry = Extract<LogEntry, { kind: 'decide' | 'decideEach' | 'note' | 'merge' | 'labels' }>;

/** A log entry before the store has given it its number and time. */
export type NewLogEntry =
  | Omit<Extract<LogEntry, { kind: 'decide' }>, 'seq' | 'time'>
  | Omit<Extract<LogEntry, { kind: 'decideEach' }>, 'seq' | 'time'>
  | Omit<Extract<LogEntry, { kind: 'note' }>, 'seq' | 'time'>
  | Omit<Extract<LogEntry, { kind: 'merge' }>, 'seq' | 'time'>
  | Omit<Extract<LogEntry, { kind: 'labels' }>, 'seq' | 'time'>
  | Omit<Extract<LogEntry, { kind: 'undo' }>, 'seq' | 'time'>
  | Omit<Extract<LogEntry, { kind: 'redo' }>, 'seq' | 'time'>;

/** Where a row stands now. Rows nobody has touched have no such record. */
export interface RowReview {
  readonly decision: Decision | null;
  readonly note: string;
  readonly time: string;
  readonly reviewer: string;
}
