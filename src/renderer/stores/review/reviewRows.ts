import { defineStore } from 'pinia';
import type { Filter } from '../../../contract/review';
import { defaultQuery } from './reviewQuery';
import { useReviewSession } from './reviewSession';
import { useReviewView } from './reviewView';

/** Shows named rows in Review, and only them. */
export const useReviewRows = defineStore('reviewRows', () => {
  const place = useReviewSession();
  const list = useReviewView();

  /** @param words what the rows are, for the filter's chip: “9 rows behind the prediction of r17” */
  async function show(rows: readonly number[], words: string): Promise<void> {
    await place.enter();
    const filter: Filter = { kind: 'rows', column: 'rows', rows: [...rows], words };
    await place.ask({ ...defaultQuery, threshold: list.query.threshold, queue: 'all', filters: [filter] });
  }

  /** The same, all of them selected. */
  async function select(rows: readonly number[], words: string): Promise<void> {
    await show(rows, words);
    list.selectAll();
  }

  return { show, select };
});
