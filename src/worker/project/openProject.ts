import { randomUUID } from 'node:crypto';
import type { AuditEstimate, AuditSettings, AuditSummary } from '../../contract/audit';
import type { ProjectNews } from '../../contract/control';
import type { DatasetSummary, Leakage, Preview, RowIssue, SaidDialect } from '../../contract/dataset';
import type { EngineEvent, EngineParsedParams } from '../../contract/engineApi';
import type { ExportPlan, ExportResult } from '../../contract/exports';
import { exportResultSchema } from '../../contract/exports';
import type { OpenedProject } from '../../contract/project';
import type { Verification } from '../../contract/verify';
import { InputError } from '../../core/base/errors';
import type { Studies, Study, StudyKind } from '../../core/study/runStudy';
import { closeAfter, closeAll } from '../closeAll';
import type { ComputeClient } from '../compute/thread/computeClient';
import { exportProject } from '../exports/exportProject';
import type { RemovalChoice } from '../exports/exportRequest';
import type { ReadFile } from '../exports/outputTargets';
import { planExport } from '../exports/planExport';
import { writeProblems } from '../exports/problemsFile';
import { checkSource } from '../exports/rewriteSource';
import { estimateAudit } from '../jobs/auditEstimate';
import { planAuditStages, runAudit } from '../jobs/auditJob';
import { JobQueue, type StartedJob } from '../jobs/jobQueue';
import { loadStages, loadValidation } from '../jobs/loadJob';
import { measureSpace } from '../jobs/machineSpace';
import { recordJob } from '../jobs/recordJob';
import { planStudy, runStudyJob } from '../jobs/studyJob';
import type { StudyRequest } from '../jobs/studyRequest';
import { planVerify, readVerifications, runVerify, type VerifyJobRequest } from '../jobs/verifyJob';
import type { LabelChoice } from '../labels/chooseLabels';
import { EffectsService } from '../review/effectsService';
import { ReviewService } from '../review/reviewService';
import { ProjectRows } from '../rows/projectRows';
import { settlesWithin } from '../settlesWithin';
import type { ProjectStore } from '../store/projectStore';
import type { SourceKind } from '../store/sources/sourceStore';
import type { ColumnChoice } from './columnChoices';
import { type DataFile, inspectFile } from './dataFile';
import { openFolder, type Opening, openNew, openSource } from './opening';
import { describeOpening } from './openingNotice';
import { ProjectDataset } from './projectDataset';
import { describeOrigin } from './projectFolders';
import { describeSources, type ProjectSource } from './projectSources';

/** Closing waits no longer for answers that nobody wants any more. */
const longestAnswerMs = 3_000;

/** What an open project needs of the engine around it. */
export interface ProjectEnvironment {
  readonly compute: ComputeClient;
  readonly version: string;
  readonly reviewer: () => string;
  readonly emit: (event: EngineEvent) => void;
  readonly onNews: (news: ProjectNews) => void;
  /** Features larger than this stay on disk while they are computed with. Default: `largestMatrixBytes`. */
  readonly matrixBytes?: number;
}

/** One dataset with everything around it: its store, its jobs, its review. Open it, use it, close it. */
export class OpenProject {
  /** Names this opening: questions say by it which project they are about. */
  readonly opening = randomUUID();
  readonly jobs: JobQueue;
  readonly review: ReviewService;
  readonly effects: EffectsService;
  /** Found by what they hold. */
  readonly rows: ProjectRows;
  readonly #store: ProjectStore;
  readonly #environment: ProjectEnvironment;
  readonly #dataset: ProjectDataset;
  #exportResult: ExportResult | null = null;
  #view = '';
  #notice: string;
  /** The data file is one that a person chose here, not one that a project from elsewhere names. */
  #sourceIsChosen: boolean;

  private constructor(opening: Opening, environment: ProjectEnvironment) {
    const { store, origin, preview, inspection } = opening;
    this.#store = store;
    this.rows = new ProjectRows(store);
    this.#notice = opening.notice;
    this.#sourceIsChosen = opening.sourceIsChosen;
    this.#environment = environment;
    this.jobs = new JobQueue((job) => environment.emit({ kind: 'job', job }));
    this.#dataset = new ProjectDataset({
      store,
      jobs: this.jobs,
      origin,
      preview,
      inspection,
      emit: environment.emit,
      onLoaded: () => this.#tellNews(0, 0),
    });
    this.review = new ReviewService(store, environment.reviewer, {
      onChange: (overview) => this.#tellNews(overview.kept + overview.removed + overview.relabelled, overview.pending),
      onLabels: () => this.#dataset.rereadLabels(),
    });
    this.effects = new EffectsService(store, environment.compute, this.review.views, environment.matrixBytes);
  }

  /** The project of this data file: see {@link openSource}. */
  static async fromSource(path: string, projectsFolder: string, environment: ProjectEnvironment): Promise<OpenProject> {
    return OpenProject.#start(await openSource(path, projectsFolder), environment);
  }

  /** A new project: see {@link openNew}. */
  static async create(folder: string, file: DataFile, environment: ProjectEnvironment): Promise<OpenProject> {
    return OpenProject.#start(await openNew(folder, file), environment);
  }

  /** The project in this folder: see {@link openFolder}. */
  static async fromFolder(folder: string, environment: ProjectEnvironment, chosen?: string): Promise<OpenProject> {
    return OpenProject.#start(await openFolder(folder, chosen), environment);
  }

  /** Starts reading the data file, or takes up what was read of it. */
  static async #start(opening: Opening, environment: ProjectEnvironment): Promise<OpenProject> {
    const project = new OpenProject(opening, environment);
    try {
      if (opening.inspection === null) await project.#resume();
      else await project.#dataset.startLoading();
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
      preview: this.#dataset.preview,
      dataset: this.summary(),
      audit: this.auditSummary,
      jobs: this.jobs.snapshots,
      view: this.#view,
      notice: this.#notice,
    };
  }

  /** Resolves when the file has been read; rejects with the reason why it could not be. */
  async whenLoaded(): Promise<void> {
    await this.#dataset.whenLoaded();
  }

  /** Resolves when everything that is found out beside jobs (rows that repeat) is known. */
  async whenSettled(): Promise<void> {
    await this.#dataset.idle();
  }

  summary(): DatasetSummary {
    return this.#dataset.summary();
  }

  /** @throws InputError when a column is not there or two columns have a role that only one can have. */
  async setColumns(choices: readonly ColumnChoice[]): Promise<DatasetSummary> {
    return this.#dataset.setColumns(choices);
  }

  /** @throws InputError when no labels look alike, or there is no such decision to undo. */
  async chooseLabels(choice: LabelChoice): Promise<DatasetSummary> {
    return this.#dataset.chooseLabels(choice, this.#environment.reviewer());
  }

  /** These columns are real features, whatever they tell about the label. */
  async acceptColumns(columns: readonly string[]): Promise<DatasetSummary> {
    return this.#dataset.acceptColumns(columns);
  }

  /**
   * Reads the file another way. Rows are known by their numbers, and these may change: an audit and decisions are never
   * given up for it.
   * @throws InputError when there is an audit, other work is under way, or the file cannot be read so.
   */
  async reread(said: SaidDialect): Promise<void> {
    this.#refuseDuringWork();
    if (
      this.auditSummary !== null ||
      this.#store.decisions.state.concernsRows ||
      this.#store.sources.validation !== null
    ) {
      throw new InputError(
        'This project has an audit or decisions about its rows as they are read now. Read the file another way as a new project; this one stays as it is.',
      );
    }
    await this.#refuseForeignSource();
    await this.#dataset.reread(said);
  }

  /**
   * What a new project of the same file, read another way, is made from.
   * @throws InputError when work is under way, or the file cannot be read so.
   */
  async inspectAnew(said: SaidDialect): Promise<DataFile> {
    this.#refuseDuringWork();
    await this.#refuseForeignSource();
    return inspectFile(this.#dataset.origin.path, said);
  }

  /**
   * A project from elsewhere may name any file of this machine: it is read again only where it is the one that the project was made from.
   * @throws InputError
   */
  async #refuseForeignSource(): Promise<void> {
    const { path } = this.#dataset.origin;
    const fingerprint = this.#store.sources.source?.fingerprint;
    if (this.#sourceIsChosen) return;
    if (fingerprint?.path !== path) {
      throw new InputError(`This project was made elsewhere. Open ${path} itself to read it another way.`);
    }
    await checkSource(fingerprint);
    this.#sourceIsChosen = true;
  }

  #refuseDuringWork(): void {
    const kind = (['audit', 'verify', 'study', 'export'] as const).find((one) => this.jobs.has(one));
    if (kind === undefined) return;
    const work = { audit: 'An audit', verify: 'A verification', study: 'A study', export: 'An export' } as const;
    throw new InputError(
      `${work[kind]} is under way. The file can be read another way when it has ended, or was cancelled.`,
    );
  }

  async readPreview(): Promise<Preview> {
    return this.#dataset.settledPreview();
  }

  async readIssues(offset: number, limit: number, kind?: SourceKind): Promise<{ total: number; issues: RowIssue[] }> {
    if (this.#dataset.isReading) return { total: 0, issues: [] };
    return this.#store.sources.readIssues(offset, limit, kind);
  }

  /** See {@link writeProblems}. */
  async writeProblems(file: string, overwrite: boolean): Promise<void> {
    await writeProblems(this.#store, file, overwrite);
  }

  /** The files that the project was made from: what is written must not be one of them. */
  get sources(): readonly ProjectSource[] {
    return describeSources(this.#store);
  }

  async saveView(view: string): Promise<void> {
    this.#view = view;
    await this.#store.meta.write('view', view);
  }

  get auditSummary(): AuditSummary | null {
    return this.#store.audits.latest?.summary ?? null;
  }

  async estimateAudit(settings: AuditSettings): Promise<AuditEstimate> {
    const backend = await this.#environment.compute.describe(settings.backend);
    return estimateAudit(this.summary(), settings, backend.name, await measureSpace(this.#store.folder));
  }

  /** @throws InputError when the roles do not allow an audit, or one is queued already. */
  startAudit(settings: AuditSettings): StartedJob<AuditSummary> {
    const summary = this.summary();
    if (summary.blocked !== null && summary.complete) throw new InputError(summary.blocked);
    if (this.jobs.has('audit')) throw new InputError('An audit is running already. Cancel it first, or wait.');
    const started = this.jobs.start({
      kind: 'audit',
      stages: planAuditStages(summary, settings),
      run: async (job) => {
        const { compute, matrixBytes } = this.#environment;
        const measured = (): Promise<Leakage | null> => this.#dataset.whenMeasured();
        const result = await runAudit(this.#store, compute, settings, job, { matrixBytes, measured });
        this.effects.reset();
        this.review.views.clear();
        this.#notice = '';
        await this.#tellProgress();
        this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
        return result;
      },
    });
    recordJob(this.#store, started, 'audit');
    return started;
  }

  /** Takes the rows of a second file as the validation rows of the next audits. `said`: of how it is written. */
  async addValidationFile(path: string, said: SaidDialect = {}): Promise<void> {
    describeOrigin(path);
    await this.jobs.start({
      kind: 'load',
      stages: loadStages,
      run: (job) => loadValidation(this.#store, path, said, job),
    }).result;
  }

  /**
   * Retrains without rows and without random removals beside it; what was found is kept in the project.
   * @throws InputError before the first audit, or when a verification is queued already.
   */
  startVerify(request: VerifyJobRequest): StartedJob<Verification> {
    if (this.auditSummary === null) {
      throw new InputError('This dataset has not been audited yet. Run an audit first.');
    }
    if (this.jobs.has('verify')) throw new InputError('A verification is running already. Cancel it first, or wait.');
    const { compute, matrixBytes } = this.#environment;
    const started = this.jobs.start({
      kind: 'verify',
      stages: planVerify(this.auditSummary, request.repeats),
      run: (job) => runVerify(this.#store, compute, request, job, matrixBytes),
    });
    recordJob(this.#store, started, 'verify');
    return started;
  }

  /** The verification with this job's id. */
  async verification(jobId: string): Promise<Verification | null> {
    return (await this.readVerifications()).find(({ id }) => id === jobId) ?? null;
  }

  /** Latest first. */
  async readVerifications(): Promise<Verification[]> {
    return readVerifications(this.#store);
  }

  /** Answers one long question about the audited head, or about one fitted to the data as the settings say. Keeps nothing. */
  startStudy<Kind extends StudyKind>(request: StudyRequest<Kind>): StartedJob<Study<Studies[Kind]['answer']>> {
    const { compute, matrixBytes } = this.#environment;
    return this.jobs.start({
      kind: 'study',
      stages: planStudy(request),
      run: (job) => runStudyJob(this.#store, compute, request, job, matrixBytes),
    });
  }

  async planExport(threshold: number, folder?: string): Promise<ExportPlan> {
    return planExport(this.#store, threshold, folder);
  }

  startExport(request: {
    readonly folder: string;
    readonly kinds: EngineParsedParams<'export.start'>['kinds'];
    readonly removal: RemovalChoice;
    readonly overwrite?: boolean;
    readonly reads?: readonly ReadFile[];
    readonly parameters?: Readonly<Record<string, unknown>>;
  }): StartedJob<ExportResult> {
    const started = this.jobs.start({
      kind: 'export',
      stages: [{ name: 'exporting', expectedSeconds: 1 + this.#dataset.origin.bytes / 100e6 }],
      run: async (job) => {
        const result = await exportProject(this.#store, {
          ...request,
          appVersion: this.#environment.version,
          signal: job.signal,
          progress: (progress) => job.progress({ ...progress, stage: 'exporting' }),
        });
        this.#exportResult = result;
        await this.#store.meta.write('exportResult', result);
        await this.#tellProgress();
        return result;
      },
    });
    recordJob(this.#store, started, 'export');
    return started;
  }

  get exportResult(): ExportResult | null {
    return this.#exportResult;
  }

  /**
   * Stops running jobs, waits for them and for questions that are being answered, and closes the store.
   * @throws the first error, when everything has been closed all the same: the folder is free.
   */
  async close(asked: readonly Promise<unknown>[] = []): Promise<void> {
    await closeAll([
      () => this.#dataset.silence(),
      () => this.jobs.cancelAll(),
      () => this.effects.close(),
      () => this.jobs.idle(),
      () => this.#store.interruptReading(),
      () => this.#dataset.idle(),
      // A thread that hangs is given up here, and what was asked of it ends.
      () => this.#environment.compute.closeSession(),
      // A decision on its way to the disk must reach it, and a query must not lose its database under way.
      () => settlesWithin(longestAnswerMs, Promise.allSettled(asked)),
      () => this.#store.close(),
    ]);
  }

  async #resume(): Promise<void> {
    const view = await this.#store.meta.read('view');
    this.#view = typeof view === 'string' ? view : '';
    const exported = exportResultSchema.safeParse(await this.#store.meta.read('exportResult'));
    if (exported.success) this.#exportResult = exported.data;
    this.#notice = await describeOpening(this.#store, this.#dataset.origin);
    if (this.#store.audits.latest === null) this.#tellNews(0, 0);
    else await this.#tellProgress();
    await this.#dataset.resume();
  }

  async #tellProgress(): Promise<void> {
    const totals = await this.#store.review.totals(0.5);
    this.#tellNews(totals.kept + totals.removed + totals.relabelled, totals.pending);
  }

  #tellNews(decided: number, pending: number): void {
    this.#environment.onNews({
      folder: this.#store.folder,
      name: this.#store.name,
      rows: this.#dataset.rowCount,
      decided,
      pending,
      exported: this.#exportResult !== null,
    });
  }
}
