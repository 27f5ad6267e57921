import { basename } from 'node:path';
import type { AuditSettings } from '../../contract/audit';
import type { DatasetSummary, RowIssue, SaidDialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { findSource } from '../datasets/findSource';
import { type Looking, unwatched } from '../datasets/looking';
import { writeProblems } from '../exports/problemsFile';
import type { JobQueue } from '../jobs/jobQueue';
import { loadStages, loadValidation } from '../jobs/loadJob';
import { chooseLabels, describeOutdated, type LabelChoice } from '../labels/chooseLabels';
import type { ProjectStore } from '../store/projectStore';
import type { SourceKind } from '../store/sources/sourceStore';
import type { ColumnChoice, NamedChoice } from './columnChoices';
import { DatasetFindings } from './datasetFindings';
import { explainBlocked, summarizeDataset } from './datasetSummary';
import type { Opening } from './opening';
import type { ProjectEnvironment } from './projectEnvironment';
import { describeSources, type ProjectSource } from './projectSources';
import { RememberedChoices } from './rememberedChoices';
import { SourceReading } from './sourceReading';

interface ProjectDatasetOptions {
  readonly opening: Opening;
  readonly jobs: JobQueue;
  readonly environment: Pick<ProjectEnvironment, 'emit' | 'reviewer'>;
  /** Called when the file has been read. */
  readonly onLoaded: () => void;
}

/** The data of a project: what is known of them so far, and what its columns and labels are for. */
export class ProjectDataset {
  readonly reading: SourceReading;
  readonly findings: DatasetFindings;
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #environment: Pick<ProjectEnvironment, 'emit' | 'reviewer'>;
  readonly #choices: RememberedChoices;

  constructor({ opening, jobs, environment, onLoaded }: ProjectDatasetOptions) {
    const { store } = opening;
    this.#store = store;
    this.#jobs = jobs;
    this.#environment = environment;
    this.#choices = new RememberedChoices(store);
    this.findings = new DatasetFindings(store, () => this.tell());
    this.reading = new SourceReading({
      opening,
      jobs,
      choices: this.#choices,
      findings: this.findings,
      onRows: (rowCount, issueCount) => environment.emit({ kind: 'reading', rowCount, issueCount }),
      onLoaded,
      onEnded: () => this.tell(),
    });
  }

  /** Reads the file in the background. */
  async start(): Promise<void> {
    await this.#choices.resume();
    await this.reading.start();
  }

  /** Takes up a file that was read earlier, and a reading of it another way that was cut off. @throws CancelledError */
  async resume(looking: Looking): Promise<void> {
    await this.#choices.resume();
    if (!(await this.reading.takeUp(looking))) await this.findings.resume();
  }

  summary(): DatasetSummary {
    const { labels, leakage, duplicates } = this.findings;
    const summary = summarizeDataset({
      ...this.reading.describe(),
      duplicateRows: duplicates.rows,
      labels,
      leakage: leakage.leakage,
      auditOutdated: describeOutdated(this.#store),
      validationPath: this.#store.sources.validation?.fingerprint.path ?? null,
    });
    const { failure } = this.reading;
    return failure === null ? summary : { ...summary, blocked: failure };
  }

  /** Why an audit with this head cannot start; null when it can. */
  blockedFor(head: AuditSettings['head']): string | null {
    const facts = { ...this.reading.describe(), labels: this.findings.labels };
    return this.reading.failure ?? explainBlocked(facts, head);
  }

  /** Says what is known of the data now. */
  tell(): void {
    this.#environment.emit({ kind: 'dataset', dataset: this.summary() });
  }

  /** @throws InputError when a column is not there or two columns have a role that only one can have. */
  async setColumns(choices: readonly ColumnChoice[]): Promise<DatasetSummary> {
    await this.reading.saveColumns(await this.#choices.choose(this.reading.columns, choices));
    if (this.reading.source !== null) {
      await this.findings.countLabels();
      this.findings.watch();
    }
    return this.summary();
  }

  /** What was said of columns: see {@link takeOver}. */
  get choices(): readonly NamedChoice[] {
    return this.#choices.all;
  }

  /** Says of columns what was said of those of the same names in another project. */
  async takeOver(choices: readonly NamedChoice[]): Promise<void> {
    const { columns } = this.reading;
    const known = choices.flatMap(({ name, role, type }) => {
      const column = columns.find((one) => one.name === name);
      return column === undefined ? [] : [{ index: column.index, role, type }];
    });
    if (known.length > 0) await this.setColumns(known);
  }

  /**
   * Decides how labels that look alike are read, or takes the latest such decision back, whatever else
   * was decided since.
   * @throws InputError when there are none.
   */
  async chooseLabels(choice: LabelChoice): Promise<DatasetSummary> {
    await chooseLabels(this.#store, this.findings.labels, choice, this.#environment.reviewer());
    await this.findings.countLabels();
    this.findings.leakage.refresh();
    this.tell();
    return this.summary();
  }

  /** These columns are real features, whatever they tell about the label: they are remembered, and not warned of. */
  async acceptColumns(columns: readonly string[]): Promise<DatasetSummary> {
    await this.findings.leakage.accept(columns);
    return this.summary();
  }

  /** The files that the project was made from: what is written must not be one of them. */
  get sources(): readonly ProjectSource[] {
    return describeSources(this.#store);
  }

  /** Problems found in a file's rows, in the order of the rows; none while the data file is being read. */
  async readIssues(offset: number, limit: number, kind?: SourceKind): Promise<{ total: number; issues: RowIssue[] }> {
    if (this.reading.isReading) return { total: 0, issues: [] };
    return this.#store.sources.readIssues(offset, limit, kind);
  }

  /** See {@link writeProblems}. */
  async writeProblems(file: string, overwrite: boolean): Promise<void> {
    await writeProblems(this.#store, file, overwrite);
  }

  /** Takes the rows of a second file as the validation rows of the next audits. `said`: of how it is written. */
  async addValidationFile(path: string, said: SaidDialect = {}, looking = unwatched): Promise<void> {
    const { embeddings } = this.#store.sources.requireSource().fingerprint;
    if (embeddings !== undefined && embeddings.id === undefined) {
      throw new InputError(
        `${basename(embeddings.path)} has vectors for the rows of the data, in their order, and none for a second file. Put the validation rows into the data with a column that says the split.`,
      );
    }
    const found = await findSource(path, embeddings, looking);
    await this.#jobs.start({
      kind: 'load',
      stages: loadStages,
      run: (job) => loadValidation(this.#store, found, said, job),
    }).result;
  }

  /** From now on nobody is told anything: the project is closing. */
  silence(): void {
    this.reading.silence();
    this.findings.stop();
  }
}
