import { randomUUID } from 'node:crypto';
import type { OpenedProject } from '../../contract/project';
import { listedFrom } from '../../core/base/listedFrom';
import type { Studies, Study, StudyKind } from '../../core/study/runStudy';
import { closeAfter, closeAll } from '../closeAll';
import { type Looking, unwatched } from '../datasets/looking';
import type { ReadPictures } from '../exports/exportRequest';
import { JobQueue, type StartedJob } from '../jobs/jobQueue';
import { planStudy, runStudyJob } from '../jobs/studyJob';
import type { StudyRequest } from '../jobs/studyRequest';
import { EffectsService } from '../review/effectsService';
import { ReviewService } from '../review/reviewService';
import { ProjectRows } from '../rows/projectRows';
import { settlesWithin } from '../settlesWithin';
import type { ProjectStore } from '../store/projectStore';
import type { DataFile } from './dataFile';
import { openFolder, type Opening, openNew, openSource } from './opening';
import { describeOpening } from './openingNotice';
import { ProjectAnnotators } from './projectAnnotators';
import { ProjectAudits } from './projectAudits';
import { ProjectDataset } from './projectDataset';
import { ProjectDecisions } from './projectDecisions';
import type { ProjectEnvironment } from './projectEnvironment';
import { ProjectExplanations } from './projectExplanations';
import { ProjectExports } from './projectExports';
import { isChosenHere } from './projectFolders';
import { ProjectGroups } from './projectGroups';
import { ProjectMap } from './projectMap';
import { ProjectPasses } from './projectPasses';
import { ProjectPictures, readWhereTrusted } from './projectPictures';
import { ProjectReport } from './projectReport';
import { ProjectSaved } from './projectSaved';
import { ProjectStopping } from './projectStopping';
import { ProjectVerifications } from './projectVerifications';
import { Rereading } from './rereading';

/** Closing waits no longer for answers that nobody wants any more. */
const longestAnswerMs = 3_000;

/** Nor for a job that does not stop. One that writes may need a while until it looks whether it was cancelled. */
const longestJobMs = 10_000;

/** One dataset with everything around it: its store, its jobs, its review. Open it, use it, close it. */
export class OpenProject {
  /** Names this opening: questions say by it which project they are about. */
  readonly opening = randomUUID();
  readonly jobs: JobQueue;
  readonly dataset: ProjectDataset;
  readonly rereading: Rereading;
  /** Found by what they hold. */
  readonly rows: ProjectRows;
  readonly audits: ProjectAudits;
  readonly review: ReviewService;
  /** From files. */
  readonly decisions: ProjectDecisions;
  readonly saved: ProjectSaved;
  /** Of a second reviewer. */
  readonly passes: ProjectPasses;
  readonly effects: EffectsService;
  readonly verifications: ProjectVerifications;
  readonly explanations: ProjectExplanations;
  readonly groups: ProjectGroups;
  readonly stopping: ProjectStopping;
  readonly exports: ProjectExports;
  readonly report: ProjectReport;
  readonly annotators: ProjectAnnotators;
  readonly pictures: ProjectPictures;
  readonly map: ProjectMap;
  readonly #store: ProjectStore;
  readonly #environment: ProjectEnvironment;
  #view = '';
  #notice: string;

  private constructor(opening: Opening, engine: ProjectEnvironment) {
    const { store, origin } = opening;
    const isTrusted = (): boolean => store.sources.readHere || isChosenHere(this.dataset.reading.origin);
    const environment = { ...engine, pictures: readWhereTrusted(engine.pictures, isTrusted) };
    const { compute, version, matrixBytes } = environment;
    this.#store = store;
    this.#environment = environment;
    this.#notice = opening.notice;
    const jobs = new JobQueue((job) => environment.emit({ kind: 'job', job }));
    const dataset = new ProjectDataset({ opening, jobs, environment, onLoaded: () => this.#tellNews(0, 0) });
    this.jobs = jobs;
    this.dataset = dataset;
    this.rereading = new Rereading(opening, jobs, dataset.reading);
    this.rows = new ProjectRows(store);
    this.annotators = new ProjectAnnotators({ store, jobs, rows: this.rows, environment });
    this.audits = new ProjectAudits({ store, jobs, dataset, environment, onAudited: () => this.#showAudit() });
    this.review = new ReviewService(store, environment.reviewer, ({ kept, removed, relabelled, pending }) =>
      this.#tellNews(kept + removed + relabelled, pending),
    );
    this.saved = new ProjectSaved(store, this.review);
    this.passes = new ProjectPasses({
      store,
      rows: this.rows,
      reviewer: environment.reviewer,
      onSwitched: () => this.#showPass(),
    });
    const { rows, passes } = this;
    this.decisions = new ProjectDecisions({ store, rows, passes, reviewer: environment.reviewer });
    this.effects = new EffectsService(store, compute, this.review.views, matrixBytes);
    this.verifications = new ProjectVerifications(store, jobs, environment);
    this.map = new ProjectMap(store, jobs, compute);
    this.explanations = new ProjectExplanations(store, jobs, environment);
    this.groups = new ProjectGroups(store, jobs, environment);
    this.stopping = new ProjectStopping(store, jobs, environment);
    const onExported = (): Promise<void> => this.#tellProgress();
    this.pictures = new ProjectPictures({ store, threads: engine.pictures, isTrusted });
    const readPictures: ReadPictures = (rows, side) => this.pictures.read(rows, side);
    this.report = new ProjectReport({ store, version, readPictures });
    this.exports = new ProjectExports({
      store,
      jobs,
      version,
      bytes: origin.bytes,
      isTrusted,
      readPictures,
      print: environment.print,
      onExported,
    });
  }

  /** The project of this data file: see {@link openSource}. */
  static async fromSource(
    path: string,
    projectsFolder: string,
    environment: ProjectEnvironment,
    looking = unwatched,
  ): Promise<OpenProject> {
    return OpenProject.#start(await openSource(path, projectsFolder, looking), environment, looking);
  }

  /** A new project: see {@link openNew}. */
  static async create(folder: string, file: DataFile, environment: ProjectEnvironment): Promise<OpenProject> {
    return OpenProject.#start(await openNew(folder, file), environment, unwatched);
  }

  /** The project in this folder: see {@link openFolder}. */
  static async fromFolder(
    folder: string,
    environment: ProjectEnvironment,
    looking = unwatched,
    chosen?: string,
  ): Promise<OpenProject> {
    return OpenProject.#start(await openFolder(folder, looking, chosen), environment, looking);
  }

  /** Starts reading the data file, or takes up what was read of it. */
  static async #start(opening: Opening, environment: ProjectEnvironment, looking: Looking): Promise<OpenProject> {
    const project = new OpenProject(opening, environment);
    try {
      if (opening.inspection === null) await project.#resume(looking);
      else await project.dataset.start();
      return project;
    } catch (error) {
      return closeAfter(error, [() => project.close()]);
    }
  }

  describe(): OpenedProject {
    const { sources, audits } = this.#store;
    return {
      opening: this.opening,
      name: this.#store.name,
      folder: this.#store.folder,
      place: sources.source === null || audits.latest === null ? 'data' : 'review',
      preview: this.dataset.reading.preview,
      dataset: this.dataset.summary(),
      audit: this.audits.latest,
      jobs: this.jobs.snapshots,
      view: this.#view,
      notice: this.#notice,
    };
  }

  async saveView(view: string): Promise<void> {
    this.#view = view;
    await this.#store.meta.write('view', view);
  }

  /**
   * Answers one long question about the audited head, or about one fitted to the data as the settings say. Keeps
   * nothing.
   */
  startStudy<Kind extends StudyKind>(request: StudyRequest<Kind>): StartedJob<Study<Studies[Kind]['answer']>> {
    const { matrixBytes } = this.#environment;
    return this.jobs.start({
      kind: 'study',
      stages: planStudy(request),
      run: (job) => runStudyJob(this.#store, this.#environment, request, job, matrixBytes),
    });
  }

  /**
   * Stops running jobs, waits for them and for questions that are being answered, not without end, and closes the
   * store.
   * @throws the first error, when everything has been closed all the same: the folder is free.
   */
  async close(asked: readonly Promise<unknown>[] = []): Promise<void> {
    await closeAll([
      () => this.dataset.silence(),
      () => this.jobs.cancelAll(),
      () => this.effects.close(),
      () => this.pictures.close(),
      () => this.#awaitJobs(),
      () => this.#store.interruptReading(),
      () => this.dataset.findings.settled(),
      // A thread that hangs is given up here, and what was asked of it ends.
      () => this.#environment.compute.closeSession(),
      // A decision on its way to the disk must reach it, and a query must not lose its database under way.
      () => settlesWithin(longestAnswerMs, Promise.allSettled(asked)),
      () => this.#store.close(),
    ]);
  }

  async #awaitJobs(): Promise<void> {
    const idle = this.jobs.idle();
    if (await settlesWithin(longestJobMs, idle)) await idle;
    else console.error(`closed although a cancelled job had not ended after ${longestJobMs / 1000} s`);
  }

  async #resume(looking: Looking): Promise<void> {
    const view = await this.#store.meta.read('view');
    this.#view = typeof view === 'string' ? view : '';
    if (this.#environment.resumesPass) await this.#store.passes.resume();
    await this.exports.resume();
    this.#notice = await describeOpening(this.#store, this.dataset.reading.origin, looking);
    if (this.#store.audits.latest === null) this.#tellNews(0, 0);
    else await this.#tellProgress();
    await this.dataset.resume(looking);
  }

  /** The audit that has just ended is what is reviewed from now on. */
  async #showAudit(): Promise<void> {
    this.effects.reset();
    this.review.views.clear();
    this.#notice = '';
    await this.#tellProgress();
    this.dataset.tell();
  }

  /** Other decisions than before are reviewed from now on. */
  async #showPass(): Promise<void> {
    this.effects.reset();
    this.review.views.clear();
    this.#store.review.forget();
    await this.exports.resume();
    await this.#tellProgress();
  }

  async #tellProgress(): Promise<void> {
    const totals = await this.#store.review.totals(listedFrom);
    this.#tellNews(totals.kept + totals.removed + totals.relabelled, totals.pending);
  }

  #tellNews(decided: number, pending: number): void {
    this.#environment.onNews({
      folder: this.#store.folder,
      name: this.#store.name,
      rows: this.dataset.reading.rowCount,
      decided,
      pending,
      exported: this.exports.latest !== null,
    });
  }
}
