import type { SeededAudit, SeededRequest } from '../../contract/seeded';
import type { StopFigures } from '../../contract/stop';
import { InputError } from '../../core/base/errors';
import type { PlantedFound } from '../../core/review/missedRows';
import { countFound } from '../../core/review/plantedFound';
import { computeStopFigures } from '../../core/review/stopFigures';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { recordJob } from '../jobs/recordJob';
import { planSeeded, readSeeded, runSeeded } from '../jobs/seededJob';
import { drawSpotCheck, readSpotChecks } from '../review/spotChecks';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectEnvironment } from './projectEnvironment';

/** When to stop reviewing: what was found so far, and what may be left. */
export class ProjectStopping {
  readonly #store: ProjectStore;
  /** Samples are drawn one after the other: one is never drawn twice. */
  #drawing: Promise<unknown> = Promise.resolve();

  readonly #jobs: JobQueue;
  readonly #environment: ProjectEnvironment;

  constructor(store: ProjectStore, jobs: JobQueue, environment: ProjectEnvironment) {
    this.#store = store;
    this.#jobs = jobs;
    this.#environment = environment;
  }

  /**
   * Plants errors in copies of the data and audits these, to see how many are found; the result is kept.
   * @throws InputError before the first audit, or while another one runs.
   */
  startSeeded(request: SeededRequest): StartedJob<SeededAudit> {
    const { summary } = this.#store.audits.requireLatest();
    if (this.#jobs.has('seeded')) throw new InputError('A seeded audit is running already. Cancel it first, or wait.');
    const { matrixBytes } = this.#environment;
    const started = this.#jobs.start({
      kind: 'seeded',
      stages: planSeeded(summary, request.seeds),
      run: (job) => runSeeded(this.#store, this.#environment, request, job, matrixBytes),
    });
    recordJob(this.#store, started, 'seeded');
    return started;
  }

  /** Latest first. */
  async readSeeded(): Promise<SeededAudit[]> {
    return readSeeded(this.#store);
  }

  /** @throws InputError before the first audit. */
  async figures(threshold: number): Promise<StopFigures> {
    const { review, decisions } = this.#store;
    const totals = await review.totals(threshold);
    const [{ blocks, next }, { open, ...spotCheck }, seeded] = await Promise.all([
      review.readRanked(threshold, totals.suspects),
      readSpotChecks(this.#store, threshold),
      this.#plantedFound(threshold),
    ]);
    const { points, bars, ...figures } = computeStopFigures({ bins: totals.bins, blocks, seeded, spotCheck });
    return {
      threshold,
      ...figures,
      spotCheck: { ...spotCheck, open: open.length },
      points: [...points],
      bars: [...bars],
      next,
      pace: decisions.pace(),
    };
  }

  /**
   * Rows below the threshold to look at: those of the samples drawn so far that are undecided, else a new sample.
   * @throws InputError before the first audit.
   */
  async spotCheck(threshold: number, count: number): Promise<number[]> {
    const drawn = this.#drawing.then(async () => {
      const { open } = await readSpotChecks(this.#store, threshold);
      return open.length > 0 ? open.slice(0, count) : drawSpotCheck(this.#store, threshold, count);
    });
    this.#drawing = drawn.catch(() => undefined);
    return [...(await drawn)];
  }

  /** By the latest seeded audit of this audit; nothing where there is none. */
  async #plantedFound(threshold: number): Promise<PlantedFound[]> {
    const { startedAt } = this.#store.audits.requireLatest().summary;
    const latest = (await readSeeded(this.#store)).find(({ auditStartedAt }) => auditStartedAt === startedAt);
    return (latest?.copies ?? []).map((copy) => countFound(copy, threshold));
  }
}
