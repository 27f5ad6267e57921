import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { InputError } from '../../../core/base/errors';
import { formatCount, formatPlural } from '../../../core/base/format';
import { visibleText } from '../../../core/base/visibleText';
import { EntryError, readEntryHead } from '../../archives/readEntry';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from '../../archives/zipDirectory';
import { createTurns } from '../../eventLoop';
import { tableInArchive } from '../archivedTable';
import { type Looking, unwatched } from '../looking';
import type { ListedFiles } from './listedFiles';
import { type FolderListing, isSystemPath, sortAsListed } from './listFolder';

/**
 * What a zip archive holds, as if it were the folder that it was made of. Nothing of it is written to disk; entries are
 * read one by one, wherever they are asked for.
 * @throws InputError as {@link readZipDirectory}; CancelledError
 */
export async function listArchive(
  path: string,
  looking: Looking = unwatched,
): Promise<{ listing: FolderListing; files: ListedFiles }> {
  const { signal, tell } = looking;
  const name = visibleText(basename(path));
  const archive = await readZipDirectory(path, {
    signal,
    onEntries: (read, total) =>
      tell(`Listing ${name}: ${formatCount(read)} of ${formatPlural(total, 'entry', 'entries')}`),
  });
  const turn = createTurns(signal);
  const shown = archive.entries.filter((entry) => !isSystemPath(entry.path));
  const entries = await sortAsListed(shown, turn);
  const hash = createHash('sha256');
  for (const entry of entries) {
    hash.update(`${entry.path}\0${entry.bytes}\0${entry.crc32}\n`);
    await turn();
  }
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
    table: ({ path }) => tableInArchive(archive, find(path)),
    stamp: ({ path, bytes }) => ({ path: archive.path, bytes, mtimeMs: archive.mtimeMs, entry: path }),
  };
}
