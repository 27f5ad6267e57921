import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Verification } from '../../../contract/verify';
import { CancelledError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { isRunning, useJobs } from '../jobs';
import { useSession } from '../session';
import { useWhatIf } from './whatIf';

/** Verifications by retraining: the one that runs, and those kept in the project. */
export const useVerifications = defineStore('verifications', () => {
  const whatIf = useWhatIf();
  const session = useSession();
  const jobs = useJobs();

  const repeats = ref(20);
  const seed = ref(7);
  /** Latest first; null: not read yet. */
  const runs = shallowRef<readonly Verification[] | null>(null);
  const failure = shallowRef<unknown>(null);
  const starting = ref(false);
  const startError = shallowRef<unknown>(null);
  const chosenId = ref<string | null>(null);
  /** The job that was started here, until its end is taken up. */
  const startedId = ref<string | null>(null);
  let latest = 0;

  const job = computed(() => jobs.verifying);
  const running = computed(() => starting.value || isRunning(jobs.verifying));
  /** The last verification if it failed or was cancelled. */
  const ended = computed(() => {
    const last = jobs.verifying;
    return !running.value && (last?.state === 'failed' || last?.state === 'cancelled') ? last : null;
  });
  /** The one to show: the one chosen, else the latest. */
  const shown = computed(() => runs.value?.find(({ id }) => id === chosenId.value) ?? runs.value?.[0] ?? null);

  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const { verifications } = await engineClient.call('verify.list', {});
      if (mine !== latest) return;
      runs.value = verifications;
      failure.value = null;
    } catch (error) {
      if (mine === latest && !isQuiet(error)) failure.value = error;
    }
  }

  /** Retrains without the rows that the screen is about now. */
  async function start(): Promise<void> {
    if (running.value) return;
    starting.value = true;
    startError.value = null;
    const asked = session.generation;
    try {
      const subject = await whatIf.resolve();
      if (subject.count === 0) return;
      const { jobId } = await engineClient.call('verify.start', {
        selection: subject.selection,
        repeats: repeats.value,
        seed: seed.value,
        chosenBy: subject.words,
      });
      if (asked === session.generation) startedId.value = jobId;
    } catch (error) {
      if (!(error instanceof CancelledError) && asked === session.generation) startError.value = error;
    } finally {
      starting.value = false;
    }
  }

  async function cancel(): Promise<void> {
    const current = jobs.verifying;
    if (current !== null && isRunning(current)) await jobs.cancel(current.id);
  }

  function show(id: string): void {
    chosenId.value = id;
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
    },
    { flush: 'sync' },
  );

  return {
    repeats,
    seed,
    runs,
    failure,
    starting,
    startError,
    job,
    running,
    ended,
    shown,
    load,
    start,
    cancel,
    show,
  };
});
