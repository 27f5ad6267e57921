import { resolve } from 'node:path';
import type { JobSnapshot } from '../contract/jobs';
import type { EngineInfo } from '../contract/project';
import { CancelledError } from '../core/base/errors';
import { closeAfter, closeAll } from './closeAll';
import type { RequestedBackend } from './compute/chooseBackend';
import { ComputeClient } from './compute/thread/computeClient';
import { unwatched } from './datasets/looking';
import type { EncoderKind } from './encoders/encoder';
import { Encoders } from './encoders/encoders';
import { openOwnEncoder } from './encoders/ownEncoder';
import { describeEngine } from './info';
import type { PictureThreads } from './pictures/thread/pictureThreads';
import { startPictureThreads } from './pictures/thread/startPictureThreads';
import { describeThumbnails } from './pictures/thumbnails';
import type { DataFile } from './project/dataFile';
import { OpenProject } from './project/openProject';
import type { ProjectEnvironment } from './project/projectEnvironment';
import { isCommitting, removeUnfinished } from './store/files/unfinished';
import { type ProjectPlace, startProjectPlace, startTemporaryPlace } from './store/projectPlace';

export type { EncoderKind };

interface LocalEngineOptions {
  readonly version: string;
  /** The folder that holds `out` and `node_modules`. */
  readonly applicationFolder: string;
  readonly computeThread: string;
  readonly encoderThread: string;
  /** Hears what a job is doing. */
  readonly onJob: (job: JobSnapshot) => void;
}

/**
 * The engine inside the process that uses it, for one project: open or read one, work, then `finish` when all went well
 * and `giveUp` when not. (A window's engine is a process of its own, and opens one project after another: see
 * EngineHost.)
 */
export class LocalEngine {
  readonly #options: LocalEngineOptions;
  readonly #compute: ComputeClient;
  readonly #encoders: Encoders;
  readonly #pictures: PictureThreads;
  readonly #environment: ProjectEnvironment;
  #project: OpenProject | undefined;
  /** Where the project is made; undefined for one that was there. */
  #place: ProjectPlace | undefined;
  #reviewer = '';
  #cancelled = false;
  #closed = false;

  constructor(options: LocalEngineOptions) {
    this.#options = options;
    this.#compute = new ComputeClient({ threadPath: options.computeThread });
    this.#encoders = new Encoders(options);
    this.#pictures = startPictureThreads(options.computeThread);
    this.#environment = {
      compute: this.#compute,
      pictures: this.#pictures,
      encoders: this.#encoders,
      version: options.version,
      reviewer: () => this.#reviewer,
      emit: (event) => {
        if (event.kind !== 'job') return;
        options.onJob(event.job);
        // A job that was begun after everything was cancelled.
        if (this.#cancelled && event.job.state === 'queued') this.#project?.jobs.cancelAll();
      },
      onNews: () => undefined,
    };
  }

  /** Which runtime and which backend are in use. */
  async describe(): Promise<EngineInfo> {
    const [backend, encoders, thumbnails] = await Promise.all([
      this.#compute.describe('auto'),
      this.#encoders.describe(),
      describeThumbnails(),
    ]);
    return describeEngine({ ...this.#options, backend, encoders, thumbnails });
  }

  /**
   * Encodes texts or pictures by an ONNX network of the analyst's own from now on. @returns which of them
   * @throws InputError when it cannot be used.
   */
  async useEncoder(file: string): Promise<EncoderKind> {
    const encoder = await openOwnEncoder(file);
    this.#encoders.use(encoder);
    return encoder.settings.kind;
  }

  /**
   * Loads a backend while something else is done: a third of a second that the first audit would wait. Whether it can
   * be used is for the audit to say.
   */
  prepare(backend: RequestedBackend): void {
    this.#compute.describe(backend).catch(() => undefined);
  }

  /** Writes this name beside what is decided from now on. */
  reviewAs(name: string): void {
    this.#reviewer = name;
  }

  /** @throws InputError when the folder is no project; StorageError; CancelledError. */
  async openFolder(folder: string, looking = unwatched): Promise<OpenProject> {
    return this.#keep(await OpenProject.fromFolder(resolve(folder), this.#environment, looking));
  }

  /**
   * Reads a data file into a new project, and resolves when all of it has been read. The project appears in `folder`
   * when the engine finishes; without a folder nobody keeps it.
   * @throws InputError when the folder holds anything else, or the file cannot be read; StorageError; CancelledError.
   */
  async readFile(file: DataFile, folder?: string): Promise<OpenProject> {
    this.#place = await (folder === undefined ? startTemporaryPlace() : startProjectPlace(folder));
    const project = await OpenProject.create(this.#place.folder, file, this.#environment);
    await this.#keep(project).dataset.reading.whenLoaded();
    return project;
  }

  /** Cancels what the project does and whatever it begins from now on. */
  cancel(): void {
    this.#cancelled = true;
    this.#project?.jobs.cancelAll();
  }

  /** For steps that are no jobs. @throws CancelledError */
  throwIfCancelled(): void {
    if (this.#cancelled) throw new CancelledError();
  }

  /** Closes everything; a project that was made is in its folder afterwards. */
  async finish(): Promise<void> {
    await this.#close();
    await this.#place?.finish();
  }

  /** Closes everything, and removes a project that was made. @throws `reason`: what happened first is told. */
  async giveUp(reason: unknown): Promise<never> {
    return closeAfter(reason, [() => this.#close(), () => this.#place?.discard()]);
  }

  /**
   * For a process that has to end at once: removes what was begun and is not finished.
   * @returns false where results are being put in their places right now: they are whole in a moment, and it has to be
   * asked again.
   */
  abandon(): boolean {
    if (isCommitting()) return false;
    removeUnfinished();
    return true;
  }

  #keep(project: OpenProject): OpenProject {
    this.#project = project;
    this.throwIfCancelled();
    return project;
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await closeAll([() => this.#project?.close(), () => this.#compute.close(), () => this.#pictures.close()]);
  }
}
