import { constants, mkdirSync, statSync } from 'node:fs';
import { access, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError, StorageError } from '../../../core/base/errors';
import { storageError } from './storageErrors';

/**
 * Makes a folder that a person named, and those above it that are missing, one after the other: `mkdir` with
 * `recursive` never returns where the system says of a folder that exists that it is not there, as /proc does for
 * everything that is to be made in it. `mode`: who may use what is made. Where it fails nothing of it stays.
 * @returns the topmost folder that was made; undefined where it was there already.
 * @throws InputError where the path leads through a file, or through a link to nothing.
 * @throws StorageError where a folder must not or cannot be made.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<string | undefined> {
  const missing: string[] = [];
  for (let at = resolve(folder); !(await isFolder(at)); at = dirname(at)) {
    missing.push(at);
    if (dirname(at) === at) break;
  }
  const made: string[] = [];
  try {
    for (const path of missing.reverse()) {
      if (await makeOne(path, mode)) made.push(path);
    }
  } catch (error) {
    for (const path of made.reverse()) await rmdir(path).catch(() => undefined);
    throw error;
  }
  return made[0];
}

/**
 * Could a folder be made, and files in it, as far as that shows without trying? Before work that ends with writing
 * there.
 * @throws InputError, StorageError as {@link makeFolder}
 */
export async function checkFolder(folder: string): Promise<void> {
  let at = resolve(folder);
  while (!(await isFolder(at)) && dirname(at) !== at) at = dirname(at);
  await access(at, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw storageError(error, folder);
  });
}

/** What a folder that could not be made means for people. */
export function folderError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENAMETOOLONG') return tooLong(path);
  if (code === 'ENOENT' || code === 'EINVAL') {
    return new StorageError(`${path} cannot be made: the system allows none there. Choose another place.`, {
      details: { folder: path },
      cause: error,
    });
  }
  return storageError(error, path);
}

/** As {@link makeFolder}, at once and in the system's own words: for folders that no person named. */
export function makeFolderSync(folder: string, mode = 0o777): void {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolderSync(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** @returns false where another program made it meanwhile. */
async function makeOne(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') {
      if (await isFolder(path)) return false;
      throw new InputError(`${path} is a link that leads nowhere. Choose another folder.`, { details: { path } });
    }
    throw folderError(error, path);
  }
}

/** @throws InputError for a file, or a path that leads through one. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // A file above it is named when its turn comes.
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    if (code === 'ENAMETOOLONG') throw tooLong(path);
    if (code === 'ELOOP') {
      throw new InputError(`${path} leads through links that lead to each other. Choose another folder.`, {
        details: { path },
      });
    }
    throw storageError(error, path);
  }
  throw new InputError(`${path} is a file, not a folder. Choose another folder.`, { details: { path } });
}

function tooLong(path: string): InputError {
  return new InputError(`The name ${path} is longer than the system allows. Choose a shorter one.`, {
    details: { path },
  });
}
