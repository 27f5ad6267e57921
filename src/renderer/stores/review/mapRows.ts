import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import type { ReviewRow } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { LatestRunner } from './latestRunner';
import { useReviewOverview } from './reviewOverview';
import { useReviewView } from './reviewView';

/** Milliseconds that the pointer rests on a point before its row is asked for. */
const quiet = 40;

/** The row that is pointed at on the map, whether it is in the list or not. */
export const useMapRows = defineStore('mapRows', () => {
  const list = useReviewView();
  const overview = useReviewOverview();
  const pointed = shallowRef<ReviewRow | null>(null);
  let wanted = -1;

  const runner = new LatestRunner<number, ReviewRow | undefined>({
    quiet,
    run: async (row) => (await engineClient.call('review.rows', { rows: [row] })).rows[0],
    onAnswer: (row) => {
      pointed.value = row?.row === wanted ? row : null;
    },
    // A card that does not come up harms nobody.
    onError: (error) => {
      if (!isQuiet(error)) pointed.value = null;
    },
  });

  /** −1: none. */
  function pointAt(row: number): void {
    if (row === wanted) return;
    wanted = row;
    if (row < 0) {
      runner.cancel();
      pointed.value = null;
      return;
    }
    const place = list.blocks.placeOf(row);
    const known = place === undefined ? undefined : list.blocks.at(place);
    if (known === undefined) {
      pointed.value = null;
      runner.wish(row);
    } else {
      runner.cancel();
      pointed.value = known;
    }
  }

  // What was decided meanwhile stands on the card, too.
  watch([() => list.view, () => overview.overview], () => {
    const row = wanted;
    wanted = -1;
    pointAt(row);
  });

  return { pointed, pointAt };
});
