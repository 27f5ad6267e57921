import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from '../../core/base/errors';
import { syncFolder, writeFully } from '../store/atomicFile';
import { storageError } from '../store/storageErrors';

/** A file that was written completely, under its temporary name or its own. */
export interface WrittenFile {
  readonly fileName: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
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
 * Files that appear in a folder together or not at all: each is written and forced to disk under a temporary name, and
 * moved into place by `commit` once all are complete. `discard` removes what is left of an attempt that failed.
 */
export class StagedFiles {
  readonly folder: string;
  readonly #written: { readonly temporary: string; readonly file: WrittenFile }[] = [];
  #made: string | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws StorageError for a full disk, a missing permission, … */
  async add(fileName: string, fill: (writer: StagedWriter) => Promise<void>): Promise<WrittenFile> {
    const temporary = join(this.folder, `.${fileName}.${process.pid}.part`);
    try {
      this.#made ??= await mkdir(this.folder, { recursive: true });
      const handle = await open(temporary, 'w');
      try {
        const writer = new StagedWriter(handle);
        await fill(writer);
        await handle.sync();
        const file = writer.finish(fileName);
        this.#written.push({ temporary, file });
        return file;
      } finally {
        await handle.close();
      }
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw storageError(error, this.folder);
    }
  }

  async commit(): Promise<void> {
    try {
      // Renaming fails on a folder of that name: find out before anything is moved.
      for (const { file } of this.#written) await refuseFolder(join(this.folder, file.fileName));
      for (const { temporary, file } of this.#written) await rename(temporary, join(this.folder, file.fileName));
      await syncFolder(this.folder);
    } catch (error) {
      throw storageError(error, this.folder);
    }
  }

  /** Removes the temporary files, and the folder if it was made for them and is empty. */
  async discard(): Promise<void> {
    for (const { temporary } of this.#written) await rm(temporary, { force: true }).catch(() => undefined);
    if (this.#made !== undefined) {
      // Only ever an empty folder: rmdir refuses others.
      await rmdir(this.folder).catch(() => undefined);
    }
  }
}

async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) {
    throw new StorageError(
      `${path} is a folder, so the file of that name cannot be written. Choose another place, or rename the folder.`,
      {
        details: { path },
      },
    );
  }
}
