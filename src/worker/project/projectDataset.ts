import {
  type DatasetSummary,
  type Leakage,
  type Preview,
  type RowIssue,
  type SaidDialect,
  saidDialectSchema,
} from '../../contract/dataset';
import { CancelledError } from '../../core/base/errors';
import type { CsvInspection } from '../datasets/datasetTypes';
import { inspectCsv } from '../datasets/inspectCsv';
import { previewRowCount } from '../datasets/previewSize';
import { writeProblems } from '../exports/problemsFile';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { type LoadRequest, loadSource, loadStages, loadValidation } from '../jobs/loadJob';
import { chooseLabels, describeOutdated, type LabelChoice } from '../labels/chooseLabels';
import { type LabelSummary, readLabelSummary } from '../labels/labelSummary';
import { LeakageWatch } from '../leakage/leakageWatch';
import type { ProjectStore } from '../store/projectStore';
import type { SourceKind } from '../store/sources/sourceStore';
import type { SourceRecord } from '../store/storeTypes';
import {
  applyChoices,
  type ColumnChoice,
  type NamedChoice,
  namedChoiceSchema,
  recallChoices,
  rememberChoices,
} from './columnChoices';
import { summarizeDataset } from './datasetSummary';
import { DuplicateWatch } from './duplicateWatch';
import type { Opening } from './opening';
import { readPreview } from './preview';
import type { ProjectEnvironment } from './projectEnvironment';
import { describeOrigin, maxReadingAttempts, type Origin, writeOrigin } from './projectFolders';
import { describeSources, type ProjectSource } from './projectSources';

const tellReadingEveryMs = 400;
const choicesKey = 'columnChoices';

interface ProjectDatasetOptions {
  readonly opening: Opening;
  readonly jobs: JobQueue;
  readonly environment: Pick<ProjectEnvironment, 'emit' | 'reviewer'>;
  /** Called when the file has been read. */
  readonly onLoaded: () => void;
}

/** The data of a project: reading it, what is known of it so far, and what its columns are for. */
export class ProjectDataset {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #environment: Pick<ProjectEnvironment, 'emit' | 'reviewer'>;
  readonly #onLoaded: () => void;
  #origin: Origin;
  /** Of the latest reading that was begun since the project was opened. */
  #inspection: CsvInspection | null;
  #preview: Preview;
  readonly #leakage: LeakageWatch;
  #labels: LabelSummary | null = null;
  readonly #duplicates: DuplicateWatch;
  #rowsRead = 0;
  #issuesRead = 0;
  #choices: readonly NamedChoice[] = [];
  /** The file is being read: what the project has of an earlier reading is not shown. */
  #reading = false;
  #turn: Promise<unknown> = Promise.resolve();
  #restoring: Promise<void> = Promise.resolve();
  #loading: StartedJob<SourceRecord> | undefined;
  #loadFailed: string | null = null;
  #closed = false;
  #toldAt = 0;

  constructor({ opening: { store, origin, preview, inspection }, jobs, environment, onLoaded }: ProjectDatasetOptions) {
    this.#store = store;
    this.#jobs = jobs;
    this.#origin = origin;
    this.#preview = preview;
    this.#inspection = inspection;
    this.#environment = environment;
    this.#onLoaded = onLoaded;
    this.#leakage = new LeakageWatch(store, () => this.#tell());
    this.#duplicates = new DuplicateWatch(store, () => this.#tell());
  }

  /** The data file, and what was said of how it is written. */
  get origin(): Origin {
    return this.#origin;
  }

  get preview(): Preview {
    return this.#preview;
  }

  /** The preview once a reading that failed has been taken back. */
  async settledPreview(): Promise<Preview> {
    await this.#restoring;
    return this.#preview;
  }

  /** So far. */
  get rowCount(): number {
    return this.#source?.rowCount ?? this.#rowsRead;
  }

  /** What was read completely; null while the file is being read. */
  get #source(): SourceRecord | null {
    return this.#reading ? null : this.#store.sources.source;
  }

  summary(): DatasetSummary {
    const source = this.#source;
    const summary = summarizeDataset({
      path: this.origin.path,
      bytes: this.origin.bytes,
      sha256: source?.fingerprint.sha256 ?? null,
      complete: source !== null,
      rowCount: this.rowCount,
      dialect: source?.dialect ?? this.#preview.dialect,
      said: source === null ? this.#origin.said : (source.said ?? {}),
      columns: source === null ? this.#preview.columns : this.#store.sources.columns,
      pictures: source === null ? (this.#inspection?.pictures ?? null) : source.pictures,
      issueCount: source?.issueCount ?? this.#issuesRead,
      duplicateRows: this.#duplicates.rows,
      notes: source?.notes ?? this.#inspection?.notes ?? [],
      labels: this.#labels,
      leakage: this.#leakage.leakage,
      auditOutdated: describeOutdated(this.#store),
    });
    return this.#loadFailed === null ? summary : { ...summary, blocked: this.#loadFailed };
  }

  /** @throws InputError when a column is not there or two columns have a role that only one can have. */
  async setColumns(choices: readonly ColumnChoice[]): Promise<DatasetSummary> {
    const current = this.#source === null ? this.#preview.columns : this.#store.sources.columns;
    const chosen = applyChoices(current, choices);
    this.#choices = rememberChoices(this.#choices, current, chosen);
    await this.#store.meta.write(choicesKey, this.#choices);
    if (this.#source !== null) {
      await this.#store.sources.saveColumns(chosen);
      await this.#countLabels();
      this.#duplicates.refresh();
      this.#leakage.refresh();
    }
    this.#preview = { ...this.#preview, columns: [...chosen] };
    return this.summary();
  }

  /** Reads the file in the background: see {@link whenLoaded}. */
  async startLoading(): Promise<void> {
    await this.#recallChoices();
    await this.#startReading();
  }

  /**
   * Reads the file another way in the background, instead of whatever reading is under way. What was said of columns holds
   * for those of the same names. Where the new reading fails or is cancelled, the earlier one is shown again.
   * @throws InputError when the file cannot be read so; nothing has changed then.
   */
  async reread(said: SaidDialect): Promise<void> {
    const turn = this.#turn.then(async () => {
      const inspection = await inspectCsv(this.#origin.path, { dialect: said });
      const before = this.#loading;
      this.#loading = undefined;
      before?.job.cancel();
      await before?.result.catch(() => undefined);
      await this.#forgetFindings();
      this.#begin(inspection);
      await this.#startReading().catch(async (error: unknown) => {
        this.#takeFailure(error);
        await this.#restoring;
        throw error;
      });
    });
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /** What is found out beside jobs is of the rows there were. Nothing reads them when it resolves. */
  async #forgetFindings(): Promise<void> {
    await this.#duplicates.forget();
    await this.#leakage.forget();
  }

  /** From here on it is another reading that is shown. */
  #begin(inspection: CsvInspection): void {
    const { preview, said } = inspection;
    this.#inspection = inspection;
    this.#origin = { ...this.#origin, said, attempts: 0 };
    this.#preview = { ...preview, columns: recallChoices(preview.columns, this.#choices) };
    this.#labels = null;
    this.#rowsRead = 0;
    this.#issuesRead = 0;
    this.#loadFailed = null;
    this.#reading = true;
  }

  async #startReading(): Promise<void> {
    const { folder } = this.#store;
    await writeOrigin(folder, { ...this.#origin, attempts: this.#origin.attempts + 1 });
    this.#reading = true;
    const failed = (error: unknown): void => {
      // A reading that gave way to another one is of no interest.
      if (this.#reading && !this.#closed && this.#loading === started) this.#takeFailure(error);
    };
    const started: StartedJob<SourceRecord> = this.#jobs.start({
      kind: 'load',
      stages: loadStages,
      run: async (job) => {
        const asked = this.#choices;
        const record = await loadSource(this.#store, this.#loadRequest(), job).catch(async (error: unknown) => {
          // Why reading failed is told, whatever else a full disk does not take.
          await this.#endReading(this.#saidAfterFailure()).catch(() => undefined);
          // Whoever hears that the job has ended finds the project as it is now.
          failed(error);
          await this.#restoring;
          throw error;
        });
        await this.#endReading(this.#origin.said);
        this.#reading = false;
        if (this.#choices !== asked) {
          await this.#store.sources.saveColumns(recallChoices(this.#store.sources.columns, this.#choices));
        }
        await this.#completePreview(record);
        await this.#countLabels();
        this.#onLoaded();
        this.#tell();
        return record;
      },
    });
    this.#loading = started;
    started.result
      .then(() => {
        this.#leakage.refresh();
        this.#duplicates.refresh();
      })
      // One that was cancelled before it began has failed nowhere else.
      .catch(failed);
  }

  /** A preview is of the file's first part: of wide tables that holds fewer rows than can be shown. */
  async #completePreview(record: SourceRecord): Promise<void> {
    const { rows } = this.#preview;
    const columns = [...this.#store.sources.columns];
    const full = rows.length >= Math.min(previewRowCount(columns.length), record.rowCount);
    this.#preview = full
      ? { ...this.#preview, dialect: record.dialect, columns }
      : { ...this.#preview, ...(await readPreview(this.#store, record)) };
  }

  async #endReading(said: SaidDialect): Promise<void> {
    this.#origin = { ...this.#origin, said, attempts: 0 };
    await writeOrigin(this.#store.folder, this.#origin);
  }

  /** The project keeps what it has. One that is closing while it is read another way goes on with that when it is opened. */
  #saidAfterFailure(): SaidDialect {
    const { source } = this.#store.sources;
    return source === null || this.#closed ? this.#origin.said : (source.said ?? {});
  }

  #loadRequest(): LoadRequest {
    const { dialect, columns, reasons, rawLines } = this.#preview;
    return {
      path: this.#origin.path,
      dialect,
      said: this.#origin.said,
      found: { reasons, rawLines },
      columnCount: columns.length,
      head: this.#inspection?.preview.dialect === dialect ? this.#inspection.head : undefined,
      adjust: (found) => recallChoices(found, this.#choices),
      onProgress: (rows, issues) => this.#tellReading(rows, issues),
    };
  }

  /** Reading failed or was cancelled: what was read before is what there is. */
  #takeFailure(error: unknown): void {
    const { source } = this.#store.sources;
    this.#reading = false;
    if (source === null) this.#loadFailed = describeLoadFailure(error);
    else {
      // A disk that is full, or a project that is being closed, shows nothing any more: why reading failed is told anyway.
      this.#restoring = this.#showStored(source).catch((reason: unknown) => {
        this.#loadFailed ??= describeLoadFailure(reason);
      });
    }
    void this.#restoring.then(() => this.#tell());
  }

  async #showStored(source: SourceRecord): Promise<void> {
    this.#origin = { ...this.#origin, said: source.said ?? {} };
    this.#preview = await readPreview(this.#store, source);
    await this.#countLabels();
    this.#leakage.refresh();
    this.#duplicates.refresh();
  }

  /** Resolves when the file has been read; rejects with the reason why it could not be. */
  async whenLoaded(): Promise<void> {
    await this.#loading?.result;
  }

  /** Takes up a file that was read earlier, and a reading of it another way that was cut off. */
  async resume(): Promise<void> {
    await this.#recallChoices();
    const read = this.#store.sources.source?.said ?? {};
    if (!isSame(this.#origin.said, read)) {
      const again = this.#origin.attempts < maxReadingAttempts && this.#store.audits.latest === null;
      if (again && (await this.#takeUpReading())) return;
      await this.#endReading(read);
    }
    await this.#countLabels();
    await this.#leakage.resume();
    await this.#duplicates.resume();
  }

  /**
   * Decides how labels that look alike are read, or takes the latest such decision back.
   * @throws InputError when there are none, or something else was decided since.
   */
  async chooseLabels(choice: LabelChoice): Promise<DatasetSummary> {
    await chooseLabels(this.#store, this.#labels, choice, this.#environment.reviewer());
    return this.rereadLabels();
  }

  /** Counts the classes again after a decision about them was made, undone or redone, and tells. */
  async rereadLabels(): Promise<DatasetSummary> {
    await this.#countLabels();
    this.#leakage.refresh();
    this.#tell();
    return this.summary();
  }

  /** Columns that give the label away and are real features all the same: they are remembered, and not warned of. */
  async acceptColumns(columns: readonly string[]): Promise<DatasetSummary> {
    await this.#leakage.accept(columns);
    return this.summary();
  }

  /** Which columns give the label away, once it is known. */
  async whenMeasured(): Promise<Leakage | null> {
    await this.#leakage.settled();
    return this.#leakage.leakage;
  }

  async #takeUpReading(): Promise<boolean> {
    const { attempts, path, said } = this.#origin;
    const inspection = await inspectCsv(path, { dialect: said }).catch(() => undefined);
    if (inspection === undefined) return false;
    await this.#leakage.resume();
    await this.#forgetFindings();
    this.#begin(inspection);
    this.#origin = { ...this.#origin, attempts };
    await this.#startReading();
    return true;
  }

  async #recallChoices(): Promise<void> {
    const stored = namedChoiceSchema.array().safeParse(await this.#store.meta.read(choicesKey));
    this.#choices = stored.success ? stored.data : [];
    if (this.#store.sources.source !== null) return;
    this.#preview = { ...this.#preview, columns: recallChoices(this.#preview.columns, this.#choices) };
  }

  /** The files that the project was made from: what is written must not be one of them. */
  get sources(): readonly ProjectSource[] {
    return describeSources(this.#store);
  }

  /** Problems found in a file's rows, in the order of the rows; none while the data file is being read. */
  async readIssues(offset: number, limit: number, kind?: SourceKind): Promise<{ total: number; issues: RowIssue[] }> {
    if (this.#reading) return { total: 0, issues: [] };
    return this.#store.sources.readIssues(offset, limit, kind);
  }

  /** See {@link writeProblems}. */
  async writeProblems(file: string, overwrite: boolean): Promise<void> {
    await writeProblems(this.#store, file, overwrite);
  }

  /** Takes the rows of a second file as the validation rows of the next audits. `said`: of how it is written. */
  async addValidationFile(path: string, said: SaidDialect = {}): Promise<void> {
    describeOrigin(path);
    await this.#jobs.start({
      kind: 'load',
      stages: loadStages,
      run: (job) => loadValidation(this.#store, path, said, job),
    }).result;
  }

  /** From now on nobody is told anything: the project is closing. */
  silence(): void {
    this.#closed = true;
    this.#leakage.stop();
    this.#duplicates.stop();
  }

  /** Resolves when nothing but jobs reads the project. */
  async idle(): Promise<void> {
    await this.#duplicates.settled();
    await this.#leakage.settled();
  }

  async #countLabels(): Promise<void> {
    this.#labels = await readLabelSummary(this.#store);
  }

  /** Rows and problems so far, told a few times a second. All that is known of thousands of columns would be too much to say so often. */
  #tellReading(rows: number, issues: number): void {
    this.#rowsRead = rows;
    this.#issuesRead = issues;
    const now = Date.now();
    if (now - this.#toldAt < tellReadingEveryMs) return;
    this.#toldAt = now;
    this.#environment.emit({ kind: 'reading', rowCount: rows, issueCount: issues });
  }

  #tell(): void {
    this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
  }
}

function isSame(a: SaidDialect, b: SaidDialect): boolean {
  const text = (said: SaidDialect): string => JSON.stringify(saidDialectSchema.parse(said));
  return text(a) === text(b);
}

function describeLoadFailure(error: unknown): string {
  if (error instanceof CancelledError) return 'Reading was cancelled. Open the file again to read it.';
  return error instanceof Error ? error.message : String(error);
}
