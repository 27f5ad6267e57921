import { defineStore } from 'pinia';
import type { ReviewRow } from '../../../contract/review';
import { formatPlural } from '../../../core/base/format';
import type { Decision } from '../../../core/review/decisions';
import { useSettings } from '../settings';
import { useToasts } from '../toasts';
import { useBulkQuestion } from './bulkQuestion';
import { useRedoWarning } from './redoWarning';
import { resolveSelection } from './resolveSelection';
import { useReviewAdvance } from './reviewAdvance';
import { decisionFor, describeDone, type ReviewChoice, sameForEveryRow } from './reviewChoice';
import { useReviewView } from './reviewView';
import { useReviewWrites } from './reviewWrites';
import { TaskQueue } from './taskQueue';

/**
 * Decisions, notes, undo and redo. A key acts at once on the table; behind it the changes go to the engine strictly in
 * order. What depends on an answer (where the next pending row is) holds later keys back, so that none hits a wrong
 * row.
 */
export const useReviewDecisions = defineStore('reviewDecisions', () => {
  const list = useReviewView();
  const writes = useReviewWrites();
  const redoWarning = useRedoWarning();
  const bulk = useBulkQuestion();
  const { advance } = useReviewAdvance();
  const settings = useSettings();
  const toasts = useToasts();

  const keys = new TaskQueue((error, unused) =>
    toasts.showError(
      unused > 0
        ? `That did not work; ${formatPlural(unused, 'key')} typed after it was not used`
        : 'That did not work',
      error,
    ),
  );
  /** Does one thing after the other, at once where nothing is under way. */
  const inOrder = (task: () => void | Promise<void>): void => keys.push(task);

  /** The message that offers to undo the latest change. */
  let undoToast: number | null = null;
  /** Another change is the latest one now, or none: what the message offers would undo that. */
  function takeBackOffer(): void {
    if (undoToast !== null) toasts.dismiss(undoToast);
    undoToast = null;
  }

  /** Decides the selected rows, or the focused one when none is selected. */
  function decide(choice: ReviewChoice): void {
    inOrder(() => (redoWarning.mayHaveToAsk() ? askFirst(choice) : decideNow(choice)));
  }

  async function askFirst(choice: ReviewChoice): Promise<void> {
    if (await redoWarning.mayDecide()) await decideNow(choice);
    else keys.clear();
  }

  function decideNow(choice: ReviewChoice): void | Promise<void> {
    const single = list.selection.count === 1 && list.isPlaceSelected(list.focus);
    if (list.selection.count > 0 && !single) return decideSelected(choice);
    const place = list.focus;
    if (place < 0) return undefined;
    const row = list.rowAt(place);
    if (row !== undefined) return decideRow(choice, place, row);
    return list.blocks
      .load(place)
      .then((loaded) => (loaded === undefined ? undefined : decideRow(choice, place, loaded)));
  }

  function decideRow(choice: ReviewChoice, place: number, row: ReviewRow): void | Promise<void> {
    takeBackOffer();
    writes.decide({ kind: 'rows', rows: [row.row] }, decisionFor(choice, row), row.id);
    writes.announcement = describeDone(choice, row.id);
    list.clearSelection();
    if (choice.kind === 'restore' || !settings.advance) return undefined;
    return advance(place);
  }

  async function decideSelected(choice: ReviewChoice): Promise<void> {
    const view = list.view;
    const selection = list.selection;
    if (view === null) return;
    const subject = formatPlural(selection.count, 'row');
    const resolved = await resolveSelection(selection, view, (start, end) => list.blocks.rowNumbers(start, end));
    // What waits would be missing from what is said to be overwritten.
    if (!writes.held) await writes.whenIdle();
    if (!(await bulk.mayDecide(resolved, choice))) {
      keys.clear();
      return;
    }
    if (sameForEveryRow(choice)) writes.decide(resolved, decisionForAll(choice), subject);
    else writes.choose(resolved, choice, subject);
    const title = describeDone(choice, subject);
    takeBackOffer();
    writes.announcement = title;
    undoToast = toasts.show({ title, action: { label: 'Undo', run: () => undo() } });
    const from = list.focus;
    const moveOn = list.isPlaceSelected(from) && choice.kind !== 'restore' && settings.advance;
    list.clearSelection();
    if (moveOn) await advance(from);
  }

  /** Writes a note on the selected rows, or on the given one. An empty note removes it. */
  async function note(text: string, row: ReviewRow | null): Promise<void> {
    const view = list.view;
    if (view === null) return;
    takeBackOffer();
    if (row !== null) {
      list.blocks.replace([{ ...row, note: text }]);
      writes.note({ kind: 'rows', rows: [row.row] }, text, row.id);
    } else {
      const { selection } = list;
      const resolved = await resolveSelection(selection, view, (start, end) => list.blocks.rowNumbers(start, end));
      writes.note(resolved, text, formatPlural(selection.count, 'row'));
    }
  }

  function step(kind: 'undo' | 'redo', steps: number): void {
    inOrder(() => {
      takeBackOffer();
      writes.step(kind, steps);
    });
  }
  const undo = (steps = 1): void => step('undo', steps);
  const redo = (steps = 1): void => step('redo', steps);

  return { inOrder, decide, note, undo, redo };
});

/** Of a choice that means the same for every row. */
function decisionForAll(choice: ReviewChoice): Decision | null {
  return choice.kind === 'keep' || choice.kind === 'remove' || choice.kind === 'later' ? { kind: choice.kind } : null;
}
