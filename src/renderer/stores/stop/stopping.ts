import { defineStore } from 'pinia';
import { ref, shallowRef, watch } from 'vue';
import type { StopFigures } from '../../../contract/stop';
import { formatPlural } from '../../../core/base/format';
import type { StopLimit } from '../../../core/review/stopAdvice';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { defaultQuery } from '../review/reviewQuery';
import { useReviewRows } from '../review/reviewRows';
import { useReviewSession } from '../review/reviewSession';
import { reviewThreshold } from '../review/reviewThreshold';
import { useReviewView } from '../review/reviewView';
import { useSession } from '../session';
import { useToasts } from '../toasts';

/** Rows of a spot check. */
export const spotCheckRows = 40;

/** When to stop reviewing: where the review stands, what may be left, and ways back into it. */
export const useStopping = defineStore('stopping', () => {
  const session = useSession();
  const place = useReviewSession();
  const list = useReviewView();
  const review = useReviewRows();

  const figures = shallowRef<StopFigures | null>(null);
  const failure = shallowRef<unknown>(null);
  /** Stop when fewer than one in so many rows are wrong. */
  const limit = ref<StopLimit>(10);
  let latest = 0;

  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const found = await engineClient.call('stop.figures', { threshold: reviewThreshold() });
      if (mine !== latest) return;
      figures.value = found;
      failure.value = null;
    } catch (error) {
      if (mine === latest && !isQuiet(error)) failure.value = error;
    }
  }

  /** Shows the pending rows in Review from this one on; the threshold falls where they lie below it. */
  async function goOn(row: number, suspicion: number): Promise<void> {
    await place.enter();
    const threshold = Math.min(list.query.threshold, Math.floor(100 * suspicion) / 100);
    await place.ask({ ...defaultQuery, threshold });
    await list.open(row);
  }

  /** Rows below the threshold drawn at random, in Review. @returns whether there are any. */
  async function spotCheck(): Promise<boolean> {
    try {
      const { rows } = await engineClient.call('stop.spotCheck', {
        threshold: reviewThreshold(),
        count: spotCheckRows,
      });
      if (rows.length === 0) return false;
      await review.show(rows, `spot check: ${formatPlural(rows.length, 'row')} below the threshold, drawn at random`);
      return true;
    } catch (error) {
      if (!isQuiet(error)) useToasts().showError('The rows could not be drawn', error);
      return false;
    }
  }

  watch(
    () => session.folder,
    () => {
      latest += 1;
      figures.value = null;
      failure.value = null;
    },
    { flush: 'sync' },
  );

  return { figures, failure, limit, load, goOn, spotCheck };
});
