import { existsSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { AuditEstimate, AuditSettings, AuditSummary } from '../contract/audit';
import type { Column, DatasetSummary, Preview, RowIssue } from '../contract/dataset';
import type { EngineEvent, EngineParsedParams } from '../contract/engineApi';
import type { ExportPlan, ExportResult } from '../contract/exports';
import { exportResultSchema } from '../contract/exports';
import type { OpenedProject } from '../contract/project';
import type { Verification } from '../contract/verify';
import { CancelledError, InputError } from '../core/base/errors';
import type { Studies, Study, StudyKind } from '../core/study/runStudy';
import type { ComputeClient } from './compute/computeClient';
import { applyChoices, mergeChoices, type ColumnChoice } from './columnChoices';
import { summarizeDataset, type LabelCounts } from './datasetSummary';
import { inspectCsv } from './datasets/inspectCsv';
import type { CsvInspection } from './datasets/datasetTypes';
import { exportProject, planExport } from './exports/exportProject';
import type { RemovalChoice } from './exports/exportTypes';
import { estimateAudit } from './jobs/auditEstimate';
import { planAuditStages, runAudit } from './jobs/auditJob';
import { JobQueue, type StartedJob } from './jobs/jobQueue';
import { loadSource, loadStages, loadValidation } from './jobs/loadJob';
import { measureSpace } from './jobs/machineSpace';
import { runStudyJob, studyStages, type StudyJobRequest } from './jobs/studyJob';
import { planVerify, readVerifications, runVerify, type VerifyJobRequest } from './jobs/verifyJob';
import type { ProjectNews } from './host';
import {
  chooseProjectFolder,
  describeOrigin,
  findProjectOf,
  isSameFile,
  originFile,
  readOrigin,
  type Origin,
} from './projectFolders';
import { EffectsService } from './review/effectsService';
import { ReviewService } from './review/reviewService';
import { draftFolder } from './store/projectFolder';
import { createProject, openProject, type ProjectStore } from './store/projectStore';
import { storageError } from './store/storageErrors';
import type { SourceRecord } from './store/storeTypes';

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

const previewRows = 200;
const shownClasses = 200;
/** Reading that was begun this often and never ended has most likely brought the engine down. */
const maxAttempts = 2;
/** Comparing whole rows of more columns than this takes longer than it is worth. */
const widestForDuplicates = 300;
const tellReadingEveryMs = 400;

/** One dataset with everything around it: its store, its jobs, its review. Open it, use it, close it. */
export class OpenProject {
  readonly jobs: JobQueue;
  readonly review: ReviewService;
  readonly effects: EffectsService;
  readonly store: ProjectStore;
  readonly #environment: ProjectEnvironment;
  readonly #origin: Origin;
  readonly #inspection: CsvInspection | undefined;
  #preview: Preview;
  #labels: LabelCounts | null = null;
  #duplicateRows: number | null = null;
  #rowsRead = 0;
  #issuesRead = 0;
  #choices: readonly ColumnChoice[] = [];
  #loading: StartedJob<SourceRecord> | undefined;
  #loadFailed: string | null = null;
  #exportResult: ExportResult | null = null;
  #view = '';
  #notice = '';
  #closed = false;
  #background: Promise<void> = Promise.resolve();
  #toldAt = 0;

  private constructor(
    store: ProjectStore,
    origin: Origin,
    preview: Preview,
    inspection: CsvInspection | undefined,
    environment: ProjectEnvironment,
  ) {
    this.store = store;
    this.#origin = origin;
    this.#preview = preview;
    this.#inspection = inspection;
    this.#environment = environment;
    this.jobs = new JobQueue((job) => environment.emit({ kind: 'job', job }));
    this.review = new ReviewService(store, environment.reviewer, (overview) =>
      this.#tellNews(overview.kept + overview.removed + overview.relabelled, overview.pending),
    );
    this.effects = new EffectsService(store, environment.compute, this.review.views, environment.matrixBytes);
  }

  /**
   * Opens the project made from exactly this file earlier, or makes a new one and starts reading.
   * @throws InputError when the file cannot be read as a dataset.
   */
  static async fromSource(path: string, projectsFolder: string, environment: ProjectEnvironment): Promise<OpenProject> {
    const origin = describeOrigin(path);
    const known = findProjectOf(origin, projectsFolder);
    if (known !== undefined) return OpenProject.fromFolder(known, environment);
    const inspection = await inspectCsv(path);
    const folder = chooseProjectFolder(origin, projectsFolder);
    return OpenProject.create(folder, origin, inspection, environment);
  }

  /** Makes a new project in `folder` and starts reading. */
  static async create(
    folder: string,
    origin: Origin,
    inspection: CsvInspection,
    environment: ProjectEnvironment,
  ): Promise<OpenProject> {
    const store = await createProject(folder, { name: origin.path.replace(/^.*[\\/]/, '').replace(/\.[^.]+$/, '') });
    const project = new OpenProject(store, origin, inspection.preview, inspection, environment);
    await project.#startLoading();
    return project;
  }

  /** Opens a project folder; reading that was interrupted starts again. */
  static async fromFolder(folder: string, environment: ProjectEnvironment): Promise<OpenProject> {
    if (!existsSync(join(folder, 'project.duckdb'))) {
      if (existsSync(draftFolder(folder))) {
        throw new InputError(
          `The project in ${folder} was never finished: the command that made it is still running, or was killed. Run it again.`,
        );
      }
      throw new InputError(
        `${folder} is not an Assay project: it has no file project.duckdb. Choose a folder named ….assay.`,
      );
    }
    const store = await openProject(folder);
    try {
      const origin = readOrigin(folder);
      const { source } = store;
      if (source !== null) {
        const fallback: Origin = {
          path: source.fingerprint.path,
          bytes: source.fingerprint.bytes,
          mtimeMs: source.fingerprint.mtimeMs,
          attempts: 0,
        };
        const preview = await readPreview(store, source);
        const project = new OpenProject(store, origin ?? fallback, preview, undefined, environment);
        await project.#resume(source);
        return project;
      }
      if (origin === undefined) {
        throw new InputError(`The project in ${folder} has no data. Delete the folder and open the data file again.`);
      }
      if (origin.attempts >= maxAttempts) {
        await writeOrigin(folder, { ...origin, attempts: 0 });
        throw new InputError(
          `Reading ${origin.path} was begun ${origin.attempts} times and never ended, so it is not tried again by itself. Open the file once more to try again.`,
          { details: { path: origin.path } },
        );
      }
      const inspection = await inspectCsv(origin.path);
      const project = new OpenProject(store, origin, inspection.preview, inspection, environment);
      project.#notice = 'Reading was interrupted; it starts again.';
      await project.#startLoading();
      return project;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  describe(): OpenedProject {
    const { source, audit } = this.store;
    return {
      name: this.store.name,
      folder: this.store.folder,
      place: source === null || audit === null ? 'data' : 'review',
      preview: this.#preview,
      dataset: this.summary(),
      audit: this.auditSummary,
      jobs: this.jobs.snapshots,
      view: this.#view,
      notice: this.#notice,
    };
  }

  /** Resolves when the file has been read; rejects with the reason why it could not be. */
  async whenLoaded(): Promise<void> {
    await this.#loading?.result;
  }

  summary(): DatasetSummary {
    const { source } = this.store;
    const summary = summarizeDataset({
      path: this.#origin.path,
      bytes: this.#origin.bytes,
      sha256: source?.fingerprint.sha256 ?? null,
      complete: source !== null,
      rowCount: source?.rowCount ?? this.#rowsRead,
      dialect: source?.dialect ?? this.#preview.dialect,
      columns: source === null ? this.#withChoices(this.#preview.columns) : this.store.columns,
      pictures: source === null ? (this.#inspection?.pictures ?? null) : source.pictures,
      issueCount: source?.issueCount ?? this.#issuesRead,
      duplicateRows: this.#duplicateRows,
      notes: source?.notes ?? this.#inspection?.notes ?? [],
      labels: this.#labels,
    });
    return this.#loadFailed === null ? summary : { ...summary, blocked: this.#loadFailed };
  }

  /** @throws InputError when a column is not there or two columns have a role that only one can have. */
  async setColumns(choices: readonly ColumnChoice[]): Promise<DatasetSummary> {
    const current = this.store.source === null ? this.#withChoices(this.#preview.columns) : this.store.columns;
    const chosen = applyChoices(current, choices);
    if (this.store.source === null) {
      this.#choices = mergeChoices(this.#choices, choices);
    } else {
      await this.store.saveColumns(chosen);
      await this.#countLabels();
    }
    this.#preview = { ...this.#preview, columns: [...chosen] };
    return this.summary();
  }

  async readIssues(offset: number, limit: number): Promise<{ total: number; issues: RowIssue[] }> {
    return this.store.readIssues(offset, limit);
  }

  async saveView(view: string): Promise<void> {
    this.#view = view;
    await this.store.writeMeta('view', view);
  }

  get auditSummary(): AuditSummary | null {
    return this.store.audit?.summary ?? null;
  }

  async estimateAudit(settings: AuditSettings): Promise<AuditEstimate> {
    const backend = await this.#environment.compute.describe(settings.backend);
    return estimateAudit(this.summary(), settings, backend.name, await measureSpace(this.store.folder));
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
        const result = await runAudit(this.store, compute, settings, job, { matrixBytes });
        this.effects.reset();
        this.review.views.clear();
        this.#notice = '';
        const totals = await this.store.reviewTotals(0.5);
        this.#tellNews(totals.kept + totals.removed + totals.relabelled, totals.pending);
        return result;
      },
    });
    this.#record(started, 'audit');
    return started;
  }

  /** Takes the rows of a second file as the validation rows of the next audits. */
  async addValidationFile(path: string): Promise<void> {
    describeOrigin(path);
    await this.jobs.start({ kind: 'load', stages: loadStages, run: (job) => loadValidation(this.store, path, job) })
      .result;
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
      run: (job) => runVerify(this.store, compute, request, job, matrixBytes),
    });
    this.#record(started, 'verify');
    return started;
  }

  /** The verification with this job's id. */
  async verification(jobId: string): Promise<Verification | null> {
    return (await this.readVerifications()).find(({ id }) => id === jobId) ?? null;
  }

  /** Latest first. */
  async readVerifications(): Promise<Verification[]> {
    return readVerifications(this.store);
  }

  /** Answers one long question about the audited head, or about one fitted to the data as the settings say. Keeps nothing. */
  startStudy<Kind extends StudyKind>(request: StudyJobRequest<Kind>): StartedJob<Study<Studies[Kind]['answer']>> {
    const { compute, matrixBytes } = this.#environment;
    return this.jobs.start({
      kind: 'study',
      stages: studyStages(request),
      run: (job) => runStudyJob(this.store, compute, request, job, matrixBytes),
    });
  }

  async planExport(threshold: number): Promise<ExportPlan> {
    return planExport(this.store, threshold);
  }

  startExport(request: {
    readonly folder: string;
    readonly kinds: EngineParsedParams<'export.start'>['kinds'];
    readonly removal: RemovalChoice;
    readonly parameters?: Readonly<Record<string, unknown>>;
  }): StartedJob<ExportResult> {
    const started = this.jobs.start({
      kind: 'export',
      stages: [{ name: 'exporting', expectedSeconds: 1 + this.#origin.bytes / 100e6 }],
      run: async (job) => {
        const result = await exportProject(this.store, {
          ...request,
          appVersion: this.#environment.version,
          signal: job.signal,
          progress: (progress) => job.progress({ ...progress, stage: 'exporting' }),
        });
        this.#exportResult = result;
        await this.store.writeMeta('exportResult', result);
        const totals = await this.store.reviewTotals(0.5);
        this.#tellNews(totals.kept + totals.removed + totals.relabelled, totals.pending);
        return result;
      },
    });
    this.#record(started, 'export');
    return started;
  }

  get exportResult(): ExportResult | null {
    return this.#exportResult;
  }

  /** Stops running jobs, waits for them, and closes the store. */
  async close(): Promise<void> {
    this.#closed = true;
    this.jobs.cancelAll();
    await this.jobs.idle();
    await this.#background;
    this.effects.reset();
    await this.#environment.compute.closeSession();
    await this.store.close();
  }

  async #startLoading(): Promise<void> {
    const attempts = this.#origin.attempts + 1;
    await writeOrigin(this.store.folder, { ...this.#origin, attempts });
    const started = this.jobs.start({
      kind: 'load',
      stages: loadStages,
      run: async (job) => {
        const record = await loadSource(
          this.store,
          {
            path: this.#origin.path,
            dialect: this.#preview.dialect,
            columnCount: this.#preview.columns.length,
            onProgress: (rows, issues) => this.#tellReading(rows, issues),
          },
          job,
        ).catch(async (error: unknown) => {
          // Why reading failed is told, whatever else a full disk does not take.
          await writeOrigin(this.store.folder, { ...this.#origin, attempts: 0 }).catch(() => undefined);
          throw error;
        });
        await writeOrigin(this.store.folder, { ...this.#origin, attempts: 0 });
        if (this.#choices.length > 0) await this.store.saveColumns(applyChoices(this.store.columns, this.#choices));
        this.#preview = { ...this.#preview, dialect: record.dialect, columns: [...this.store.columns] };
        await this.#countLabels();
        this.#tellNews(0, 0);
        this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
        return record;
      },
    });
    this.#loading = started;
    started.result
      .then(() => this.#countDuplicates())
      .catch((error: unknown) => {
        if (this.#closed) return;
        this.#loadFailed = describeLoadFailure(error);
        this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
      });
  }

  async #resume(source: SourceRecord): Promise<void> {
    const view = await this.store.readMeta('view');
    this.#view = typeof view === 'string' ? view : '';
    const exported = exportResultSchema.safeParse(await this.store.readMeta('exportResult'));
    if (exported.success) this.#exportResult = exported.data;
    const duplicates = await this.store.readMeta('duplicateRows');
    this.#duplicateRows = typeof duplicates === 'number' ? duplicates : null;
    this.#rowsRead = source.rowCount;
    await this.#countLabels();
    this.#notice = await this.#noticeOnOpening();
    if (this.store.audit !== null) {
      const totals = await this.store.reviewTotals(0.5);
      this.#tellNews(totals.kept + totals.removed + totals.relabelled, totals.pending);
    } else {
      this.#tellNews(0, 0);
    }
    if (this.#duplicateRows === null) this.#countDuplicates();
  }

  async #noticeOnOpening(): Promise<string> {
    const notices: string[] = [];
    const [latest] = (await this.store.readJobs(10)).filter((job) => job.kind === 'audit');
    if (latest !== undefined && latest.state === 'running') {
      notices.push(
        this.store.audit === null
          ? 'The last audit was interrupted. Run it again.'
          : 'The last audit was interrupted; the one before it is shown. Your decisions are all here.',
      );
    }
    try {
      if (!isSameFile(describeOrigin(this.#origin.path), this.#origin)) {
        notices.push(
          `${this.#origin.path} has changed since it was read: the project shows it as it was, and cannot export a cleaned copy.`,
        );
      }
    } catch {
      notices.push(`${this.#origin.path} is no longer there: put it back to export a cleaned copy.`);
    }
    return notices.join(' ');
  }

  async #countLabels(): Promise<void> {
    const label = this.store.columns.find((column) => column.role === 'label');
    if (label === undefined) {
      this.#labels = null;
      return;
    }
    const { values, distinct, blank } = await this.store.countValues(label.index, shownClasses);
    this.#labels = {
      classes: values.map(({ value, count }) => ({ label: value, count })),
      classCount: distinct,
      unlabelled: blank,
    };
  }

  /** Beside everything else: nothing waits for it but closing. Very wide tables are left out, and nothing is said of them. */
  #countDuplicates(): void {
    if (this.store.columns.length > widestForDuplicates) return;
    const except = this.store.columns.filter((column) => column.role === 'id').map((column) => column.index);
    this.#background = this.store
      .countDuplicateRows(except)
      .then(async (count) => {
        this.#duplicateRows = count;
        await this.store.writeMeta('duplicateRows', count);
        if (!this.#closed) this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
      })
      .catch(() => undefined);
  }

  /** Rows and problems so far, told a few times a second. */
  #tellReading(rows: number, issues: number): void {
    this.#rowsRead = rows;
    this.#issuesRead = issues;
    const now = Date.now();
    if (now - this.#toldAt < tellReadingEveryMs) return;
    this.#toldAt = now;
    this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
  }

  #withChoices(columns: readonly Column[]): readonly Column[] {
    return this.#choices.length === 0 ? columns : applyChoices(columns, this.#choices);
  }

  #tellNews(decided: number, pending: number): void {
    this.#environment.onNews({
      folder: this.store.folder,
      name: this.store.name,
      rows: this.store.source?.rowCount ?? this.#rowsRead,
      decided,
      pending,
      exported: this.#exportResult !== null,
    });
  }

  /** Keeps the job's start and end in the project, so that an interrupted one is known after a crash. */
  #record(started: StartedJob<unknown>, kind: string): void {
    const base = { id: started.id, kind, startedAt: new Date().toISOString() };
    const save = (state: string, message: string): void => {
      const finishedAt = state === 'running' ? null : new Date().toISOString();
      this.store.saveJob({ ...base, finishedAt, state, message }).catch(() => undefined);
    };
    save('running', '');
    started.result.then(
      () => save('done', ''),
      (error: unknown) => save(started.job.snapshot.state, error instanceof Error ? error.message : String(error)),
    );
  }
}

function describeLoadFailure(error: unknown): string {
  if (error instanceof CancelledError) return 'Reading was cancelled. Open the file again to read it.';
  return error instanceof Error ? error.message : String(error);
}

async function readPreview(store: ProjectStore, source: SourceRecord): Promise<Preview> {
  const rows = Array.from({ length: Math.min(previewRows, source.rowCount) }, (_, row) => row);
  return { dialect: source.dialect, columns: [...store.columns], rows: await store.readCells(rows) };
}

async function writeOrigin(folder: string, origin: Origin): Promise<void> {
  try {
    await writeFileAtomic(join(folder, originFile), `${JSON.stringify(origin, null, 2)}\n`);
  } catch (error) {
    throw storageError(error, folder);
  }
}
