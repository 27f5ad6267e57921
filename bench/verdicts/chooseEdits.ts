import type { Random } from '../../src/core/base/random';
import { chooseRandom } from '../../src/core/validation/removalStrategies';

export const editKinds = ['list', 'top', 'errors', 'right', 'suspected right', 'relabelled'] as const;
export type EditKind = (typeof editKinds)[number];

/** Training rows to remove, or (`relabelled`) to give the suggested labels. */
export interface Edit {
  readonly kind: EditKind;
  /** Ascending. */
  readonly rows: Int32Array;
}

/** By row number. */
export interface JudgedRows {
  readonly suspicion: Float64Array;
  /** Its log-odds, for the order. */
  readonly logOdds: Float64Array;
  /** 1 = the label is a planted error. */
  readonly wrong: Uint8Array;
}

const listed = 0.5;
const topShare = 0.01;
const leastTop = 5;

/**
 * What is removed from the training rows `train`: the list (suspicion ≥ ½) and the top of the ranking (1 %, at least 5
 * rows); and of both sizes, or as many as there are, random errors, random right rows, and the right rows that are
 * suspected most. The list is also relabelled. Sets without rows, and the list where it is no longer than the top, are
 * left out; so are sets of nearly all rows, of which nothing could be learnt.
 */
export function chooseEdits(train: Int32Array, judged: JudgedRows, random: Random): readonly Edit[] {
  const { suspicion, logOdds, wrong } = judged;
  const ranked = train.slice().sort((a, b) => logOdds[b] - logOdds[a] || a - b);
  const list = train.filter((row) => suspicion[row] >= listed);
  const errors = train.filter((row) => wrong[row] === 1);
  const right = train.filter((row) => wrong[row] === 0);
  const suspected = ranked.filter((row) => wrong[row] === 0);
  const top = Math.max(leastTop, Math.round(topShare * train.length));
  const sizes = list.length > top ? [top, list.length] : [top];
  const edits: Edit[] = [{ kind: 'top', rows: ranked.slice(0, top).sort() }];
  if (list.length > top) edits.push({ kind: 'list', rows: list });
  if (list.length > 0) edits.push({ kind: 'relabelled', rows: list });
  for (const size of sizes) {
    edits.push({ kind: 'errors', rows: chooseRandom(errors, Math.min(size, errors.length), random) });
    edits.push({ kind: 'right', rows: chooseRandom(right, Math.min(size, right.length), random) });
    edits.push({ kind: 'suspected right', rows: suspected.slice(0, size).sort() });
  }
  return edits.filter(({ rows }) => rows.length > 0 && rows.length < train.length / 2);
}
