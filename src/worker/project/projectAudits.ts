import type { AuditEstimate, AuditSettings, AuditSummary } from '../../contract/audit';
import type { Leakage } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { estimateAudit } from '../jobs/auditEstimate';
import { planAuditStages, runAudit } from '../jobs/auditJob';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { measureSpace } from '../jobs/machineSpace';
import { recordJob } from '../jobs/recordJob';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectDataset } from './projectDataset';
import type { ProjectEnvironment } from './projectEnvironment';

interface ProjectAuditsOptions {
  readonly store: ProjectStore;
  readonly jobs: JobQueue;
  readonly dataset: ProjectDataset;
  readonly environment: ProjectEnvironment;
  /** Called when an audit has taken the place of the one before; the job ends after it. */
  readonly onAudited: () => Promise<void>;
}

/** The audits of a project, one at a time; the latest is kept. */
export class ProjectAudits {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #dataset: ProjectDataset;
  readonly #environment: ProjectEnvironment;
  readonly #onAudited: () => Promise<void>;

  constructor({ store, jobs, dataset, environment, onAudited }: ProjectAuditsOptions) {
    this.#store = store;
    this.#jobs = jobs;
    this.#dataset = dataset;
    this.#environment = environment;
    this.#onAudited = onAudited;
  }

  get latest(): AuditSummary | null {
    return this.#store.audits.latest?.summary ?? null;
  }

  async estimate(settings: AuditSettings): Promise<AuditEstimate> {
    const backend = await this.#environment.compute.describe(settings.backend);
    return estimateAudit(this.#dataset.summary(), settings, backend.name, await measureSpace(this.#store.folder));
  }

  /** @throws InputError when the roles do not allow an audit, or one is queued already. */
  start(settings: AuditSettings): StartedJob<AuditSummary> {
    const summary = this.#dataset.summary();
    const blocked = this.#dataset.blockedFor(settings.head);
    if (blocked !== null && summary.complete) throw new InputError(blocked);
    if (this.#jobs.has('audit')) throw new InputError('An audit is running already. Cancel it first, or wait.');
    const { matrixBytes } = this.#environment;
    const measured = async (): Promise<Leakage | null> => this.#dataset.findings.leakage.whenMeasured();
    const started = this.#jobs.start({
      kind: 'audit',
      stages: planAuditStages(summary, settings),
      run: async (job) => {
        const audited = await runAudit(this.#store, this.#environment, settings, job, { matrixBytes, measured });
        await this.#onAudited();
        return audited;
      },
    });
    recordJob(this.#store, started, 'audit');
    return started;
  }
}
