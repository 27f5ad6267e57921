import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { JobKind, JobSnapshot } from '../../contract/jobs';
import { engineClient } from '../client/engineClient';
import { useToasts } from './toasts';

const running: ReadonlySet<JobSnapshot['state']> = new Set(['queued', 'running', 'cancelling']);

export function isRunning(job: JobSnapshot | null): boolean {
  return job !== null && running.has(job.state);
}

/** Share of a job that is done, 0–1: its stages count alike, the running one by its rows. */
export function jobProgress(job: JobSnapshot): number {
  if (job.state === 'done') return 1;
  if (job.stages.length === 0) return 0;
  let done = 0;
  for (const stage of job.stages) {
    if (stage.state === 'done') done += 1;
    else if (stage.state === 'running' && stage.total > 0) done += Math.min(1, stage.done / stage.total);
  }
  return done / job.stages.length;
}

/** The engine's jobs as last heard of. */
export const useJobs = defineStore('jobs', () => {
  const jobs = shallowRef<ReadonlyMap<string, JobSnapshot>>(new Map());
  const finished = new Map<string, Set<(job: JobSnapshot) => void>>();

  const load = computed(() => latest('load'));
  const audit = computed(() => latest('audit'));
  const exporting = computed(() => latest('export'));
  const verifying = computed(() => latest('verify'));
  const mapping = computed(() => latest('map'));
  const explaining = computed(() => latest('explain'));
  const comparing = computed(() => latest('groups'));
  const seeding = computed(() => latest('seeded'));
  const active = computed(() => [...jobs.value.values()].filter(isRunning));

  /** The last job of a kind, running or over; null when there was none. */
  function latest(kind: JobKind): JobSnapshot | null {
    let found: JobSnapshot | null = null;
    for (const job of jobs.value.values()) if (job.kind === kind) found = job;
    return found;
  }

  function take(job: JobSnapshot): void {
    const next = new Map(jobs.value);
    next.set(job.id, job);
    jobs.value = next;
    if (isRunning(job)) return;
    const waiting = finished.get(job.id);
    finished.delete(job.id);
    for (const resolve of waiting ?? []) resolve(job);
  }

  /** Resolves with the job's last snapshot: done, failed or cancelled. */
  function whenFinished(jobId: string): Promise<JobSnapshot> {
    const known = jobs.value.get(jobId);
    if (known !== undefined && !isRunning(known)) return Promise.resolve(known);
    return new Promise((resolve) => {
      const waiting = finished.get(jobId) ?? new Set();
      waiting.add(resolve);
      finished.set(jobId, waiting);
    });
  }

  async function cancel(jobId: string): Promise<void> {
    try {
      await engineClient.call('job.cancel', { jobId });
    } catch (error) {
      useToasts().showError('Could not cancel', error);
    }
  }

  /** The engine died: what was running is over, and whoever waits is told so. @returns the jobs that were cut off */
  function interrupt(message: string): JobSnapshot[] {
    const cut = active.value;
    for (const job of cut) {
      take({ ...job, state: 'failed', secondsLeft: null, error: { code: 'storage', message, details: {} } });
    }
    return cut;
  }

  /** Another project: its jobs are all there is. */
  function replace(list: readonly JobSnapshot[]): void {
    jobs.value = new Map(list.map((job) => [job.id, job]));
  }

  return {
    jobs,
    load,
    audit,
    exporting,
    verifying,
    mapping,
    explaining,
    comparing,
    seeding,
    active,
    latest,
    take,
    whenFinished,
    cancel,
    interrupt,
    replace,
  };
});
