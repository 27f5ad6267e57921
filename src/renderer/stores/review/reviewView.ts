import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowRef, watch } from 'vue';
import type { NumberColumn, Query, ReviewRow, Spread, View } from '../../../contract/review';
import { CancelledError, UnavailableError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useSession } from '../session';
import { useToasts } from '../toasts';
import { sameQuery } from './reviewPlace';
import { defaultQuery } from './reviewQuery';
import { RowBlocks } from './rowBlocks';
import {
  emptySelection,
  type IndexSelection,
  isSelected,
  selectAll as selectEvery,
  selectSpan,
  subtract,
  toggle,
  unite,
} from './selectionModel';

/** How a click or a move treats the selection: Shift extends it, Ctrl leaves it (moves) or toggles a row (clicks). */
interface SelectionKeys {
  readonly extend: boolean;
  readonly keep: boolean;
}

/** What becomes of the selection when more places are found. */
export type SelectionChange = 'replace' | 'add' | 'subtract';

/**
 * The list of rows one works on: what is asked for (query), the order it came in (view, fixed until asked anew), the
 * focused place and the selected ones. Places count from 0 in the view; −1 = none.
 */
export const useReviewView = defineStore('reviewView', () => {
  const query = shallowRef<Query>(defaultQuery);
  const view = shallowRef<View | null>(null);
  /** The query of the view on screen: behind `query` while the next view is being opened. */
  const shownQuery = shallowRef<Query>(defaultQuery);
  const opening = ref(false);
  const failure = shallowRef<unknown>(null);
  /** Grows whenever rows that can be asked for change. */
  const version = ref(0);
  const focus = ref(-1);
  const selection = shallowRef<IndexSelection>(emptySelection);
  /** Largest effect on validation loss among the first rows of the view: the full length of its bars. */
  const effectScale = ref(0);
  /** Nothing undecided was found in it. */
  const done = ref(false);
  let anchor = -1;
  let latest = 0;

  // Raw: a reactive proxy could not reach its private fields.
  const blocks = markRaw(
    new RowBlocks({
      read: async (viewId, offset, limit) => (await engineClient.call('review.page', { viewId, offset, limit })).rows,
      readNumbers: async (viewId) => (await engineClient.call('review.viewRows', { viewId })).rows,
      onChange: () => {
        version.value += 1;
      },
      onError: (error) => {
        // The view is opened anew once the engine is back.
        if (!(error instanceof UnavailableError)) useToasts().showError('Some rows could not be read', error);
      },
    }),
  );

  const total = computed(() => view.value?.total ?? 0);
  /** The rows could not be read because the engine is away: they come back with it. */
  const engineAway = computed(() => failure.value instanceof UnavailableError);
  const focusedRow = computed(() => rowAt(focus.value));

  /** The row at a place, or undefined while it is not read. Reactive. */
  function rowAt(place: number): ReviewRow | undefined {
    return version.value < 0 || place < 0 ? undefined : blocks.at(place);
  }

  /**
   * Opens the view of the present query; the one on screen stays until the new one can be shown whole.
   * @param focusRow row to focus if it is in the view, else the first
   * @returns whether this is the view now on screen (false: overtaken, or failed)
   */
  async function open(focusRow: number | null = focusedRow.value?.row ?? null): Promise<boolean> {
    const mine = ++latest;
    const asked = query.value;
    opening.value = true;
    failure.value = null;
    try {
      const next = await engineClient.call('review.open', { query: asked });
      let place = 0;
      if (focusRow !== null && next.total > 0) {
        place = (await engineClient.call('review.indexOf', { viewId: next.viewId, row: focusRow })).index ?? 0;
      }
      const offset = Math.max(0, Math.floor(place / blocks.blockSize) - 1) * blocks.blockSize;
      const limit = Math.min(3 * blocks.blockSize, next.total - offset);
      const rows =
        limit > 0 ? (await engineClient.call('review.page', { viewId: next.viewId, offset, limit })).rows : [];
      if (mine !== latest) return false;
      blocks.open(next, offset, rows);
      view.value = next;
      done.value = false;
      shownQuery.value = asked;
      focus.value = next.total > 0 ? place : -1;
      anchor = focus.value;
      selection.value = emptySelection;
      effectScale.value = usualEffect(rows);
      return true;
    } catch (error) {
      if (mine !== latest || error instanceof CancelledError) return false;
      failure.value = error;
      return false;
    } finally {
      if (mine === latest) opening.value = false;
    }
  }

  /** How a column is spread over the rows of the present list, whatever the list asks of that column. */
  async function readSpread(column: NumberColumn, bins: number): Promise<Spread | null> {
    return (await engineClient.call('review.spread', { query: query.value, column, bins })).spread;
  }

  /** Asks another question; opens its view. */
  async function ask(next: Query): Promise<boolean> {
    if (sameQuery(next, query.value) && failure.value === null && view.value !== null) return true;
    // A new order is asked for to see its beginning; with filters one stays with the row in hand.
    const reordered = JSON.stringify(next.sort) !== JSON.stringify(query.value.sort);
    query.value = next;
    return reordered ? open(null) : open();
  }

  // At once, before anyone sees both: a row of the one project asked of the other is another row, or none.
  const session = useSession();
  watch(
    () => session.folder,
    () => reset(),
    { flush: 'sync' },
  );

  /** Forgets everything: another project, or none. */
  function reset(start: Query = defaultQuery): void {
    latest += 1;
    query.value = start;
    shownQuery.value = start;
    view.value = null;
    done.value = false;
    opening.value = false;
    failure.value = null;
    focus.value = -1;
    anchor = -1;
    selection.value = emptySelection;
    effectScale.value = 0;
    blocks.close();
  }

  function clampPlace(place: number): number {
    return Math.min(Math.max(0, place), total.value - 1);
  }

  /** Moves the focus; without keys held the selection goes. */
  function moveTo(place: number, keys: SelectionKeys = { extend: false, keep: false }): void {
    if (total.value === 0) return;
    const next = clampPlace(place);
    if (keys.extend) extendTo(next, keys.keep);
    else {
      anchor = next;
      if (!keys.keep && selection.value.count > 0) selection.value = emptySelection;
    }
    focus.value = next;
  }

  /** A click on a row: plain focuses it, Ctrl adds or takes it away, Shift selects from the anchor to it. */
  function clickRow(place: number, keys: SelectionKeys): void {
    if (keys.extend || !keys.keep) {
      moveTo(place, keys);
      return;
    }
    // The focused row counts as begun: Ctrl-clicking another one selects both.
    const begun =
      selection.value.count === 0 && focus.value >= 0 && focus.value !== place
        ? selectSpan(focus.value, focus.value)
        : selection.value;
    selection.value = toggle(begun, clampPlace(place));
    focus.value = clampPlace(place);
    anchor = focus.value;
  }

  function extendTo(place: number, keep: boolean): void {
    const from = anchor < 0 ? place : anchor;
    const span = selectSpan(from, place);
    selection.value = keep ? unite(selection.value, span) : span;
  }

  function toggleFocused(): void {
    if (focus.value >= 0) selection.value = toggle(selection.value, focus.value);
  }

  function selectAll(): void {
    selection.value = selectEvery(total.value);
  }

  /** Selects places found by a view of its own; where the focus is not among them it goes to the first. */
  function select(found: IndexSelection, how: SelectionChange): void {
    const before = selection.value;
    selection.value = how === 'replace' ? found : how === 'add' ? unite(before, found) : subtract(before, found);
    const first = selection.value.ranges[0];
    if (first !== undefined && !isSelected(selection.value, focus.value)) focus.value = first.start;
    anchor = focus.value;
  }

  function clearSelection(): void {
    if (selection.value.count > 0) selection.value = emptySelection;
    anchor = focus.value;
  }

  const isPlaceSelected = (place: number): boolean => isSelected(selection.value, place);

  return {
    query,
    view,
    shownQuery,
    opening,
    failure,
    version,
    focus,
    selection,
    effectScale,
    done,
    total,
    focusedRow,
    engineAway,
    blocks,
    rowAt,
    open,
    readSpread,
    ask,
    reset,
    moveTo,
    clickRow,
    toggleFocused,
    selectAll,
    select,
    clearSelection,
    isPlaceSelected,
  };
});

/**
 * The size of effect that fills the bar: nine in ten rows have a smaller one, so that one outlier leaves the rest to be
 * seen.
 */
function usualEffect(rows: readonly ReviewRow[]): number {
  const sizes = rows.map((row) => Math.abs(row.valLossRif ?? 0)).sort((a, b) => a - b);
  return sizes[Math.floor(0.9 * sizes.length)] ?? 0;
}
