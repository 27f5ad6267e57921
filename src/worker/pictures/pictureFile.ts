import { realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { InputError } from '../../core/base/errors';
import { EntryError, readEntry } from '../archives/readEntry';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from '../archives/zipDirectory';
import { openPlainFile } from '../store/files/plainFile';
import { partsBelow } from './partsBelow';
import { checkPictureBytes } from './pictureLimits';

/**
 * Where the pictures of a dataset are: cells name files below `root`, or entries of the archive `root`; behind its path
 * may stand a folder in it, as `data.zip/pictures`.
 */
export interface PictureFile {
  readonly root: string;
  /** Relative to `root`; both kinds of slashes part folders, unless an entry has that very name. */
  readonly path: string;
}

/**
 * The bytes of a picture file that lies below its root and nowhere else, whatever its path says and whatever links
 * there are.
 * @throws InputError in words for the person, without the file's name.
 */
export async function readPictureFile({ root, path }: PictureFile): Promise<Buffer> {
  const archive = await findArchive(root);
  if (archive !== null) return readFromArchive(archive, path);
  const place = await resolveBelow(root, path);
  const handle = await openPlainFile(place).catch((error: unknown) => {
    throw new InputError('The file cannot be opened.', { cause: error });
  });
  try {
    const { size } = await handle.stat();
    checkPictureBytes(size);
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}

interface ArchiveFolder {
  readonly archive: string;
  /** In it; '' for its top. */
  readonly folder: string;
}

/** The archive that a root is, or lies in; null where it is a folder on disk. */
async function findArchive(root: string): Promise<ArchiveFolder | null> {
  for (let archive = root; ; archive = dirname(archive)) {
    const stats = await stat(archive).catch(() => null);
    if (stats?.isFile() === true) return { archive, folder: root.slice(archive.length + 1) };
    if (stats !== null || dirname(archive) === archive) return null;
  }
}

/** What the archive that was read last holds: pictures are asked for one by one. */
let latest: { readonly archive: ZipDirectory; readonly entries: ReadonlyMap<string, ZipEntry> } | undefined;

async function readFromArchive({ archive: path, folder }: ArchiveFolder, name: string): Promise<Buffer> {
  const { size, mtimeMs } = await stat(path);
  if (latest?.archive.path !== path || latest.archive.bytes !== size || latest.archive.mtimeMs !== mtimeMs) {
    const archive = await readZipDirectory(path);
    latest = { archive, entries: new Map(archive.entries.map((entry) => [entry.path, entry])) };
  }
  const { archive, entries } = latest;
  const above = folder === '' ? '' : `${folder}/`;
  const entry = entries.get(above + name) ?? entries.get(above + (partsBelow(name.trim())?.join('/') ?? ''));
  if (entry === undefined) throw new InputError('The file is missing.');
  checkPictureBytes(entry.bytes);
  try {
    return readEntry(archive, entry);
  } catch (error) {
    if (error instanceof EntryError) throw new InputError(`The file ${error.message}.`, { cause: error });
    throw error;
  }
}

/**
 * Where a file below a folder lies, links followed. Blanks around a path in a table are no part of it unless there is a
 * file of that very name.
 * @throws InputError where there is none, or it lies elsewhere.
 */
export async function resolveBelow(root: string, path: string): Promise<string> {
  const bare = path.trim();
  if (bare === '') throw new InputError('No file is named.');
  if (bare === path) return resolvePath(root, path);
  return resolvePath(root, path).catch(() => resolvePath(root, bare));
}

async function resolvePath(root: string, path: string): Promise<string> {
  const parts = partsBelow(path);
  if (parts === null) throw new InputError('The path leads out of the folder of the data.');
  let place: string;
  let home: string;
  try {
    home = await realpath(root);
    place = await realpath(join(home, ...parts));
  } catch (error) {
    throw new InputError('The file is missing.', { cause: error });
  }
  const folder = home.endsWith(sep) ? home : home + sep;
  if (!place.startsWith(folder)) throw new InputError('The path leads out of the folder of the data.');
  return place;
}
