import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { HistoryItem } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { LatestRunner } from './latestRunner';
import { useReviewOverview } from './reviewOverview';
import { useReviewView } from './reviewView';

/** Changes of a row that are listed, the latest. */
const listed = 20;
/** Milliseconds: moving through rows asks only for where one stops. */
const quiet = 150;

interface RowHistory {
  readonly row: number;
  readonly total: number;
  readonly items: readonly HistoryItem[];
}

/** What was decided about the focused row so far, undone changes too; asked anew after every change. */
export const useRowHistory = defineStore('rowHistory', () => {
  const list = useReviewView();
  const overview = useReviewOverview();
  const history = shallowRef<RowHistory | null>(null);
  const failure = shallowRef<unknown>(null);

  const runner = new LatestRunner<number, RowHistory>({
    quiet,
    run: async (row) => ({ row, ...(await engineClient.call('review.history', { offset: 0, limit: listed, row })) }),
    onAnswer: (answer) => {
      history.value = answer;
      failure.value = null;
    },
    onError: (error) => {
      if (!isQuiet(error)) failure.value = error;
    },
  });

  watch(
    [() => list.focusedRow?.row, () => overview.overview],
    ([row]) => {
      if (row === undefined) runner.cancel();
      else runner.wish(row);
    },
    { immediate: true },
  );

  return { history, failure };
});
