import { createHash, type Hash } from 'node:crypto';
import { constants, lstatSync, renameSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/base/errors';
import { hashFile } from '../datasets/records/fileSource';
import { syncFolder, writeFully } from '../store/files/atomicFile';
import { checkFolder, folderError, makeFolder } from '../store/files/makeFolder';
import { clearLeftParts, createPartFolder, removeAtOnce } from '../store/files/partFile';
import { removeEmpty, removeEmptySync } from '../store/files/removeEmpty';
import { storageError } from '../store/files/storageErrors';
import { onSuddenEnd, untilComplete } from '../store/files/unfinished';
import { checkTargets, type FoundTarget, type ReadFile, refuseProjects, targetsIn } from './outputTargets';
import { isOwnOutput, rememberOutputs } from './ownOutputs';

/** A file that was written completely, under its temporary name or its own. */
export interface WrittenFile {
  readonly fileName: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface StagedFilesOptions {
  /** All files that will be written. */
  readonly fileNames: readonly string[];
  /** Folders that will be made beside them: never over anything that is there. */
  readonly folderNames?: readonly string[];
  /** What is being read: never written to, by whatever name. */
  readonly reads: readonly ReadFile[];
  /** Also replace files that Assay did not write. Default: refuse them. */
  readonly overwrite?: boolean;
}

/** Writes one staged file; text is UTF-8. */
export class StagedWriter {
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await writeFully(this.#handle, bytes);
  }

  finish(fileName: string): WrittenFile {
    return { fileName, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/**
 * Files that appear in a folder together or not at all. They are written and forced to disk in a folder of their own,
 * which nobody can guess or look into; `commit` makes that the folder asked for where there was none, and else moves
 * the files there. `discard` removes what is left of an attempt that failed; what a killed one left is removed by the
 * next for the same folder.
 *
 * Never written to: what is being read, pipes, devices, and whatever a link leads to (the link itself is replaced).
 * Files that Assay did not write, or that were changed since, are replaced only when that was asked for.
 */
export class StagedFiles {
  readonly folder: string;
  readonly #options: StagedFilesOptions;
  readonly #found: readonly FoundTarget[];
  /** Holds the files until they are complete. */
  readonly #staging: string;
  /** `staging` is to become the folder itself. */
  readonly #fresh: boolean;
  /** The topmost folder that was made to hold it. */
  readonly #made: string | undefined;
  readonly #written: WrittenFile[] = [];
  readonly #folders: string[] = [];
  readonly #forget: () => void;

  private constructor(
    folder: string,
    options: StagedFilesOptions,
    place: { found: readonly FoundTarget[]; staging: string; fresh: boolean; made: string | undefined },
  ) {
    this.folder = folder;
    this.#options = options;
    this.#found = place.found;
    this.#staging = place.staging;
    this.#fresh = place.fresh;
    this.#made = place.made;
    this.#forget = onSuddenEnd(() => {
      removeAtOnce(place.staging);
      removeEmptySync(dirname(place.staging), place.made);
    });
  }

  /**
   * @throws InputError for places that must not be written, and for files in the way: see {@link findInTheWay}.
   * @throws StorageError where the folder cannot be written.
   */
  static async start(folder: string, options: StagedFilesOptions): Promise<StagedFiles> {
    const place = resolve(folder);
    const found = await checkOutputs(place, options);
    try {
      const there = await stat(place).catch(() => undefined);
      if (there !== undefined && !there.isDirectory()) {
        throw new InputError(`${place} is a file, not a folder. Choose a folder for the results.`, {
          details: { path: place },
        });
      }
      const fresh = there === undefined;
      const parent = fresh ? dirname(place) : place;
      const made = await makeFolder(parent);
      await clearLeftParts(parent);
      const staging = await createPartFolder(parent, 0o700).catch((error: unknown) => {
        removeEmptySync(parent, made);
        throw folderError(error, place);
      });
      return new StagedFiles(place, options, { found, staging, fresh, made });
    } catch (error) {
      throw storageError(error, place);
    }
  }

  /**
   * Starts, lets `fill` add the files, and commits; whatever fails, nothing of them is left.
   * @throws as {@link start} and {@link add} do, and what `fill` throws.
   */
  static async write(
    folder: string,
    options: StagedFilesOptions,
    fill: (staged: StagedFiles) => Promise<void>,
  ): Promise<void> {
    const staged = await StagedFiles.start(folder, options);
    try {
      await fill(staged);
      await staged.commit();
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }

  /** @throws StorageError for a full disk, a missing permission, … */
  async add(fileName: string, fill: (writer: StagedWriter) => Promise<void>): Promise<WrittenFile> {
    try {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
      const handle = await open(join(this.#staging, fileName), flags, 0o666);
      try {
        const writer = new StagedWriter(handle);
        await fill(writer);
        await handle.sync();
        return this.#note(writer.finish(fileName));
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw storageError(error, this.folder);
    }
  }

  /** For a writer that wants a path: `write` makes the file there. */
  async addWrittenTo(fileName: string, write: (path: string) => Promise<void>): Promise<WrittenFile> {
    const path = join(this.#staging, fileName);
    try {
      await write(path);
      const handle = await open(path, 'r+');
      await handle.sync().finally(() => handle.close());
      return this.#note({ fileName, ...(await hashFile(path)) });
    } catch (error) {
      throw storageError(error, this.folder);
    }
  }

  /** Makes an empty folder among the files, for the caller to fill. @returns its path until then. */
  async addFolder(name: string): Promise<string> {
    const path = join(this.#staging, name);
    try {
      await mkdir(path);
    } catch (error) {
      throw storageError(error, this.folder);
    }
    this.#folders.push(name);
    return path;
  }

  async commit(): Promise<void> {
    try {
      const names = this.#written.map(({ fileName }) => fileName);
      await syncFolder(this.#staging);
      await rememberOutputs(this.folder, this.#written);
      await untilComplete(async () => {
        if (!this.#fresh || !(await this.#becomeFolder())) await this.#moveFiles(names);
      });
      await syncFolder(this.#fresh ? dirname(this.folder) : this.folder);
    } catch (error) {
      throw storageError(error, this.folder);
    }
    this.#forget();
  }

  /** Removes what was staged, and the folders that were made for it if they are empty. */
  async discard(): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true }).catch(() => undefined);
    // Only ever empty folders.
    await removeEmpty(dirname(this.#staging), this.#made);
    this.#forget();
  }

  #note(file: WrittenFile): WrittenFile {
    this.#written.push(file);
    return file;
  }

  /** @returns false where a folder of that name came to be meanwhile. */
  async #becomeFolder(): Promise<boolean> {
    if ((await stat(this.folder).catch(() => undefined)) !== undefined) return false;
    await chmod(this.#staging, 0o777 & ~process.umask());
    await rename(this.#staging, this.folder);
    return true;
  }

  /**
   * One after the other and the last one last: a manifest that matches its files tells that all are there. Nothing
   * else runs between them, so that the time in which a kill leaves new files beside old ones is that of the calls.
   */
  async #moveFiles(names: readonly string[]): Promise<void> {
    const { fileNames } = this.#options;
    const now = await checkTargets(targetsIn(this.folder, fileNames), this.#options.reads);
    for (const name of names) {
      const at = fileNames.indexOf(name);
      const [before, after] = [this.#found[at], now[at]];
      if (before === undefined || after === undefined || sameTarget(before, after)) continue;
      throw new InputError(
        `${join(this.folder, name)} was made or changed by another program meanwhile. Move it away, or choose another folder.`,
        { details: { path: join(this.folder, name) } },
      );
    }
    refuseFolders(this.folder, this.#folders);
    for (const name of this.#folders) renameSync(join(this.#staging, name), join(this.folder, name));
    for (const name of names) renameSync(join(this.#staging, name), join(this.folder, name));
    await rmdir(this.#staging);
  }
}

function sameTarget(before: FoundTarget, after: FoundTarget): boolean {
  if (before.kind === 'nothing' || after.kind === 'nothing') return before.kind === after.kind;
  return before.kind === after.kind && before.version === after.version;
}

/**
 * Everything that can be said before the work begins: may these files be written into this folder?
 * @throws InputError when not.
 */
export async function checkOutputs(folder: string, options: StagedFilesOptions): Promise<readonly FoundTarget[]> {
  const { fileNames, folderNames = [], reads, overwrite } = options;
  await refuseProjects(folder);
  await checkFolder(folder);
  const found = await checkTargets(targetsIn(folder, fileNames), reads);
  refuseFolders(folder, folderNames);
  if (overwrite === true) return found;
  const inTheWay = await findInTheWay(folder, fileNames);
  if (inTheWay.length > 0) {
    const names = inTheWay.map(({ fileName }) => fileName);
    throw new InputError(
      `${folder} holds ${names.length === 1 ? 'a file' : 'files'} that would be replaced and that Assay did not write, or that changed since: ` +
        `${names.join(', ')}. Choose another folder, or allow to replace ${names.length === 1 ? 'it' : 'them'} (--overwrite).`,
      { details: { folder, files: names.join('\n') } },
    );
  }
  return found;
}

/** @throws InputError where something of such a name is there: nobody could tell what in it is whose. */
function refuseFolders(folder: string, names: readonly string[]): void {
  for (const name of names) {
    if (lstatSync(join(folder, name), { throwIfNoEntry: false }) === undefined) continue;
    throw new InputError(
      `${folder} holds ${name} already, and a folder of files is only ever made anew. Choose another folder, or move that away.`,
      { details: { path: join(folder, name) } },
    );
  }
}

/** A file that Assay would replace and did not write, or that is not as Assay left it. */
interface FileInTheWay {
  readonly fileName: string;
  readonly isLink: boolean;
}

/** Files of these names in a folder that only a person can allow to be replaced. */
export async function findInTheWay(folder: string, fileNames: readonly string[]): Promise<FileInTheWay[]> {
  const found = await checkTargets(targetsIn(folder, fileNames), []);
  const inTheWay: FileInTheWay[] = [];
  for (const [at, target] of found.entries()) {
    const fileName = fileNames[at] ?? '';
    if (target.kind === 'link') inTheWay.push({ fileName, isLink: true });
    else if (target.kind === 'file' && !(await isOwnOutput(join(folder, fileName)))) {
      inTheWay.push({ fileName, isLink: false });
    }
  }
  return inTheWay;
}
