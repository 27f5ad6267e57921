import type { Query, Selection } from '../../../contract/review';
import { AssayError, InputError } from '../../../core/base/errors';
import { formatCount, formatPlural } from '../../../core/base/format';
import { visibleText } from '../../../core/base/visibleText';
import { engineClient } from '../../client/engineClient';
import { resolveSelection } from '../review/resolveSelection';
import { reviewThreshold } from '../review/reviewThreshold';
import { useReviewView } from '../review/reviewView';
import { selectSpan } from '../review/selectionModel';

/**
 * selected: in Review, or the row in focus there · removed, relabelled: decided to be · pending: suspects without a
 * decision · top: the most suspicious training rows, whatever was decided.
 */
export type SubjectKind = 'selected' | 'removed' | 'relabelled' | 'pending' | 'top';

/** The rows that a question is about. */
export interface Subject {
  readonly selection: Selection;
  readonly count: number;
  /** What they are: “9 rows selected in Review”, “the removal list, 12 rows”. */
  readonly words: string;
}

const everything: Query = { queue: 'all', threshold: 0, filters: [], search: '', sort: [] };

/**
 * The rows meant now; decisions and selections change.
 * @param top how many of the most suspicious rows
 * @throws InputError when a selection is too long to be named, or of a list that is out of date
 */
export async function resolveSubject(kind: SubjectKind, top: number): Promise<Subject> {
  switch (kind) {
    case 'selected':
      return resolveSelected();
    case 'removed':
      return resolveDecided('remove', 'the removal list');
    case 'relabelled':
      return resolveDecided('relabel', 'the rows with a new label');
    case 'pending': {
      const threshold = reviewThreshold();
      const pending = await open({ ...everything, queue: 'pending', threshold });
      const words = `${formatPlural(pending.count, 'pending suspect')}, suspicion ≥ ${threshold.toFixed(2)}`;
      return { ...pending, words };
    }
    case 'top':
      return resolveTop(top);
  }
}

async function open(query: Query): Promise<Pick<Subject, 'selection' | 'count'>> {
  const { viewId, total } = await engineClient.call('review.open', { query });
  return { selection: { kind: 'view', viewId, except: [] }, count: total };
}

async function resolveDecided(decision: 'remove' | 'relabel', words: string): Promise<Subject> {
  const filters: Query['filters'] = [{ kind: 'in', column: 'decision', values: [decision] }];
  const decided = await open({ ...everything, filters });
  return { ...decided, words: `${words}, ${formatPlural(decided.count, 'row')}` };
}

async function resolveSelected(): Promise<Subject> {
  const list = useReviewView();
  const { view, focus, focusedRow } = list;
  if (view === null || focus < 0) return { selection: { kind: 'rows', rows: [] }, count: 0, words: '' };
  const chosen = list.selection.count > 0 ? list.selection : selectSpan(focus, focus);
  const one = list.selection.count === 0 && focusedRow !== undefined;
  try {
    const selection = await resolveSelection(chosen, view, (start, end) => list.blocks.rowNumbers(start, end));
    const words = one
      ? `row ${visibleText(focusedRow.id, { limit: 80 })}`
      : `${formatPlural(chosen.count, 'row')} selected in Review`;
    return { selection, count: chosen.count, words };
  } catch (error) {
    if (error instanceof AssayError && error.details['expiredView'] === true) {
      throw new InputError('These rows were selected in a list that is out of date. Select them again in Review.');
    }
    throw error;
  }
}

/** Ranks are told apart, so those up to the last wanted one are the wanted rows: none has to be named. */
async function resolveTop(top: number): Promise<Subject> {
  const ranked = (last: number | null): Query => ({
    ...everything,
    filters: [
      { kind: 'in', column: 'split', values: ['train'] },
      { kind: 'range', column: 'rank', min: 1, max: last },
    ],
    sort: [{ column: 'rank', descending: false }],
  });
  const { viewId, total } = await engineClient.call('review.open', { query: ranked(null) });
  const count = Math.min(top, total);
  const words =
    count === 1 ? 'the most suspicious training row' : `the ${formatCount(count)} most suspicious training rows`;
  const all: Subject = { selection: { kind: 'view', viewId, except: [] }, count, words };
  if (count === total) return all;
  const { rows } = await engineClient.call('review.page', { viewId, offset: count - 1, limit: 1 });
  return { ...all, ...(await open(ranked(rows[0]?.rank ?? null))) };
}
