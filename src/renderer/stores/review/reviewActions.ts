import { defineStore } from 'pinia';
import { formatPlural } from '../../../core/base/format';
import { engineClient } from '../../client/engineClient';
import { shellClient } from '../../client/shellClient';
import { useToasts } from '../toasts';
import { resolveSelection } from './resolveSelection';
import { defaultQuery } from './reviewQuery';
import { useReviewView } from './reviewView';
import { selectSpan } from './selectionModel';

/** What one does with rows besides deciding: copying them, and going to one by its number. */
export const useReviewActions = defineStore('reviewActions', () => {
  const list = useReviewView();
  const toasts = useToasts();

  /** Copies the selected rows, or the focused one, as a table with headers. */
  async function copyRows(): Promise<void> {
    const view = list.view;
    if (view === null || list.focus < 0) return;
    const chosen = list.selection.count > 0 ? list.selection : selectSpan(list.focus, list.focus);
    try {
      const selection = await resolveSelection(chosen, view, (start, end) => list.blocks.rowNumbers(start, end));
      const { text, rowCount } = await engineClient.call('review.copy', { selection });
      await shellClient.call('copyText', { text });
      toasts.show({ title: `Copied ${formatPlural(rowCount, 'row')} with headers` });
    } catch (error) {
      toasts.showError('Nothing was copied', error);
    }
  }

  /** Focuses a row by its number: in this list if it is there, else in the list of all rows, with a way back. */
  async function focusRow(row: number): Promise<void> {
    const view = list.view;
    if (view === null) return;
    try {
      const place =
        list.blocks.placeOf(row) ?? (await engineClient.call('review.indexOf', { viewId: view.viewId, row })).index;
      if (place !== null) {
        list.moveTo(place);
        return;
      }
      const back = list.query;
      const from = list.focusedRow?.row ?? null;
      list.query = { ...defaultQuery, queue: 'all', threshold: back.threshold };
      if (!(await list.open(row))) return;
      const goBack = (): void => {
        list.query = back;
        void list.open(from);
      };
      toasts.show({
        title: 'Now showing all rows',
        text: 'That row is not in the list you came from.',
        action: { label: 'Go back', run: goBack },
      });
    } catch (error) {
      toasts.showError('The row could not be shown', error);
    }
  }

  return { copyRows, focusRow };
});
