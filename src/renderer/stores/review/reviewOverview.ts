import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { ReviewChange, ReviewOverview } from '../../../contract/review';
import { UnavailableError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useToasts } from '../toasts';

/** Counts of the queues, progress, histogram and facets at the present threshold, and what undo and redo would do. */
export const useReviewOverview = defineStore('reviewOverview', () => {
  const overview = shallowRef<ReviewOverview | null>(null);
  /** What the overview shown was computed for. */
  const threshold = shallowRef<number | null>(null);
  let latest = 0;
  let lastSeq = 0;

  const decided = computed(() => {
    const now = overview.value;
    return now === null ? 0 : now.kept + now.removed + now.relabelled;
  });

  async function load(at: number): Promise<void> {
    const mine = ++latest;
    const before = lastSeq;
    try {
      const next = await engineClient.call('review.overview', { threshold: at });
      // A decision made meanwhile has brought a newer one.
      if (mine !== latest || before !== lastSeq) return;
      overview.value = next;
      threshold.value = at;
    } catch (error) {
      if (mine === latest && !(error instanceof UnavailableError)) {
        useToasts().showError('The state of the review could not be read', error);
      }
    }
  }

  /** Takes the overview that came with a change, unless a later change has been heard of. */
  function takeChange(change: ReviewChange, at: number): void {
    if (change.seq <= lastSeq) return;
    lastSeq = change.seq;
    overview.value = change.overview;
    threshold.value = at;
  }

  function reset(): void {
    latest += 1;
    lastSeq = 0;
    overview.value = null;
    threshold.value = null;
  }

  return { overview, threshold, decided, load, takeChange, reset };
});
