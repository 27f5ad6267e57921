import type { BulkChoice, BulkPreview, Standing } from '../../contract/review';
import type { Decision, RowReview } from '../../core/review/decisions';

/** What labels of rows say that a choice can depend on. */
interface ChoiceLabels {
  /** '' = none. */
  given(row: number): string;
  suggested(row: number): string;
}

/** Decisions of rows, each once, and which of them each row gets. */
export interface BulkDecisions {
  readonly decisions: readonly Decision[];
  readonly which: readonly number[];
}

/**
 * What a choice decides about each row, but for restoring. Choosing the label a row already has confirms it: that is a
 * keep.
 */
export function decideEach(
  choice: Exclude<BulkChoice, { kind: 'restore' }>,
  rows: ArrayLike<number>,
  labels: ChoiceLabels,
): BulkDecisions {
  if (choice.kind === 'keep' || choice.kind === 'remove' || choice.kind === 'later') {
    return { decisions: [{ kind: choice.kind }], which: Array.from({ length: rows.length }, () => 0) };
  }
  const decisions: Decision[] = [];
  /** Place of the decision to give a label; '' stands for keeping. */
  const places = new Map<string, number>();
  const which = Array.from({ length: rows.length }, (_, at) => {
    const row = rows[at];
    const label = choice.kind === 'class' ? choice.label : labels.suggested(row);
    const key = label === labels.given(row) ? '' : label;
    let place = places.get(key);
    if (place === undefined) {
      place = decisions.length;
      places.set(key, place);
      decisions.push(key === '' ? { kind: 'keep' } : { kind: 'relabel', label: key });
    }
    return place;
  });
  return { decisions, which };
}

/** Counts what decisions would change of rows as they are now. O(rows). */
export function previewDecisions(
  rows: ArrayLike<number>,
  { decisions, which }: BulkDecisions | { readonly decisions: readonly []; readonly which: readonly [] },
  now: ReadonlyMap<number, RowReview>,
): Pick<BulkPreview, 'rows' | 'changes'> {
  const counts = new Map<string, BulkPreview['changes'][number]>();
  for (let at = 0; at < rows.length; at++) {
    const before = now.get(rows[at])?.decision ?? null;
    const after = decisions[which[at]] ?? null;
    const [from, to] = [standingOf(before), standingOf(after)];
    const key = `${from} ${to}`;
    const count = counts.get(key) ?? { from, to, rows: 0, stay: 0 };
    count.rows += 1;
    count.stay += Number(isSame(before, after));
    counts.set(key, count);
  }
  return { rows: rows.length, changes: [...counts.values()].sort((one, other) => other.rows - one.rows) };
}

function standingOf(decision: Decision | null): Standing {
  return decision?.kind ?? 'undecided';
}

function isSame(one: Decision | null, other: Decision | null): boolean {
  if (one?.kind === 'relabel' && other?.kind === 'relabel') return one.label === other.label;
  return one?.kind === other?.kind;
}
