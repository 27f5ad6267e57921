import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { ExportKind, ExportPlan, ExportResult, FileMode } from '../../contract/exports';
import type { GrantedPath } from '../../contract/shell';
import { CancelledError, deserializeError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { isQuiet } from '../client/quietErrors';
import { shellClient } from '../client/shellClient';
import { chosenKinds } from './exportChoice';
import { isRunning, useJobs } from './jobs';
import { reviewThreshold } from './review/reviewThreshold';
import { useSession } from './session';

/** Files that Assay did not write, and whether an export may replace them. */
interface OverwriteQuestion {
  readonly folder: string;
  readonly files: ExportPlan['inTheWay'];
  readonly answer: (replace: boolean) => void;
}

/** What is to be written, where, and what came of it. */
export const useExportFiles = defineStore('exportFiles', () => {
  const session = useSession();
  const jobs = useJobs();

  const plan = shallowRef<ExportPlan | null>(null);
  const planError = shallowRef<unknown>(null);
  /** Kinds a person has taken out or put in; the rest is as the plan offers it. */
  const choices = shallowRef<ReadonlyMap<ExportKind, boolean>>(new Map());
  const fileMode = ref<FileMode>('copy');
  const starting = ref(false);
  const error = shallowRef<unknown>(null);
  const cancelled = ref(false);
  const target = shallowRef<GrantedPath | null>(null);
  const result = shallowRef<ExportResult | null>(null);
  /** Asked while an export waits for the answer. */
  const overwriteQuestion = shallowRef<OverwriteQuestion | null>(null);
  let latest = 0;

  const kinds = computed(() => (plan.value === null ? [] : chosenKinds(plan.value.files, choices.value)));
  const job = computed(() => jobs.exporting);
  const running = computed(() => starting.value || isRunning(jobs.exporting));

  async function loadPlan(): Promise<void> {
    const mine = ++latest;
    try {
      const next = await engineClient.call('export.plan', { threshold: reviewThreshold() });
      if (mine !== latest) return;
      plan.value = next;
      planError.value = null;
    } catch (failure) {
      if (mine === latest && !isQuiet(failure)) planError.value = failure;
    }
  }

  async function loadResult(): Promise<void> {
    try {
      result.value = await engineClient.call('export.result', {});
    } catch (failure) {
      if (!isQuiet(failure)) error.value = failure;
    }
  }

  function choose(kind: ExportKind, wanted: boolean): void {
    choices.value = new Map(choices.value).set(kind, wanted);
  }

  /** Asks for a folder and writes the chosen files there; resolves when that is over. */
  async function start(): Promise<void> {
    if (running.value || kinds.value.length === 0) return;
    starting.value = true;
    try {
      const folder = await shellClient.call('pickExportFolder', {});
      if (folder === null) return;
      error.value = null;
      cancelled.value = false;
      result.value = null;
      target.value = folder;
      const overwrite = await mayReplace(folder);
      if (overwrite === null) return;
      const { jobId } = await engineClient.call('export.start', {
        grant: folder.grant,
        kinds: kinds.value,
        fileMode: fileMode.value,
        threshold: reviewThreshold(),
        overwrite,
      });
      const finished = await jobs.whenFinished(jobId);
      if (finished.state === 'done') await loadResult();
      else if (finished.state === 'cancelled') cancelled.value = true;
      else if (finished.error !== null) error.value = deserializeError(finished.error);
    } catch (failure) {
      if (failure instanceof CancelledError) cancelled.value = true;
      else error.value = failure;
    } finally {
      starting.value = false;
      void loadPlan();
    }
  }

  /**
   * Asks where files of others are in the way. @returns whether they may be replaced; null: nothing is to be written.
   */
  async function mayReplace(folder: GrantedPath): Promise<boolean | null> {
    const { inTheWay } = await engineClient.call('export.plan', {
      threshold: reviewThreshold(),
      grant: folder.grant,
    });
    const asked = inTheWay.filter(({ kind }) => kinds.value.includes(kind));
    if (asked.length === 0) return false;
    const answer = await new Promise<boolean>((resolve) => {
      overwriteQuestion.value = { folder: folder.display, files: asked, answer: resolve };
    });
    overwriteQuestion.value = null;
    return answer ? true : null;
  }

  async function cancel(): Promise<void> {
    const current = jobs.exporting;
    if (current !== null && isRunning(current)) await jobs.cancel(current.id);
  }

  async function showFolder(): Promise<void> {
    try {
      await shellClient.call('showExportFolder', {});
    } catch (failure) {
      error.value = failure;
    }
  }

  // Another project: nothing of the last one stays. The same one opened again keeps what was chosen.
  watch(
    () => session.folder,
    () => {
      overwriteQuestion.value?.answer(false);
      plan.value = null;
      planError.value = null;
      choices.value = new Map();
      fileMode.value = 'copy';
      error.value = null;
      cancelled.value = false;
      target.value = null;
      result.value = null;
    },
  );

  return {
    plan,
    planError,
    kinds,
    fileMode,
    job,
    running,
    error,
    cancelled,
    target,
    result,
    overwriteQuestion,
    loadPlan,
    loadResult,
    choose,
    start,
    cancel,
    showFolder,
  };
});
