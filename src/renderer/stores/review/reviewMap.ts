import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { MapColour, MapPlaces, MapValues } from '../../../contract/map';
import type { View } from '../../../contract/review';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { isRunning, useJobs } from '../jobs';
import { useSession } from '../session';
import { useReviewLayout } from './reviewLayout';
import { useReviewOverview } from './reviewOverview';
import { useReviewView } from './reviewView';

/** The present list as the map needs it. */
interface ListedRows {
  readonly view: View;
  /** Row number of each place. */
  readonly numbers: Int32Array;
  /** Place of each row of the data, −1 = not in the list. */
  readonly placeOfRow: Int32Array;
}

/**
 * What the map of the rows is made of: where all rows stand, what colours them, and which of them are in the list.
 * Asked of the engine while a map is shown, kept until something of it changes.
 */
export const useReviewMap = defineStore('reviewMap', () => {
  const list = useReviewView();
  const layout = useReviewLayout();
  const overview = useReviewOverview();
  const session = useSession();

  /** null while they are not read, and of `umap` before it was computed: see {@link missing}. */
  const places = shallowRef<MapPlaces | null>(null);
  const missing = shallowRef(false);
  const values = shallowRef<{ readonly by: MapColour; readonly values: MapValues } | null>(null);
  const suspicion = shallowRef<Float32Array | null>(null);
  const listed = shallowRef<ListedRows | null>(null);
  const failure = shallowRef<unknown>(null);
  /** Maps that are on screen. */
  const shown = shallowRef(0);

  const choice = computed(() => layout.kept.map);
  const colour = computed<MapColour>(() => {
    const wanted = choice.value.colour ?? usualColour();
    // Chosen for an audit of classes, before one of numbers.
    return hasNumbers() && (wanted === 'given_label' || wanted === 'suggested_label') ? usualColour() : wanted;
  });
  /** Which audit of which opening all of it is about. */
  const about = computed(() => `${session.generation}|${session.audit?.startedAt ?? ''}`);
  const ready = computed(
    () => places.value !== null && values.value !== null && suspicion.value !== null && listed.value !== null,
  );

  function usualColour(): MapColour {
    return hasNumbers() ? 'suspicion' : 'given_label';
  }

  function hasNumbers(): boolean {
    return session.audit?.numbers !== undefined;
  }

  /** Reads something for as long as nobody asks for it anew, or for something else. */
  function reader<Asked, Answer>(
    read: (asked: Asked) => Promise<Answer>,
    take: (answer: Answer, asked: Asked) => void,
  ): (asked: Asked) => Promise<void> {
    let latest = 0;
    return async (asked) => {
      const mine = ++latest;
      const { generation } = session;
      const overtaken = (): boolean => mine !== latest || generation !== session.generation;
      try {
        const answer = await read(asked);
        if (!overtaken()) take(answer, asked);
      } catch (error) {
        if (!overtaken() && !isQuiet(error)) failure.value = error;
      }
    };
  }

  const readPlaces = reader(
    async () => (await engineClient.call('map.places', { layout: choice.value.layout })).places,
    (answer) => {
      places.value = answer;
      missing.value = answer === null;
    },
  );
  const readValues = reader(
    (by: MapColour) => engineClient.call('map.values', { by }),
    (answer, by) => {
      values.value = { by, values: answer };
    },
  );
  const readSuspicion = reader(
    () => engineClient.call('map.values', { by: 'suspicion' }),
    (answer) => {
      suspicion.value = answer.values;
    },
  );
  const readListed = reader(
    async () => ({ view: list.view, numbers: await list.blocks.allNumbers() }),
    ({ view, numbers }) => {
      if (view === null || view !== list.view) return;
      const rowCount = session.dataset?.rowCount ?? 0;
      const placeOfRow = new Int32Array(rowCount).fill(-1);
      numbers.forEach((row, place) => (placeOfRow[row] = place));
      listed.value = { view, numbers, placeOfRow };
    },
  );

  const jobs = useJobs();
  const starting = shallowRef(false);
  const startError = shallowRef<unknown>(null);
  const job = computed(() => jobs.mapping);
  const running = computed(() => starting.value || isRunning(jobs.mapping));

  /** Places the rows among their neighbours: they show when that is done. */
  async function start(): Promise<void> {
    if (running.value) return;
    starting.value = true;
    startError.value = null;
    const { generation } = session;
    try {
      await engineClient.call('map.start', {});
    } catch (error) {
      if (generation === session.generation && !isQuiet(error)) startError.value = error;
    } finally {
      starting.value = false;
    }
  }

  async function cancel(): Promise<void> {
    const current = jobs.mapping;
    if (current !== null && isRunning(current)) await jobs.cancel(current.id);
  }

  watch(
    () => (jobs.mapping?.state === 'done' ? jobs.mapping.id : ''),
    (id) => {
      if (id !== '' && choice.value.layout.kind === 'umap') void readPlaces(undefined);
    },
  );

  /** Reads all of it again, after a failure. */
  function retry(): void {
    failure.value = null;
    void readPlaces(undefined);
    void readValues(colour.value);
    void readSuspicion(undefined);
    void readListed(undefined);
  }

  const isShown = (): boolean => shown.value > 0 && session.audit !== null;
  const layoutKey = (): string => JSON.stringify(choice.value.layout);

  // Whatever stands still is not asked for again when the map comes back.
  let placesOf = '';
  let valuesOf = '';
  let suspicionOf = '';
  watch([isShown, about, layoutKey], ([visible, state, key]) => {
    if (!visible || placesOf === `${state} ${key}`) return;
    placesOf = `${state} ${key}`;
    places.value = null;
    missing.value = false;
    failure.value = null;
    void readPlaces(undefined);
  });
  watch([isShown, about, colour, () => overview.overview], ([visible, state, by, counts]) => {
    // Decisions change with every change of the overview; nothing else does.
    const key = `${state} ${by} ${by === 'decision' ? changesOf(counts) : ''}`;
    if (!visible || valuesOf === key) return;
    valuesOf = key;
    if (places.value !== null) failure.value = null;
    void readValues(by);
  });
  watch([isShown, about], ([visible, state]) => {
    if (!visible || suspicionOf === state) return;
    suspicionOf = state;
    void readSuspicion(undefined);
  });
  watch([isShown, () => list.view], ([visible]) => {
    if (visible && list.view !== null) void readListed(undefined);
  });

  let changes = 0;
  let counted: unknown = null;
  function changesOf(counts: unknown): number {
    if (counts !== counted) changes += 1;
    counted = counts;
    return changes;
  }

  watch(
    () => session.generation,
    () => {
      places.value = null;
      missing.value = false;
      values.value = null;
      suspicion.value = null;
      listed.value = null;
      failure.value = null;
      startError.value = null;
      placesOf = '';
      valuesOf = '';
      suspicionOf = '';
    },
    { flush: 'sync' },
  );

  /** A map is on screen; call what is returned when it is not any more. */
  function show(): () => void {
    shown.value += 1;
    return () => {
      shown.value -= 1;
    };
  }

  return {
    choice,
    colour,
    places,
    missing,
    values,
    suspicion,
    listed,
    failure,
    ready,
    job,
    running,
    startError,
    start,
    cancel,
    show,
    retry,
  };
});
