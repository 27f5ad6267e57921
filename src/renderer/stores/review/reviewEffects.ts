import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { RemovalEffects } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { useSession } from '../session';
import { LatestRunner } from './latestRunner';
import { resolveSelection } from './resolveSelection';
import { useReviewView } from './reviewView';
import { type IndexSelection, selectSpan } from './selectionModel';

/** Milliseconds of quiet before the effects of a selection are asked for. */
const quiet = 60;

/** What is meant: the selected places, or the focused one where none is selected. */
interface Wish {
  readonly selection: IndexSelection;
  readonly view: { readonly viewId: string; readonly total: number };
}

/** What removing the selected rows (or the focused one) would do to the model, kept up while one selects. */
export const useReviewEffects = defineStore('reviewEffects', () => {
  const list = useReviewView();
  const session = useSession();
  const effects = shallowRef<RemovalEffects | null>(null);
  const failure = shallowRef<unknown>(null);
  /** True while the effects shown are those of an earlier selection. */
  const stale = ref(false);
  /** Nothing is selected: the effects are those of the focused row. */
  const ofFocus = computed(() => list.selection.count === 0);

  const runner = new LatestRunner<Wish, RemovalEffects>({
    quiet,
    run: async ({ selection, view }) => {
      const resolved = await resolveSelection(selection, view, (start, end) => list.blocks.rowNumbers(start, end));
      return engineClient.call('review.removalEffects', { selection: resolved });
    },
    onAnswer: (answer) => {
      effects.value = answer;
      failure.value = null;
      stale.value = false;
    },
    onError: (error) => {
      if (isQuiet(error)) return;
      failure.value = error;
      stale.value = false;
    },
  });

  function ask(): void {
    const view = list.view;
    const focus = list.focus;
    if (view === null || focus < 0) {
      runner.cancel();
      effects.value = null;
      stale.value = false;
      return;
    }
    stale.value = true;
    runner.wish({ selection: ofFocus.value ? selectSpan(focus, focus) : list.selection, view });
  }

  watch(() => [list.view, list.selection, list.selection.count === 0 ? list.focus : -1, session.generation], ask);

  return { effects, failure, stale, ofFocus, retry: ask };
});
