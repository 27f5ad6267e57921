import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import { EntryError, readEntry, readEntryHead } from '../../archives/readEntry';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from '../../archives/zipDirectory';
import { memorySource, type TableFile } from '../records/fileSource';
import type { ListedFiles } from './listedFiles';
import { comparePaths, type FolderListing, isSystemPath } from './listFolder';

/** A table in an archive is unpacked into memory. */
const largestTable = 256 * 2 ** 20;

/**
 * What a zip archive holds, as if it were the folder that it was made of. Nothing of it is written to disk; entries are
 * read one by one, wherever they are asked for.
 * @throws InputError as {@link readZipDirectory}
 */
export async function listArchive(path: string): Promise<{ listing: FolderListing; files: ListedFiles }> {
  const archive = await readZipDirectory(path);
  const shown = archive.entries.filter((entry) => !isSystemPath(entry.path));
  const entries = [...shown].sort((a, b) => comparePaths(a.path, b.path));
  const hash = createHash('sha256');
  for (const entry of entries) hash.update(`${entry.path}\0${entry.bytes}\0${entry.crc32}\n`);
  const leftOut = archive.leftOut.filter((one) => !isSystemPath(one.path));
  const { bytes, mtimeMs } = archive;
  return {
    listing: {
      stamp: { path, bytes, mtimeMs, listing: hash.digest('hex') },
      files: entries.map((entry) => ({ path: entry.path, bytes: entry.bytes, mtimeMs: entry.mtimeMs })),
      leftOut,
      hidden: archive.entries.length + archive.leftOut.length - entries.length - leftOut.length,
      emptyFolders: [],
    },
    files: filesOfArchive(archive),
  };
}

function filesOfArchive(archive: ZipDirectory): ListedFiles {
  const byPath = new Map(archive.entries.map((entry) => [entry.path, entry]));
  const find = (path: string): ZipEntry => {
    const entry = byPath.get(path);
    if (entry === undefined) throw new InputError(`${basename(archive.path)} has no entry ${path}.`);
    return entry;
  };
  return {
    root: archive.path,
    kind: 'archive',
    head: ({ path }, most) => {
      try {
        return readEntryHead(archive, find(path), most);
      } catch (error) {
        if (error instanceof EntryError) return error.message;
        throw error;
      }
    },
    table:
      ({ path }): TableFile =>
      () => {
        const entry = find(path);
        if (entry.bytes > largestTable) {
          return Promise.reject(
            new InputError(
              `${path} has ${formatCount(entry.bytes)} bytes; tables in archives are read up to 256 MB. Unpack it.`,
            ),
          );
        }
        try {
          return Promise.resolve(memorySource(path, readEntry(archive, entry), entry.mtimeMs));
        } catch (error) {
          return Promise.reject(error instanceof EntryError ? new InputError(`${path} ${error.message}.`) : error);
        }
      },
  };
}
