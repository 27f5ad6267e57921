import { defineStore } from 'pinia';
import { UnavailableError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useReviewView } from './reviewView';
import { useReviewWrites } from './reviewWrites';

/** Where one goes after a decision. */
export const useReviewAdvance = defineStore('reviewAdvance', () => {
  const list = useReviewView();
  const writes = useReviewWrites();

  /** Moves to the next row that is still to be decided; at once where it is among the rows read. */
  function advance(from: number): void | Promise<void> {
    const { queue } = list.shownQuery;
    // Rows that are settled have decisions already.
    const isList = list.shownQuery.filters.some(({ kind }) => kind === 'rows');
    if (queue === 'decided' || queue === 'later' || (queue === 'all' && isList)) {
      list.moveTo(from + 1);
      return undefined;
    }
    for (let place = from + 1; place < list.total; place += 1) {
      const row = list.blocks.at(place);
      if (row === undefined) break;
      if (row.decision === null) {
        list.moveTo(place);
        return undefined;
      }
    }
    return advanceByAsking(from);
  }

  async function advanceByAsking(from: number): Promise<void> {
    const view = list.view;
    if (view === null) return;
    // The engine must know of what was decided just now, or it would name it as pending.
    await writes.whenIdle();
    if (writes.waiting > 0) throw new UnavailableError('The engine is being started again. What was decided is kept.');
    const { index } = await engineClient.call('review.nextPending', { viewId: view.viewId, from });
    if (view !== list.view) return;
    list.done = index === null;
    if (index !== null) list.moveTo(index);
    else writes.announcement = 'Every row in this list is decided.';
  }

  return { advance };
});
