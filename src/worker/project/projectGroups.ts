import type { GroupComparison } from '../../contract/groups';
import { InputError } from '../../core/base/errors';
import { type GroupsJobRequest, readComparisons, runGroups } from '../jobs/groupsJob';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { recordJob } from '../jobs/recordJob';
import { planStudy } from '../jobs/studyJob';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectEnvironment } from './projectEnvironment';

/** What whole groups of rows do to the audited head: one comparison at a time, kept in the project. */
export class ProjectGroups {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #environment: ProjectEnvironment;

  constructor(store: ProjectStore, jobs: JobQueue, environment: ProjectEnvironment) {
    this.#store = store;
    this.#jobs = jobs;
    this.#environment = environment;
  }

  /**
   * Compares the rows of each value of a column; what was found is kept.
   * @throws InputError before the first audit, for a column that is not there, or while others are compared.
   */
  start(request: GroupsJobRequest): StartedJob<GroupComparison> {
    if (this.#store.audits.latest === null) {
      throw new InputError('This dataset has not been audited yet. Run an audit first.');
    }
    if (this.#store.sources.columns[request.column] === undefined) {
      throw new InputError(`There is no column ${request.column}.`);
    }
    if (this.#jobs.has('groups')) throw new InputError('Groups are being compared already. Cancel it first, or wait.');
    const { matrixBytes } = this.#environment;
    const started = this.#jobs.start({
      kind: 'groups',
      stages: planStudy({ head: { from: 'audit' }, kind: 'groups' }),
      run: (job) => runGroups(this.#store, this.#environment, request, job, matrixBytes),
    });
    recordJob(this.#store, started, 'groups');
    return started;
  }

  /** Latest first. */
  async read(): Promise<GroupComparison[]> {
    return readComparisons(this.#store);
  }
}
