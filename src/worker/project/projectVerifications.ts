import type { Verification } from '../../contract/verify';
import { InputError } from '../../core/base/errors';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { recordJob } from '../jobs/recordJob';
import { planVerify, readVerifications, runVerify, type VerifyJobRequest } from '../jobs/verifyJob';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectEnvironment } from './projectEnvironment';

/** What retraining without rows of the audited head has shown: one verification at a time, kept in the project. */
export class ProjectVerifications {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #environment: ProjectEnvironment;

  constructor(store: ProjectStore, jobs: JobQueue, environment: ProjectEnvironment) {
    this.#store = store;
    this.#jobs = jobs;
    this.#environment = environment;
  }

  /**
   * Retrains without rows and without random removals beside it; what was found is kept.
   * @throws InputError before the first audit, or when a verification is queued already.
   */
  start(request: VerifyJobRequest): StartedJob<Verification> {
    const audit = this.#store.audits.latest;
    if (audit === null) throw new InputError('This dataset has not been audited yet. Run an audit first.');
    if (this.#jobs.has('verify')) throw new InputError('A verification is running already. Cancel it first, or wait.');
    const { matrixBytes } = this.#environment;
    const started = this.#jobs.start({
      kind: 'verify',
      stages: planVerify(audit.summary, request.repeats),
      run: (job) => runVerify(this.#store, this.#environment, request, job, matrixBytes),
    });
    recordJob(this.#store, started, 'verify');
    return started;
  }

  /** The one with this job's id. */
  async find(jobId: string): Promise<Verification | null> {
    return (await this.read()).find(({ id }) => id === jobId) ?? null;
  }

  /** Latest first. */
  async read(): Promise<Verification[]> {
    return readVerifications(this.#store);
  }
}
