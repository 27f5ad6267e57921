import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Query } from '../../../contract/review';
import { CancelledError, UnavailableError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useReviewView } from './reviewView';

/**
 * The values of a column among the rows of the list, whatever it asks of that column: at most `limit` of those that
 * contain `find`.
 */
export function useCellFacet(column: number, wanted: () => { readonly find: string; readonly limit: number }) {
  return useFacet((query) => engineClient.call('review.cellFacet', { query, column, ...wanted() }), wanted);
}

/** How numbers or dates of a column are spread over the list, in so many bins; null: it has none. */
export function useCellSpread(column: number, bins: number) {
  return useFacet(async (query) => (await engineClient.call('review.cellSpread', { query, column, bins })).spread);
}

/**
 * What the engine says of a column under the filters of the list, asked again whenever the list or the question
 * changes; the last answer stays until the next is there. For the set-up of a component.
 */
function useFacet<Facet>(read: (query: Query) => Promise<Facet>, question: () => unknown = () => null) {
  const list = useReviewView();
  /** undefined: not read yet. */
  const facet = shallowRef<Facet>();
  const failure = shallowRef<unknown>(null);
  const reading = ref(false);
  let latest = 0;

  async function load(): Promise<void> {
    const mine = ++latest;
    reading.value = true;
    try {
      const found = await read(list.query);
      if (mine !== latest) return;
      facet.value = found;
      failure.value = null;
    } catch (error) {
      // Once the engine is back the list is opened anew, and this with it.
      const isQuiet = error instanceof CancelledError || error instanceof UnavailableError;
      if (mine === latest && !isQuiet) failure.value = error;
    } finally {
      if (mine === latest) reading.value = false;
    }
  }

  // With the list, and again when it has been opened: what is pending depends on decisions.
  watch([() => list.query, () => list.view, () => JSON.stringify(question())], () => void load(), { immediate: true });
  onScopeDispose(() => {
    latest += 1;
  });

  return { facet, failure, reading, load };
}
