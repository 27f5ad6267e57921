import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import * as z from 'zod';
import type { Selection } from '../../../contract/review';
import type { Saved, SavedChange, SavedView, WorkList } from '../../../contract/savedViews';
import { CancelledError, UnavailableError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useSession } from '../session';
import { useToasts } from '../toasts';
import { layoutSchema } from './layoutModel';
import { resolveSelection } from './resolveSelection';
import { useReviewLayout } from './reviewLayout';
import { useReviewOverview } from './reviewOverview';
import { columnLayoutSchema, sameQuery } from './reviewPlace';
import { useReviewSession } from './reviewSession';
import { useReviewView } from './reviewView';

/** What a view keeps of how the window shows it. */
const lookSchema = z.object({ columns: z.array(columnLayoutSchema).max(100), layout: layoutSchema });

const nothing: Saved = { views: [], lists: [] };
/** Milliseconds after the last change of the review until progress is read again. */
const pause = 250;

/** Saved views and work lists of the open project. */
export const useSaved = defineStore('saved', () => {
  const session = useSession();
  const list = useReviewView();
  const overview = useReviewOverview();
  const place = useReviewSession();
  const layout = useReviewLayout();
  const toasts = useToasts();

  const saved = shallowRef<Saved>(nothing);
  /** The view that was opened last, while it is there. */
  const openedId = ref<string | null>(null);
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const views = computed(() => saved.value.views);
  const lists = computed(() => saved.value.lists);
  const opened = computed(() => views.value.find(({ id }) => id === openedId.value) ?? null);
  /** The list has been filtered or sorted otherwise since the view was opened. */
  const isChanged = computed(() => opened.value !== null && !sameQuery(opened.value.query, list.query));
  const openList = computed(() => {
    const filter = list.query.filters.find((one) => one.kind === 'list' && one.inverted !== true);
    return filter?.kind === 'list' ? filter.list : null;
  });

  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const found = await engineClient.call('saved.read', {});
      if (mine === latest) saved.value = found;
    } catch (error) {
      // They are read again once the engine is back.
      if (mine !== latest || error instanceof CancelledError || error instanceof UnavailableError) return;
      toasts.showError('Saved views and work lists could not be read', error);
    }
  }

  /** @returns whether it was done: else it is said why not */
  async function change(wanted: SavedChange): Promise<boolean> {
    try {
      const found = await session.trackWrite(engineClient.call('saved.change', { change: wanted }));
      latest += 1;
      saved.value = found;
      return true;
    } catch (error) {
      toasts.showError('That was not saved', error);
      return false;
    }
  }

  const look = (): string => JSON.stringify({ columns: [...place.columns], layout: layout.kept });

  /** Keeps what is asked for now, and how it is shown, under a name; `id`: in place of that view. */
  async function saveView(name: string, id: string | null = null): Promise<boolean> {
    if (!(await change({ kind: 'save-view', id, name, query: list.query, look: look() }))) return false;
    openedId.value = id ?? views.value[views.value.length - 1]?.id ?? null;
    return true;
  }

  /** Another name; what the view asks stays. */
  async function renameView({ id, query, look: kept }: SavedView, name: string): Promise<boolean> {
    return change({ kind: 'save-view', id, name, query, look: kept });
  }

  async function openView(view: SavedView): Promise<void> {
    const kept = readLook(view.look);
    if (kept !== null) {
      place.columns = kept.columns;
      layout.restore(kept.layout);
    }
    openedId.value = view.id;
    await place.ask(view.query);
  }

  /** Of the selected rows; without any, of all that are shown. */
  async function makeList(name: string): Promise<boolean> {
    const { view, selection } = list;
    if (view === null) return false;
    const rows: Selection =
      selection.count > 0
        ? await resolveSelection(selection, view, (start, end) => list.blocks.rowNumbers(start, end))
        : { kind: 'view', viewId: view.viewId, except: [] };
    return change({ kind: 'make-list', name, selection: rows });
  }

  /** Shows the rows of a list, at the first that is not decided. */
  async function goOn({ id, name }: WorkList): Promise<void> {
    await place.ask({
      ...list.query,
      queue: 'all',
      search: '',
      filters: [{ kind: 'list', column: 'list', list: id, words: name }],
    });
    const { view } = list;
    if (view === null || list.failure !== null) return;
    const { index } = await engineClient.call('review.nextPending', { viewId: view.viewId, from: -1 });
    if (index !== null && view === list.view) list.moveTo(index);
  }

  watch(
    () => session.folder,
    () => {
      latest += 1;
      saved.value = nothing;
      openedId.value = null;
    },
    { flush: 'sync' },
  );
  // Every decision moves the progress of lists.
  watch([() => session.generation, () => overview.overview], () => {
    clearTimeout(timer);
    if (session.audit !== null) timer = setTimeout(() => void load(), pause);
  });

  return {
    views,
    lists,
    opened,
    isChanged,
    openList,
    load,
    change,
    saveView,
    renameView,
    openView,
    makeList,
    goOn,
  };
});

/** null where another version wrote it. */
function readLook(text: string): z.infer<typeof lookSchema> | null {
  try {
    const parsed = lookSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
