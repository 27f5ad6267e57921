import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { HistoryItem } from '../../../contract/review';
import { UnavailableError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useSession } from '../session';
import { useReviewDecisions } from './reviewDecisions';
import { useReviewOverview } from './reviewOverview';

/** Changes read at once. */
const pageSize = 100;

/** The named history: what undo and redo would do, and the list of all changes. */
export const useReviewHistory = defineStore('reviewHistory', () => {
  const overview = useReviewOverview();
  const decisions = useReviewDecisions();
  const session = useSession();

  const undoTitle = computed(() => overview.overview?.undo ?? null);
  const redoTitle = computed(() => overview.overview?.redo ?? null);
  /** Undone changes that the next decision drops. */
  const redoCount = computed(() => overview.overview?.redoCount ?? 0);

  const panelOpen = ref(false);
  const items = shallowRef<readonly HistoryItem[]>([]);
  const total = ref(0);
  const failure = shallowRef<unknown>(null);
  let latest = 0;

  /** Reads the first changes again, at least as many as were shown. */
  async function load(limit: number): Promise<void> {
    const mine = ++latest;
    try {
      const read: HistoryItem[] = [];
      let all = 0;
      do {
        const part = await engineClient.call('review.history', { offset: read.length, limit: pageSize });
        if (mine !== latest) return;
        all = part.total;
        read.push(...part.items);
        if (part.items.length === 0) break;
      } while (read.length < Math.min(limit, all));
      items.value = read;
      total.value = all;
      failure.value = null;
    } catch (error) {
      if (mine === latest && !(error instanceof UnavailableError)) failure.value = error;
    }
  }

  const reload = (): Promise<void> => load(Math.max(pageSize, items.value.length));
  const loadMore = (): Promise<void> => load(items.value.length + pageSize);

  // Every change brings a new overview: an open list follows it.
  watch([panelOpen, () => overview.overview], ([open]) => {
    if (open) void reload();
  });
  watch(
    () => session.generation,
    () => {
      items.value = [];
      total.value = 0;
      if (panelOpen.value) void reload();
    },
  );

  return {
    undoTitle,
    redoTitle,
    redoCount,
    panelOpen,
    items,
    total,
    failure,
    loadMore,
    undo: () => decisions.undo(),
    redo: () => decisions.redo(),
  };
});
