import { hasFilesAsRows, type SaidDialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import type { EmbeddingsChoice } from '../datasets/datasetTypes';
import type { Looking } from '../datasets/looking';
import { sameFile } from '../exports/outputTargets';
import { checkSource } from '../exports/rewriteSource';
import type { JobQueue } from '../jobs/jobQueue';
import type { ProjectStore } from '../store/projectStore';
import { type DataFile, inspectFile } from './dataFile';
import type { Opening } from './opening';
import type { SourceReading } from './sourceReading';

/** Reading a project's data file another way than it was: in its place, or for a new project. */
export class Rereading {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #reading: SourceReading;
  /** The data file is one that a person chose here, not one that a project from elsewhere names. */
  #sourceIsChosen: boolean;
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ store, sourceIsChosen }: Opening, jobs: JobQueue, reading: SourceReading) {
    this.#store = store;
    this.#jobs = jobs;
    this.#reading = reading;
    this.#sourceIsChosen = sourceIsChosen;
  }

  /**
   * Reads the file another way in the background. What was said of columns holds for those of the same names. Rows are
   * known by their numbers, and these may change: an audit and decisions are never given up for it.
   * @throws InputError when there is an audit, other work is under way, or the file cannot be read so, or
   *   CancelledError; nothing has changed then.
   */
  async start(said: SaidDialect, looking: Looking): Promise<void> {
    this.#refuseFolder();
    this.#refuseDuringWork();
    const { audits, decisions, sources } = this.#store;
    if (audits.latest !== null || decisions.state.concernsRows || sources.validation !== null) {
      throw new InputError(
        'This project has an audit or decisions about its rows as they are read now. Read the file another way as a new project; this one stays as it is.',
      );
    }
    await this.#refuseForeignSource();
    const turn = this.#turn.then(async () => {
      const { path, embeddings } = this.#reading.origin;
      const { inspection } = await inspectFile(path, said, embeddings, looking);
      await this.#reading.restart(inspection);
    });
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /**
   * What a new project of the same file, read another way, is made from.
   * @throws InputError when work is under way, or the file cannot be read so.
   */
  async inspect(said: SaidDialect, looking: Looking): Promise<DataFile> {
    this.#refuseFolder();
    this.#refuseDuringWork();
    await this.#refuseForeignSource();
    const { path, embeddings } = this.#reading.origin;
    return inspectFile(path, said, embeddings, looking);
  }

  /**
   * What the project of the same data with the vectors of a second file, or without any, is made from; written as this
   * one is.
   * @throws InputError when work is under way, or the two files cannot be joined.
   */
  async inspectJoined(embeddings: EmbeddingsChoice | undefined, looking: Looking): Promise<DataFile> {
    this.#refuseDuringWork();
    await this.#refuseForeignSource();
    const { path, said } = this.#reading.origin;
    if (embeddings !== undefined && (await sameFile(embeddings.path, path))) {
      throw new InputError(
        'This is the data file itself. Vectors that stand in the data are found without joining them: choose another file.',
      );
    }
    return inspectFile(path, said, embeddings, looking);
  }

  /**
   * A project from elsewhere may name any file of this machine: it is read again only where it is the one that the
   * project was made from.
   * @throws InputError
   */
  async #refuseForeignSource(): Promise<void> {
    const { path, embeddings } = this.#reading.origin;
    const fingerprint = this.#store.sources.source?.fingerprint;
    if (this.#sourceIsChosen) return;
    if (fingerprint?.path !== path || embeddings !== undefined) {
      throw new InputError(`This project was made elsewhere. Open ${path} itself to read it another way.`);
    }
    await checkSource(fingerprint);
    this.#sourceIsChosen = true;
  }

  /** What can be said of how a source is written is about delimited text. @throws InputError */
  #refuseFolder(): void {
    if (!hasFilesAsRows(this.#reading.describe().format)) return;
    throw new InputError('A folder is read in one way only: there is nothing to be said of how it is written.');
  }

  #refuseDuringWork(): void {
    const kinds = ['audit', 'verify', 'explain', 'groups', 'seeded', 'study', 'export', 'map'] as const;
    const kind = kinds.find((one) => this.#jobs.has(one));
    if (kind === undefined) return;
    const work = {
      audit: 'An audit',
      verify: 'A verification',
      explain: 'An explanation',
      groups: 'A comparison of groups',
      seeded: 'A seeded audit',
      study: 'A study',
      export: 'An export',
      map: 'A map',
    } as const;
    throw new InputError(
      `${work[kind]} is under way. The file can be read another way when it has ended, or was cancelled.`,
    );
  }
}
