import { defineStore } from 'pinia';
import { ref, shallowRef, watch } from 'vue';
import type { Query } from '../../../contract/review';
import { useSession } from '../session';
import { standardLayout } from './layoutModel';
import { useReviewLayout } from './reviewLayout';
import { useReviewOverview } from './reviewOverview';
import { type ColumnLayout, readPlace, writePlace } from './reviewPlace';
import { defaultQuery } from './reviewQuery';
import { useReviewView } from './reviewView';

/** Milliseconds without a change before the place is written to the project. */
const pause = 400;

/** Takes Review up where it was left (row, list, threshold, columns, scroll), and remembers where it is. */
export const useReviewSession = defineStore('reviewSession', () => {
  const list = useReviewView();
  const overview = useReviewOverview();
  const session = useSession();
  const layout = useReviewLayout();

  const columns = shallowRef<readonly ColumnLayout[]>([]);
  /** Distance between the top of the rows and the top of the table's window, in CSS pixels. */
  const offset = ref(0);
  const evidenceOpen = ref(true);
  let folder = '';
  let shown = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saved = '';

  /** Which audit of which opening the review on screen belongs to. */
  const state = (): string => `${session.generation}|${session.audit?.startedAt ?? ''}`;

  /** Begins or goes on with the review of the open project; does nothing when it is already there. */
  async function enter(): Promise<void> {
    if (session.audit === null || shown === state()) return;
    shown = state();
    const sameProject = folder === session.folder;
    folder = session.folder;
    let row = list.focusedRow?.row ?? null;
    if (!sameProject) {
      const place = readPlace(session.view);
      list.reset(place?.query ?? defaultQuery);
      overview.reset();
      columns.value = place?.columns ?? [];
      evidenceOpen.value = place?.evidenceOpen ?? true;
      offset.value = place?.offset ?? 0;
      layout.restore(place?.layout ?? standardLayout);
      row = place?.focusRow ?? null;
      saved = session.view;
    }
    void overview.load(list.query.threshold);
    await list.open(row);
  }

  /** Asks another question of the rows; the counts follow where the threshold changed. */
  async function ask(query: Query): Promise<void> {
    const moved = query.threshold !== list.query.threshold;
    const opening = list.ask(query);
    if (moved) void overview.load(query.threshold);
    await opening;
  }

  /** Asks the same question again: what was decided since leaves the list of what is pending. */
  async function refresh(): Promise<void> {
    void overview.load(list.query.threshold);
    await list.open();
  }

  function save(): void {
    clearTimeout(timer);
    if (session.audit === null || folder !== session.folder || list.view === null) return;
    timer = setTimeout(() => {
      if (folder !== session.folder) return;
      const text = writePlace({
        version: 1,
        query: list.query,
        focusRow: list.focusedRow?.row ?? null,
        offset: Math.max(0, Math.round(offset.value)),
        columns: [...columns.value],
        evidenceOpen: evidenceOpen.value,
        layout: layout.kept,
      });
      if (text === saved) return;
      saved = text;
      void session.saveView(text);
    }, pause);
  }

  watch([() => list.query, () => list.focusedRow?.row, columns, offset, evidenceOpen, () => layout.kept], save);

  return { columns, offset, evidenceOpen, enter, ask, refresh };
});
