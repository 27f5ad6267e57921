import type { ExplainRequest, Explanation } from '../../contract/explain';
import { InputError } from '../../core/base/errors';
import { readExplanations, runExplain } from '../jobs/explainJob';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { recordJob } from '../jobs/recordJob';
import { planStudy } from '../jobs/studyJob';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectEnvironment } from './projectEnvironment';

/** Why rows are predicted as they are, by the audited head: one at a time, kept in the project. */
export class ProjectExplanations {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #environment: ProjectEnvironment;

  constructor(store: ProjectStore, jobs: JobQueue, environment: ProjectEnvironment) {
    this.#store = store;
    this.#jobs = jobs;
    this.#environment = environment;
  }

  /**
   * Explains the prediction of a row; what was found is kept.
   * @throws InputError before the first audit, for a row that is not there, or while another one is explained.
   */
  start(request: ExplainRequest): StartedJob<Explanation> {
    if (this.#store.audits.latest === null) {
      throw new InputError('This dataset has not been audited yet. Run an audit first.');
    }
    const rowCount = this.#store.sources.source?.rowCount ?? 0;
    if ('row' in request && request.row >= rowCount)
      throw new InputError(`There is no row ${request.row}: rows are 0 to ${rowCount - 1}.`);
    if (this.#jobs.has('explain')) {
      throw new InputError('A prediction is being explained already. Cancel it first, or wait.');
    }
    const { matrixBytes } = this.#environment;
    const started = this.#jobs.start({
      kind: 'explain',
      stages: planStudy({ head: { from: 'audit' }, kind: 'explain' }),
      run: (job) => runExplain(this.#store, this.#environment, request, job, matrixBytes),
    });
    recordJob(this.#store, started, 'explain');
    return started;
  }

  /** Latest first. */
  async read(): Promise<Explanation[]> {
    return readExplanations(this.#store);
  }
}
