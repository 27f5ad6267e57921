import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { type Explanation, smallestSetOf } from '../../../contract/explain';
import type { Query, ReviewRow } from '../../../contract/review';
import { CancelledError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { isRunning, useJobs } from '../jobs';
import { useSession } from '../session';

/** Rows that are offered to be explained. */
const offered = 30;
/** Rows asked for at once. */
const most = 1000;

/** Those that the model gets most wrong: rows it was not fitted to, else training rows. */
function hardest(split: 'validation' | 'train'): Query {
  return {
    queue: 'all',
    threshold: 0,
    filters: [{ kind: 'in', column: 'split', values: [split] }],
    search: '',
    sort: [{ column: 'loss', descending: true }],
  };
}

/** Predictions and the training rows behind them: the explanation being made, and those kept in the project. */
export const useExplanations = defineStore('explanations', () => {
  const session = useSession();
  const jobs = useJobs();

  /** Latest first; null: not read yet. */
  const runs = shallowRef<readonly Explanation[] | null>(null);
  const failure = shallowRef<unknown>(null);
  const starting = ref(false);
  const startError = shallowRef<unknown>(null);
  const chosenId = ref<string | null>(null);
  /** The job that was started here, until its end is taken up. */
  const startedId = ref<string | null>(null);
  /** What Review knows of the rows that are named, by number. */
  const rows = shallowRef<ReadonlyMap<number, ReviewRow>>(new Map());
  const candidates = shallowRef<{ readonly split: 'validation' | 'train'; readonly rows: readonly ReviewRow[] } | null>(
    null,
  );
  let latest = 0;

  const job = computed(() => jobs.explaining);
  const running = computed(() => starting.value || isRunning(jobs.explaining));
  /** The last explanation if it failed or was cancelled. */
  const ended = computed(() => {
    const last = jobs.explaining;
    return !running.value && (last?.state === 'failed' || last?.state === 'cancelled') ? last : null;
  });
  /** The one to show: the one chosen, else the latest. */
  const shown = computed(() => runs.value?.find(({ id }) => id === chosenId.value) ?? runs.value?.[0] ?? null);

  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const [{ explanations }, hard] = await Promise.all([engineClient.call('explain.list', {}), findHardest()]);
      if (mine !== latest) return;
      runs.value = explanations;
      candidates.value = hard;
      failure.value = null;
      await learn();
    } catch (error) {
      if (mine === latest && !isQuiet(error)) failure.value = error;
    }
  }

  async function findHardest(): Promise<typeof candidates.value> {
    for (const split of ['validation', 'train'] as const) {
      const { viewId, total } = await engineClient.call('review.open', { query: hardest(split) });
      if (total === 0) continue;
      const page = await engineClient.call('review.page', { viewId, offset: 0, limit: offered });
      return { split, rows: page.rows };
    }
    return null;
  }

  /** Reads what Review knows of the rows that the shown explanation names, and of those explained before. */
  async function learn(): Promise<void> {
    const one = shown.value;
    const named = new Set((runs.value ?? []).map(({ row }) => row));
    if (one !== null) {
      for (const { row } of [...one.supporting, ...one.opposing]) named.add(row);
      for (const row of smallestSetOf(one)) named.add(row);
    }
    if (named.size === 0) return;
    const asked = session.generation;
    const found = await engineClient.call('review.rows', { rows: [...named].slice(0, most) });
    if (asked === session.generation) rows.value = new Map(found.rows.map((row) => [row.row, row]));
  }

  /** Explains the prediction of a row, as a job; `rightClass`: what it should be, instead of its label. */
  async function start(row: number, rightClass?: string): Promise<void> {
    if (running.value) return;
    await attempt(async () => {
      const request = rightClass === undefined ? { row } : { row, rightClass };
      return (await engineClient.call('explain.start', request)).jobId;
    });
  }

  /** The same for a row by its id or number. */
  async function startNamed(text: string): Promise<void> {
    if (running.value || text.trim() === '') return;
    await attempt(async () => {
      const { row } = await engineClient.call('rows.find', { text: text.trim() });
      return (await engineClient.call('explain.start', { row })).jobId;
    });
  }

  async function attempt(begin: () => Promise<string>): Promise<void> {
    starting.value = true;
    startError.value = null;
    const asked = session.generation;
    try {
      const jobId = await begin();
      if (asked === session.generation) startedId.value = jobId;
    } catch (error) {
      if (!(error instanceof CancelledError) && asked === session.generation) startError.value = error;
    } finally {
      starting.value = false;
    }
  }

  async function cancel(): Promise<void> {
    const current = jobs.explaining;
    if (current !== null && isRunning(current)) await jobs.cancel(current.id);
  }

  function show(id: string): void {
    chosenId.value = id;
    void learn().catch((error: unknown) => {
      if (!isQuiet(error)) failure.value = error;
    });
  }

  // What was started here is shown when it is done, wherever one is by then.
  watch([startedId, job], ([id, last]) => {
    if (id === null || last === null || last.id !== id || isRunning(last)) return;
    startedId.value = null;
    if (last.state !== 'done') return;
    chosenId.value = id;
    void load();
  });

  watch(
    () => session.folder,
    () => {
      latest += 1;
      runs.value = null;
      failure.value = null;
      startError.value = null;
      chosenId.value = null;
      startedId.value = null;
      rows.value = new Map();
      candidates.value = null;
    },
    { flush: 'sync' },
  );

  return {
    runs,
    failure,
    starting,
    startError,
    job,
    running,
    ended,
    shown,
    rows,
    candidates,
    load,
    start,
    startNamed,
    cancel,
    show,
  };
});
