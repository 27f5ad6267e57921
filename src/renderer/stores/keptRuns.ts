import { computed, type ComputedRef, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import type { JobSnapshot } from '../../contract/jobs';
import { CancelledError } from '../../core/base/errors';
import { isQuiet } from '../client/quietErrors';
import { isRunning, useJobs } from './jobs';
import { useSession } from './session';

interface KeptRunsOptions<Run> {
  /** The latest job of the kind. */
  readonly job: () => JobSnapshot | null;
  /** What the project has, latest first. */
  readonly read: () => Promise<readonly Run[]>;
  /** Another project: nothing of the last one stays. */
  readonly onReset?: () => void;
}

/** Answers of a kind of job that the project keeps: the one being made, and those that are there. */
interface KeptRuns<Run> {
  /** Latest first; null: not read yet. */
  readonly runs: ShallowRef<readonly Run[] | null>;
  readonly failure: ShallowRef<unknown>;
  readonly starting: Ref<boolean>;
  readonly startError: ShallowRef<unknown>;
  readonly job: ComputedRef<JobSnapshot | null>;
  readonly running: ComputedRef<boolean>;
  /** The last job if it failed or was cancelled. */
  readonly ended: ComputedRef<JobSnapshot | null>;
  /** The one to show: the one chosen, else the latest. */
  readonly shown: ComputedRef<Run | null>;
  load(): Promise<void>;
  /**
   * Begins a job unless one is running, or there is nothing to do (null). What it finds is shown when it is done,
   * wherever one is by then.
   */
  start(begin: () => Promise<{ jobId: string } | null>): Promise<void>;
  cancel(): Promise<void>;
  show(id: string): void;
}

/** For the set-up of a store. */
export function keepRuns<Run extends { readonly id: string }>(options: KeptRunsOptions<Run>): KeptRuns<Run> {
  const session = useSession();
  const jobs = useJobs();

  const runs = shallowRef<readonly Run[] | null>(null);
  const failure = shallowRef<unknown>(null);
  const starting = ref(false);
  const startError = shallowRef<unknown>(null);
  const chosenId = ref<string | null>(null);
  /** The job that was started here, until its end is taken up. */
  const startedId = ref<string | null>(null);
  /** Cancelled before the engine had said which job it is. */
  let cancelWanted = false;
  let latest = 0;

  const job = computed(options.job);
  const running = computed(() => starting.value || isRunning(job.value));
  const ended = computed(() => {
    const last = job.value;
    return !running.value && (last?.state === 'failed' || last?.state === 'cancelled') ? last : null;
  });
  const shown = computed(() => runs.value?.find(({ id }) => id === chosenId.value) ?? runs.value?.[0] ?? null);

  async function load(): Promise<void> {
    const mine = ++latest;
    try {
      const found = await options.read();
      if (mine !== latest) return;
      runs.value = found;
      failure.value = null;
    } catch (error) {
      if (mine === latest && !isQuiet(error)) failure.value = error;
    }
  }

  async function start(begin: () => Promise<{ jobId: string } | null>): Promise<void> {
    if (running.value) return;
    starting.value = true;
    cancelWanted = false;
    startError.value = null;
    const asked = session.generation;
    try {
      const begun = await begin();
      if (begun === null || asked !== session.generation) return;
      startedId.value = begun.jobId;
      if (cancelWanted) await jobs.cancel(begun.jobId);
    } catch (error) {
      if (!(error instanceof CancelledError) && asked === session.generation) startError.value = error;
    } finally {
      starting.value = false;
    }
  }

  async function cancel(): Promise<void> {
    if (starting.value) {
      cancelWanted = true;
      return;
    }
    const current = job.value;
    if (current !== null && isRunning(current)) await jobs.cancel(current.id);
  }

  function show(id: string): void {
    chosenId.value = id;
  }

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
      options.onReset?.();
    },
    { flush: 'sync' },
  );

  return { runs, failure, starting, startError, job, running, ended, shown, load, start, cancel, show };
}
