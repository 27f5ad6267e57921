import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { ListedPass, PassComparison, PassDifference, PassRows } from '../../../contract/passes';
import type { Filter } from '../../../contract/review';
import { CancelledError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { useSession } from '../session';
import { useToasts } from '../toasts';
import { LatestRunner } from './latestRunner';
import { useReviewOverview } from './reviewOverview';
import { useReviewSession } from './reviewSession';
import { useReviewView } from './reviewView';
import { useReviewWrites } from './reviewWrites';

/** Second passes: which is under way, how far two reviews agree, and which rows are being settled. */
export const useReviewPasses = defineStore('reviewPasses', () => {
  const session = useSession();
  const list = useReviewView();
  const place = useReviewSession();
  const overview = useReviewOverview();
  const writes = useReviewWrites();
  const toasts = useToasts();

  const passes = shallowRef<readonly ListedPass[]>([]);
  const busy = ref(false);
  /** The dialog that begins one is open. */
  const beginning = ref(false);
  const failure = shallowRef<unknown>(null);
  /** Shown until it is closed. */
  const comparison = shallowRef<PassComparison | null>(null);
  /** What differs from this pass is being settled. */
  const settling = shallowRef<PassComparison | null>(null);
  const difference = shallowRef<PassDifference | null>(null);

  const current = computed(() => passes.value.find(({ state }) => state === 'open') ?? null);

  async function load(): Promise<void> {
    if (session.audit === null) {
      passes.value = [];
      return;
    }
    try {
      passes.value = (await engineClient.call('passes.list', {})).passes;
    } catch (error) {
      if (!isQuiet(error)) toasts.showError('The second passes could not be read', error);
    }
  }

  /** The review is about other decisions now: everything that shows some is made anew. */
  async function switchBy(change: Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    failure.value = null;
    try {
      await change;
      stopSettling();
      overview.reset();
      list.reset({ ...list.query, queue: 'pending', filters: [], search: '' });
      session.showAnew();
      await load();
      return true;
    } catch (error) {
      if (!(error instanceof CancelledError)) failure.value = error;
      return false;
    } finally {
      busy.value = false;
    }
  }

  async function begin(of: PassRows, reviewer: string): Promise<void> {
    await writes.whenIdle();
    if (await switchBy(engineClient.call('passes.start', { of, reviewer }))) beginning.value = false;
  }

  async function goOn(pass: number): Promise<void> {
    await writes.whenIdle();
    if (!(await switchBy(engineClient.call('passes.enter', { pass })))) tell('The pass could not be gone on with');
  }

  /** Ends the pass under way, and compares; or puts it aside. */
  async function leave(state: 'aside' | 'ended'): Promise<void> {
    const pass = current.value?.pass;
    await writes.whenIdle();
    if (!(await switchBy(engineClient.call('passes.leave', { state })))) tell('The pass could not be left');
    else if (state === 'ended' && pass !== undefined) await compare(pass);
  }

  function tell(title: string): void {
    if (failure.value !== null) toasts.showError(title, failure.value);
    failure.value = null;
  }

  async function compare(pass: number): Promise<void> {
    try {
      comparison.value = await engineClient.call('passes.compare', { pass });
    } catch (error) {
      if (!isQuiet(error)) toasts.showError('The two reviews could not be compared', error);
    }
  }

  /** Shows the rows that differ and are not settled, to be settled one by one. */
  async function settle(compared: PassComparison): Promise<void> {
    comparison.value = null;
    settling.value = compared;
    const words = `differences with ${compared.pass.reviewer}`;
    const filters: Filter[] = [{ kind: 'rows', column: 'rows', rows: compared.open, words }];
    await place.ask({ ...list.query, queue: 'all', filters, search: '' });
  }

  function stopSettling(): void {
    settling.value = null;
    difference.value = null;
  }

  async function endSettling(): Promise<void> {
    stopSettling();
    await place.ask({ ...list.query, queue: 'pending', filters: [], search: '' });
  }

  /** Takes the first's or the second's decision about the focused row. @returns whether there was one to take */
  function take(side: 'first' | 'second'): boolean {
    const shown = difference.value;
    const row = list.focusedRow;
    const pass = settling.value?.pass.pass;
    if (shown === null || row === undefined || shown.row !== row.row || pass === undefined) return false;
    const review = side === 'first' ? shown.first : shown.second;
    if (review === null || review.decision === null) return false;
    writes.settle(pass, row.row, side, review.decision, row.id);
    writes.announcement = `${row.id} settled.`;
    list.moveTo(list.focus + 1);
    return true;
  }

  const runner = new LatestRunner<number, PassDifference | null>({
    quiet: 50,
    run: async (row) => {
      const pass = settling.value?.pass.pass;
      if (pass === undefined) return null;
      return (await engineClient.call('passes.difference', { pass, row })).difference;
    },
    onAnswer: (answer) => (difference.value = answer),
    onError: (error) => {
      if (!isQuiet(error)) toasts.showError('Both decisions could not be read', error);
    },
  });

  watch([() => settling.value?.pass.pass, () => list.focusedRow?.row, () => overview.overview], ([pass, row]) => {
    if (pass === undefined || row === undefined) difference.value = null;
    else runner.wish(row);
  });
  // How many are left: every decision brings a new overview.
  watch(
    () => overview.overview,
    async () => {
      const now = settling.value;
      if (now === null) return;
      try {
        const next = await engineClient.call('passes.compare', { pass: now.pass.pass });
        if (settling.value?.pass.pass === next.pass.pass) settling.value = next;
      } catch {
        // The figure stays behind until the next decision.
      }
    },
  );
  watch(
    [() => session.folder, () => session.generation, () => session.audit?.startedAt],
    ([folder], [before]) => {
      if (folder !== before) {
        comparison.value = null;
        beginning.value = false;
        stopSettling();
      }
      void load();
    },
    { immediate: true },
  );

  return {
    passes,
    current,
    busy,
    beginning,
    failure,
    comparison,
    settling,
    difference,
    load,
    begin,
    goOn,
    leave,
    compare,
    settle,
    endSettling,
    take,
  };
});
