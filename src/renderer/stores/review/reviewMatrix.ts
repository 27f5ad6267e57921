import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { LabelPair, Query } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { useSession } from '../session';
import { withWords, wordFilter } from './reviewQuery';
import { useReviewSession } from './reviewSession';
import { useReviewView } from './reviewView';

/** A class as a filter asks for it; null: any. */
interface WantedPair {
  readonly given: string | null;
  readonly suggested: string | null;
}

/** Rows of the present list by given and suggested label, and which pair the list is filtered by. */
export const useReviewMatrix = defineStore('reviewMatrix', () => {
  const list = useReviewView();
  const place = useReviewSession();
  const session = useSession();
  const pairs = shallowRef<readonly LabelPair[] | null>(null);
  const failure = shallowRef<unknown>(null);
  let latest = 0;

  // The counts of another project, or of an earlier opening, are nobody's.
  watch(
    () => session.generation,
    () => {
      latest += 1;
      pairs.value = null;
      failure.value = null;
    },
    { flush: 'sync' },
  );

  /** What the list is filtered by; null where it is by several labels, or none. */
  const chosen = computed<WantedPair>(() => {
    const only = (column: 'given_label' | 'suggested_label'): string | null => {
      const values = wordFilter(list.query, column);
      return values.length === 1 ? (values[0] ?? null) : null;
    };
    return { given: only('given_label'), suggested: only('suggested_label') };
  });

  /** Counts anew. The counts on screen stay until the new ones are there. */
  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const answer = await engineClient.call('review.labelPairs', { query: list.shownQuery });
      if (mine !== latest) return;
      pairs.value = answer.pairs;
      failure.value = null;
    } catch (error) {
      if (mine === latest && !isQuiet(error)) failure.value = error;
    }
  }

  /** Filters the list by a pair, or a class alone; by none where it is filtered by just that. */
  function toggle(wanted: WantedPair): void {
    const same = chosen.value.given === wanted.given && chosen.value.suggested === wanted.suggested;
    const valuesOf = (label: string | null): string[] => (same || label === null ? [] : [label]);
    const byGiven: Query = withWords(list.query, 'given_label', valuesOf(wanted.given));
    void place.ask(withWords(byGiven, 'suggested_label', valuesOf(wanted.suggested)));
  }

  return { pairs, failure, chosen, load, toggle };
});
