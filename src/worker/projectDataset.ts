import { unknownReasons, type Column, type DatasetSummary, type Leakage, type Preview } from '../contract/dataset';
import type { EngineEvent } from '../contract/engineApi';
import { CancelledError } from '../core/base/errors';
import { applyChoices, mergeChoices, type ColumnChoice } from './columnChoices';
import { summarizeDataset } from './datasetSummary';
import type { CsvInspection } from './datasets/datasetTypes';
import type { JobQueue, StartedJob } from './jobs/jobQueue';
import { loadSource, loadStages } from './jobs/loadJob';
import { chooseLabels, describeOutdated, type LabelChoice } from './labels/chooseLabels';
import { readLabelSummary, type LabelSummary } from './labels/labelSummary';
import { LeakageWatch } from './leakage/leakageWatch';
import { writeOrigin, type Origin } from './projectFolders';
import type { ProjectStoreApi } from './store/projectStoreApi';
import type { SourceRecord } from './store/storeTypes';

/** Comparing whole rows of more columns than this takes longer than it is worth, unless there are few of them. */
const widestForDuplicates = 300;
const mostCellsCompared = 50e6;
const tellReadingEveryMs = 400;
const previewRows = 200;

export interface ProjectDatasetOptions {
  readonly store: ProjectStoreApi;
  readonly jobs: JobQueue;
  readonly origin: Origin;
  readonly preview: Preview;
  /** Of a file that is still to be read. */
  readonly inspection: CsvInspection | undefined;
  readonly emit: (event: EngineEvent) => void;
  /** Called when the file has been read. */
  readonly onLoaded: () => void;
}

/** The data of a project: reading it, what is known of it so far, and what its columns are for. */
export class ProjectDataset {
  readonly origin: Origin;
  readonly #store: ProjectStoreApi;
  readonly #jobs: JobQueue;
  readonly #inspection: CsvInspection | undefined;
  readonly #emit: (event: EngineEvent) => void;
  readonly #onLoaded: () => void;
  #preview: Preview;
  readonly #leakage: LeakageWatch;
  #labels: LabelSummary | null = null;
  #duplicateRows: number | null = null;
  #rowsRead = 0;
  #issuesRead = 0;
  #choices: readonly ColumnChoice[] = [];
  #loading: StartedJob<SourceRecord> | undefined;
  #loadFailed: string | null = null;
  #closed = false;
  #background: Promise<void> = Promise.resolve();
  #toldAt = 0;

  constructor({ store, jobs, origin, preview, inspection, emit, onLoaded }: ProjectDatasetOptions) {
    this.#store = store;
    this.#jobs = jobs;
    this.origin = origin;
    this.#preview = preview;
    this.#inspection = inspection;
    this.#emit = emit;
    this.#onLoaded = onLoaded;
    this.#leakage = new LeakageWatch(store, () => this.#tell());
  }

  get preview(): Preview {
    return this.#preview;
  }

  /** So far. */
  get rowCount(): number {
    return this.#store.source?.rowCount ?? this.#rowsRead;
  }

  summary(): DatasetSummary {
    const { source } = this.#store;
    const summary = summarizeDataset({
      path: this.origin.path,
      bytes: this.origin.bytes,
      sha256: source?.fingerprint.sha256 ?? null,
      complete: source !== null,
      rowCount: this.rowCount,
      dialect: source?.dialect ?? this.#preview.dialect,
      columns: source === null ? this.#withChoices(this.#preview.columns) : this.#store.columns,
      pictures: source === null ? (this.#inspection?.pictures ?? null) : source.pictures,
      issueCount: source?.issueCount ?? this.#issuesRead,
      duplicateRows: this.#duplicateRows,
      notes: source?.notes ?? this.#inspection?.notes ?? [],
      labels: this.#labels,
      leakage: this.#leakage.leakage,
      auditOutdated: describeOutdated(this.#store),
    });
    return this.#loadFailed === null ? summary : { ...summary, blocked: this.#loadFailed };
  }

  /** @throws InputError when a column is not there or two columns have a role that only one can have. */
  async setColumns(choices: readonly ColumnChoice[]): Promise<DatasetSummary> {
    const current = this.#store.source === null ? this.#withChoices(this.#preview.columns) : this.#store.columns;
    const chosen = applyChoices(current, choices);
    if (this.#store.source === null) {
      this.#choices = mergeChoices(this.#choices, choices);
    } else {
      await this.#store.saveColumns(chosen);
      await this.#countLabels();
      if (idsOf(chosen) !== idsOf(current)) this.#countDuplicates();
      this.#leakage.refresh();
    }
    this.#preview = { ...this.#preview, columns: [...chosen] };
    return this.summary();
  }

  /** Reads the file in the background: see {@link whenLoaded}. */
  async startLoading(): Promise<void> {
    const { folder } = this.#store;
    await writeOrigin(folder, { ...this.origin, attempts: this.origin.attempts + 1 });
    const started = this.#jobs.start({
      kind: 'load',
      stages: loadStages,
      run: async (job) => {
        const record = await loadSource(
          this.#store,
          {
            path: this.origin.path,
            dialect: this.#preview.dialect,
            said: this.#inspection?.said ?? {},
            columnCount: this.#preview.columns.length,
            onProgress: (rows, issues) => this.#tellReading(rows, issues),
          },
          job,
        ).catch(async (error: unknown) => {
          // Why reading failed is told, whatever else a full disk does not take.
          await writeOrigin(folder, { ...this.origin, attempts: 0 }).catch(() => undefined);
          throw error;
        });
        await writeOrigin(folder, { ...this.origin, attempts: 0 });
        if (this.#choices.length > 0) await this.#store.saveColumns(applyChoices(this.#store.columns, this.#choices));
        this.#preview = { ...this.#preview, dialect: record.dialect, columns: [...this.#store.columns] };
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
        this.#countDuplicates();
      })
      .catch((error: unknown) => {
        if (this.#closed) return;
        this.#loadFailed = describeLoadFailure(error);
        this.#tell();
      });
  }

  /** Resolves when the file has been read; rejects with the reason why it could not be. */
  async whenLoaded(): Promise<void> {
    await this.#loading?.result;
  }

  /** Takes up a file that was read earlier. */
  async resume(): Promise<void> {
    const duplicates = await this.#store.readMeta('duplicateRows');
    this.#duplicateRows = typeof duplicates === 'number' ? duplicates : null;
    await this.#countLabels();
    await this.#leakage.resume();
    if (this.#duplicateRows === null) this.#countDuplicates();
  }

  /**
   * Decides how labels that look alike are read, or takes the latest such decision back.
   * @throws InputError when there are none, or something else was decided since.
   */
  async chooseLabels(choice: LabelChoice, reviewer: string): Promise<DatasetSummary> {
    await chooseLabels(this.#store, this.#labels, choice, reviewer);
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

  /** From now on nobody is told anything: the project is closing. */
  silence(): void {
    this.#closed = true;
    this.#leakage.stop();
  }

  /** Resolves when nothing but jobs reads the project. */
  async idle(): Promise<void> {
    await this.#background;
    await this.#leakage.settled();
  }

  async #countLabels(): Promise<void> {
    this.#labels = await readLabelSummary(this.#store);
  }

  /** Beside everything else: nothing waits for it but closing. Large tables with very many columns are left out, and nothing is said of them. */
  #countDuplicates(): void {
    const { columns } = this.#store;
    if (columns.length > widestForDuplicates && columns.length * this.rowCount > mostCellsCompared) return;
    const except = columns.filter((column) => column.role === 'id').map((column) => column.index);
    const ids = idsOf(columns);
    this.#background = this.#background
      .then(() => (this.#closed ? null : this.#store.countDuplicateRows(except)))
      .then(async (count) => {
        // Another column became the id meanwhile: its own count follows.
        if (count === null || idsOf(this.#store.columns) !== ids) return;
        this.#duplicateRows = count;
        await this.#store.writeMeta('duplicateRows', count);
        if (!this.#closed) this.#tell();
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
    this.#tell();
  }

  #tell(): void {
    this.#emit({ kind: 'dataset', dataset: this.summary() });
  }

  #withChoices(columns: readonly Column[]): readonly Column[] {
    return this.#choices.length === 0 ? columns : applyChoices(columns, this.#choices);
  }
}

/** Which columns are no part of a repeated row. */
function idsOf(columns: readonly Column[]): string {
  return columns
    .filter(({ role }) => role === 'id')
    .map(({ index }) => index)
    .join();
}

/** The first rows of a file that was read. */
export async function readPreview(store: ProjectStoreApi, source: SourceRecord): Promise<Preview> {
  const rows = Array.from({ length: Math.min(previewRows, source.rowCount) }, (_, row) => row);
  const found = source.found ?? { reasons: unknownReasons, rawLines: [] };
  return { dialect: source.dialect, columns: [...store.columns], rows: await store.readCells(rows), ...found };
}

function describeLoadFailure(error: unknown): string {
  if (error instanceof CancelledError) return 'Reading was cancelled. Open the file again to read it.';
  return error instanceof Error ? error.message : String(error);
}
