import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InputError, StorageError } from '../../core/base/errors';
import { syncFolder } from './files/atomicFile';
import { makeFolder } from './files/makeFolder';
import { clearLeftParts, createPartFolder, removeAtOnce } from './files/partFile';
import { removeEmpty, removeEmptySync } from './files/removeEmpty';
import { storageError } from './files/storageErrors';
import { onSuddenEnd, untilComplete } from './files/unfinished';
import { databaseFile, draftFolder, isRemains, manifestName, temporaryFolder } from './projectFolder';
import { Database } from './tables/database';

/**
 * Where a command makes a project: `finish` when everything has succeeded, else `discard`. The project must be closed
 * for both.
 */
export interface ProjectPlace {
  /** Make the project here. */
  readonly folder: string;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * A place for a project that appears in `target` complete or not at all. It is made in a folder inside `target` (which
 * may be a mount point, or the only folder the user may write to), and `finish` moves it up with the manifest last:
 * until then `target` is no project. `discard` removes all of it, and the folders that were made for it. What a killed
 * process left behind is cleared.
 * @throws InputError when `target` holds anything else, StorageError when another process is making a project there, or
 * it cannot be written.
 */
export async function startProjectPlace(target: string): Promise<ProjectPlace> {
  const place = resolve(target);
  await clearRemains(place);
  const folder = draftFolder(place);
  /** The draft once it is ours, and what was moved out of it. */
  const parts: string[] = [];
  let made: string | undefined;
  const forget = onSuddenEnd(() => {
    parts.forEach(removeAtOnce);
    removeEmptySync(place, made);
  });
  try {
    made = await makeFolder(place);
    await mkdir(folder);
    parts.push(folder);
  } catch (error) {
    await removeEmpty(place, made);
    forget();
    throw storageError(error, place);
  }
  const moveUp = async (): Promise<void> => {
    try {
      const names = (await readdir(folder)).sort((a, b) => Number(a === manifestName) - Number(b === manifestName));
      for (const name of names) {
        await rename(join(folder, name), join(place, name));
        parts.push(join(place, name));
      }
      await rmdir(folder);
      await syncFolder(place);
    } catch (error) {
      throw storageError(error, place);
    }
  };
  return {
    folder,
    finish: async () => {
      await untilComplete(moveUp);
      forget();
    },
    discard: async () => {
      for (const path of parts) await rm(path, { recursive: true, force: true }).catch(() => undefined);
      await removeEmpty(place, made);
      forget();
    },
  };
}

/**
 * A place for a project that nobody wants to keep, in the system's temporary folder, where only this user can look into
 * it. What killed commands left there is cleared.
 */
export async function startTemporaryPlace(): Promise<ProjectPlace> {
  try {
    await clearLeftParts(tmpdir());
    const parent = await createPartFolder(tmpdir(), 0o700);
    const remove = (): Promise<void> => rm(parent, { recursive: true, force: true });
    return { folder: join(parent, 'data.assay'), finish: remove, discard: remove };
  } catch (error) {
    throw storageError(error, tmpdir());
  }
}

async function clearRemains(place: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(place);
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      if (error.code === 'ENOENT') return;
      if (error.code === 'ENOTDIR') throw new InputError(`${place} is a file. Name a new folder for the project.`);
    }
    throw storageError(error, place);
  }
  if (names.includes(manifestName)) {
    throw new InputError(`There is a project in ${place} already. Name a new folder, or delete this one.`);
  }
  if (!names.every(isRemains)) {
    throw new InputError(`${place} holds other files. Name an empty or a new folder for the project.`);
  }
  for (const folder of [place, draftFolder(place)]) await refuseInUse(folder, place);
  try {
    for (const name of names) await rm(join(place, name), { recursive: true, force: true });
  } catch (error) {
    throw storageError(error, place);
  }
}

/** DuckDB's lock on the file is the system's, so it ends with the process that holds it, however that ended. */
async function refuseInUse(folder: string, place: string): Promise<void> {
  if (!existsSync(databaseFile(folder))) return;
  try {
    const database = await Database.open(databaseFile(folder), {
      place,
      temporary: temporaryFolder(folder),
      memory: '64MB',
    });
    await database.close();
  } catch (error) {
    // Damaged: to be removed anyway.
    if (!(error instanceof StorageError) || !/ is open in /.test(error.message)) return;
    throw new StorageError(
      `A project is being made in ${place} by ${error.message.replace(/^.* is open in (.*)\. .*$/s, '$1')}. Wait until it is done, or name another folder.`,
      { details: { folder: place }, cause: error },
    );
  }
}
