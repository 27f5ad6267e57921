import { randomUUID } from 'node:crypto';
import type { JobKind, JobSnapshot } from '../../contract/jobs';
import { InputError } from '../../core/base/errors';
import { closeAllAtOnce } from '../closeAll';
import { Job, type PlannedStage } from './job';

interface JobRequest<T> {
  readonly kind: JobKind;
  readonly stages: readonly PlannedStage[];
  readonly run: (job: Job) => Promise<T>;
}

export interface StartedJob<T> {
  readonly id: string;
  readonly job: Job;
  /** The job's result; rejects with its error, CancelledError included. */
  readonly result: Promise<T>;
}

/** Jobs one after the other: they share the compute thread, the disk and the machine's memory. */
export class JobQueue {
  readonly #jobs = new Map<string, Job>();
  readonly #onChange: (snapshot: JobSnapshot) => void;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(onChange: (snapshot: JobSnapshot) => void) {
    this.#onChange = onChange;
  }

  start<T>({ kind, stages, run }: JobRequest<T>): StartedJob<T> {
    const job = new Job({ id: randomUUID(), kind, stages, notify: this.#onChange });
    this.#jobs.set(job.id, job);
    this.#onChange(job.snapshot);
    const result = this.#tail.then(async () => {
      try {
        job.signal.throwIfCancelled();
        job.begin();
        const value = await run(job);
        job.succeed();
        return value;
      } catch (error) {
        if (!job.ended) job.fail(error);
        throw error;
      } finally {
        this.#jobs.delete(job.id);
      }
    });
    this.#tail = result.catch(() => undefined);
    return { id: job.id, job, result };
  }

  /** @throws InputError when there is no such job any more. */
  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new InputError('This job has already ended.');
    job.cancel();
  }

  cancelAll(): void {
    closeAllAtOnce([...this.#jobs.values()].map((job) => () => job.cancel()));
  }

  /** Is a job of this kind queued or running? */
  has(kind: JobKind): boolean {
    return [...this.#jobs.values()].some((job) => job.kind === kind);
  }

  get snapshots(): JobSnapshot[] {
    return [...this.#jobs.values()].map((job) => job.snapshot);
  }

  /** Resolves when nothing is queued or running. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
