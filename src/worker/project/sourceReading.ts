import { type Column, type Preview, type SaidDialect, saidDialectSchema } from '../../contract/dataset';
import { BugError, CancelledError } from '../../core/base/errors';
import type { Looking } from '../datasets/looking';
import type { Inspection } from '../datasets/sourceFormat';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { type LoadRequest, loadSource, loadStages } from '../jobs/loadJob';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import { inspectFile } from './dataFile';
import type { DatasetFindings } from './datasetFindings';
import type { SourceFacts } from './datasetSummary';
import type { Opening } from './opening';
import { completePreview, readPreview } from './preview';
import { maxReadingAttempts, type Origin, writeOrigin } from './projectFolders';
import type { RememberedChoices } from './rememberedChoices';

const tellEveryMs = 400;

interface SourceReadingOptions {
  readonly opening: Opening;
  readonly jobs: JobQueue;
  readonly choices: RememberedChoices;
  readonly findings: DatasetFindings;
  /** Called a few times a second with the rows and problems so far. */
  readonly onRows: (rowCount: number, issueCount: number) => void;
  /** Called when the file has been read. */
  readonly onLoaded: () => void;
  /** Called when a reading has ended in whatever way, and the project shows what there is. */
  readonly onEnded: () => void;
}

/** The data file being read in the background, for the first time or another way, and what is known of it so far. */
export class SourceReading {
  readonly #options: SourceReadingOptions;
  readonly #store: ProjectStore;
  #origin: Origin;
  /** Of the latest reading that was begun since the project was opened. */
  #inspection: Inspection | null;
  #preview: Preview;
  #rowsRead = 0;
  #issuesRead = 0;
  /** The file is being read: what the project has of an earlier reading is not shown. */
  #reading = false;
  #restoring: Promise<void> = Promise.resolve();
  #loading: StartedJob<SourceRecord> | undefined;
  #failure: string | null = null;
  #closed = false;
  #toldAt = 0;

  constructor(options: SourceReadingOptions) {
    const { store, origin, preview, inspection } = options.opening;
    this.#options = options;
    this.#store = store;
    this.#origin = origin;
    this.#preview = preview;
    this.#inspection = inspection;
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

  /** True while the file is read, for the first time or another way. */
  get isReading(): boolean {
    return this.#reading;
  }

  /** What was read completely; null while the file is being read. */
  get source(): SourceRecord | null {
    return this.#reading ? null : this.#store.sources.source;
  }

  /** So far. */
  get rowCount(): number {
    return this.source?.rowCount ?? this.#rowsRead;
  }

  /** As far as they are known. */
  get columns(): readonly Column[] {
    return this.source === null ? this.#preview.columns : this.#store.sources.columns;
  }

  /** Why the project has no data; null where it has, or is about to. */
  get failure(): string | null {
    return this.#failure;
  }

  /** What is known of the file so far. */
  describe(): SourceFacts {
    const { source } = this;
    const { path, bytes, said } = this.#origin;
    return {
      path,
      format: source === null ? (this.#inspection?.format ?? 'delimited') : (source.format ?? 'delimited'),
      bytes,
      sha256: source?.fingerprint.sha256 ?? null,
      complete: source !== null,
      rowCount: this.rowCount,
      dialect: source?.dialect ?? this.#preview.dialect,
      said: source === null ? said : (source.said ?? {}),
      columns: this.columns,
      pictures: source === null ? (this.#inspection?.pictures ?? null) : source.pictures,
      issueCount: source?.issueCount ?? this.#issuesRead,
      notes: source?.notes ?? this.#inspection?.notes ?? [],
      embeddings: source?.fingerprint.embeddings ?? this.#origin.embeddings,
    };
  }

  /** What the columns are for from now on. */
  async saveColumns(columns: readonly Column[]): Promise<void> {
    if (this.source !== null) await this.#store.sources.saveColumns(columns);
    this.#preview = { ...this.#preview, columns: [...columns] };
  }

  /** Reads the file in the background: see {@link whenLoaded}. */
  async start(): Promise<void> {
    this.#preview = { ...this.#preview, columns: this.#options.choices.recall(this.#preview.columns) };
    await this.#start();
  }

  /** Goes on with a reading another way that was cut off. @returns whether there was one. @throws CancelledError */
  async takeUp(looking: Looking): Promise<boolean> {
    const read = this.#store.sources.source?.said ?? {};
    const { attempts, said } = this.#origin;
    if (isSame(said, read)) return false;
    const again = attempts < maxReadingAttempts && this.#store.audits.latest === null;
    const inspection = again ? await inspectAgain(this.#origin, said, looking) : undefined;
    if (inspection === undefined) {
      await this.#endReading(read);
      return false;
    }
    await this.#options.findings.leakage.resume();
    await this.#options.findings.forget();
    this.#begin(inspection);
    this.#origin = { ...this.#origin, attempts };
    await this.#start();
    return true;
  }

  /**
   * Reads the file as this inspection does, in the background and instead of whatever reading is under way. Where it
   * fails or is cancelled, the earlier one is shown again.
   */
  async restart(inspection: Inspection): Promise<void> {
    const before = this.#loading;
    this.#loading = undefined;
    before?.job.cancel();
    await before?.result.catch(() => undefined);
    await this.#options.findings.forget();
    this.#begin(inspection);
    await this.#start().catch(async (error: unknown) => {
      this.#takeFailure(error);
      await this.#restoring;
      throw error;
    });
  }

  /** Resolves when the file has been read; rejects with the reason why it could not be. */
  async whenLoaded(): Promise<void> {
    await this.#loading?.result;
  }

  /** From now on nobody is told why reading failed: the project is closing. */
  silence(): void {
    this.#closed = true;
  }

  /** From here on it is another reading that is shown. */
  #begin(inspection: Inspection): void {
    const { preview, said } = inspection;
    this.#inspection = inspection;
    this.#origin = { ...this.#origin, said, attempts: 0 };
    this.#preview = { ...preview, columns: this.#options.choices.recall(preview.columns) };
    this.#rowsRead = 0;
    this.#issuesRead = 0;
    this.#failure = null;
    this.#reading = true;
  }

  async #start(): Promise<void> {
    await writeOrigin(this.#store.folder, { ...this.#origin, attempts: this.#origin.attempts + 1 });
    this.#reading = true;
    const failed = (error: unknown): void => {
      // A reading that gave way to another one is of no interest.
      if (this.#reading && !this.#closed && this.#loading === started) this.#takeFailure(error);
    };
    const started: StartedJob<SourceRecord> = this.#options.jobs.start({
      kind: 'load',
      stages: loadStages,
      run: async (job) => {
        const asked = this.#options.choices.all;
        const record = await loadSource(this.#store, this.#loadRequest(), job).catch(async (error: unknown) => {
          // Why reading failed is told, whatever else a full disk does not take.
          await this.#endReading(this.#saidAfterFailure()).catch(() => undefined);
          // Whoever hears that the job has ended finds the project as it is now.
          failed(error);
          await this.#restoring;
          throw error;
        });
        await this.#takeRead(record, asked);
        return record;
      },
    });
    this.#loading = started;
    started.result
      .then(() => this.#options.findings.watch())
      // One that was cancelled before it began has failed nowhere else.
      .catch(failed);
  }

  /** What was read is what there is. `asked`: what was said of columns when reading began. */
  async #takeRead(record: SourceRecord, asked: RememberedChoices['all']): Promise<void> {
    const { choices, findings, onLoaded, onEnded } = this.#options;
    const { sources } = this.#store;
    await this.#endReading(this.#origin.said);
    this.#reading = false;
    if (choices.all !== asked) await sources.saveColumns(choices.recall(sources.columns));
    this.#preview = await completePreview(this.#preview, this.#store, record);
    await findings.countLabels();
    onLoaded();
    onEnded();
  }

  async #endReading(said: SaidDialect): Promise<void> {
    this.#origin = { ...this.#origin, said, attempts: 0 };
    await writeOrigin(this.#store.folder, this.#origin);
  }

  /** The project keeps what it has. One that is closing meanwhile goes on with the other way when it is opened. */
  #saidAfterFailure(): SaidDialect {
    const { source } = this.#store.sources;
    return source === null || this.#closed ? this.#origin.said : (source.said ?? {});
  }

  #loadRequest(): LoadRequest {
    if (this.#inspection === null) throw new BugError('Reading begins with an inspection.');
    return {
      inspection: this.#inspection,
      adjust: (found) => this.#options.choices.recall(found),
      onProgress: (rows, issues) => this.#tellRows(rows, issues),
    };
  }

  /** Reading failed or was cancelled: what was read before is what there is. */
  #takeFailure(error: unknown): void {
    const { source } = this.#store.sources;
    this.#reading = false;
    if (source === null) this.#failure = describeFailure(error);
    else {
      // A full disk, or a project that is being closed, shows nothing any more: why reading failed is told anyway.
      this.#restoring = this.#showStored(source).catch((reason: unknown) => {
        this.#failure ??= describeFailure(reason);
      });
    }
    void this.#restoring.then(() => this.#options.onEnded());
  }

  async #showStored(source: SourceRecord): Promise<void> {
    this.#origin = { ...this.#origin, said: source.said ?? {} };
    this.#preview = await readPreview(this.#store, source);
    await this.#options.findings.countLabels();
    this.#options.findings.watch();
  }

  /** All that is known of thousands of columns would be too much to say so often. */
  #tellRows(rows: number, issues: number): void {
    this.#rowsRead = rows;
    this.#issuesRead = issues;
    const now = Date.now();
    if (now - this.#toldAt < tellEveryMs) return;
    this.#toldAt = now;
    this.#options.onRows(rows, issues);
  }
}

/** Undefined where it cannot be read so any more. @throws CancelledError */
async function inspectAgain(
  { path, embeddings }: Origin,
  said: SaidDialect,
  looking: Looking,
): Promise<Inspection | undefined> {
  try {
    return (await inspectFile(path, said, embeddings, looking)).inspection;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return undefined;
  }
}

function isSame(a: SaidDialect, b: SaidDialect): boolean {
  const text = (said: SaidDialect): string => JSON.stringify(saidDialectSchema.parse(said));
  return text(a) === text(b);
}

function describeFailure(error: unknown): string {
  if (error instanceof CancelledError) return 'Reading was cancelled. Open the file again to read it.';
  return error instanceof Error ? error.message : String(error);
}
