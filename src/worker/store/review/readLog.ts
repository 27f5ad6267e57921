import * as z from 'zod';
import type { LogEntry } from '../../../core/review/decisions';
import { ReviewState } from '../../../core/review/reviewState';

/** The decision log as it was found. */
export interface ReadLog {
  /** Those that could be read and follow from each other. */
  readonly entries: LogEntry[];
  readonly state: ReviewState;
  /** Numbers of those that could not, ascending. */
  readonly damaged: readonly number[];
  /** Of all entries, damaged ones too: the next one comes after it. */
  readonly lastSeq: number;
}

const text = z.string().max(1_000_000);
const base = { seq: z.int().positive(), time: z.string().max(100), reviewer: z.string().max(10_000) };
const rows = z.array(z.int().nonnegative());

const decisionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep') }),
  z.strictObject({ kind: z.literal('remove') }),
  z.strictObject({ kind: z.literal('relabel'), label: text }),
  z.strictObject({ kind: z.literal('later') }),
]);

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('decide'), rows, decision: decisionSchema.nullable(), title: text }),
  z
    .object({
      ...base,
      kind: z.literal('decideEach'),
      rows,
      decisions: z.array(decisionSchema).max(1_000_000),
      which: z.array(z.int().nonnegative()),
      title: text,
    })
    .refine(({ decisions, which, rows }) => which.length === rows.length && which.every((at) => at < decisions.length)),
  z.object({ ...base, kind: z.literal('note'), rows, note: text, title: text }),
  z.object({
    ...base,
    kind: z.literal('merge'),
    rows,
    reviews: z.array(
      z.object({ decision: decisionSchema.nullable(), note: text, time: base.time, reviewer: base.reviewer }),
    ),
    pass: z.int().positive().optional(),
    title: text,
  }),
  z.object({
    ...base,
    kind: z.literal('labels'),
    rows: z.tuple([]),
    column: text,
    reading: z
      .object({
        choice: z.enum(['merge', 'keep']),
        groups: z.array(z.object({ label: text, spellings: z.array(text) })),
      })
      .nullable(),
    title: text,
  }),
  z.object({ ...base, kind: z.literal('undo'), target: z.int().positive() }),
  z.object({ ...base, kind: z.literal('redo'), target: z.int().positive() }),
]);

/** Reads stored entries, ascending by number, of a dataset with `rowCount` rows. */
export function readLog(stored: readonly { readonly seq: number; readonly text: string }[], rowCount: number): ReadLog {
  const state = new ReviewState();
  const entries: LogEntry[] = [];
  const damaged: number[] = [];
  for (const one of stored) {
    const entry = readEntry(one, rowCount);
    if (entry !== undefined && follows(state, entry)) entries.push(entry);
    else damaged.push(one.seq);
  }
  return { entries, state, damaged, lastSeq: stored[stored.length - 1]?.seq ?? 0 };
}

function readEntry(
  { seq, text: stored }: { readonly seq: number; readonly text: string },
  rowCount: number,
): LogEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return undefined;
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success || parsed.data.seq !== seq) return undefined;
  const { data } = parsed;
  const isBeyond = (row: number): boolean => row >= rowCount;
  // How labels are read, undoing and redoing name no rows.
  if (data.kind === 'merge' && data.reviews.length !== data.rows.length) return undefined;
  return 'rows' in data && data.rows.some(isBeyond) ? undefined : data;
}

/** Applies an entry; one that does not follow from those before leaves the state as it was. */
function follows(state: ReviewState, entry: LogEntry): boolean {
  try {
    state.apply(entry);
    return true;
  } catch {
    return false;
  }
}
