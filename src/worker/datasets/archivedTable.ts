import { basename } from 'node:path';
import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import { EntryError, readEntry } from '../archives/readEntry';
import { readZipDirectory, type ZipDirectory, type ZipEntry } from '../archives/zipDirectory';
import type { FileStamp } from './datasetTypes';
import { type FileSource, memorySource, type TableFile } from './records/fileSource';

/** A table in an archive is unpacked into memory. */
const largestTable = 256 * 2 ** 20;

/** A table in an archive. Opening it throws an InputError where it is too large or damaged. */
export function tableInArchive(archive: ZipDirectory, entry: ZipEntry): () => Promise<FileSource> {
  return async () => {
    const { path, bytes } = entry;
    const details = { file: archive.path, entry: path };
    if (bytes > largestTable) {
      throw new InputError(
        `${path} in ${basename(archive.path)} has ${formatCount(bytes)} bytes; tables in archives are read up to 256 MB. Unpack it, and open it itself.`,
        { details },
      );
    }
    try {
      return memorySource(path, readEntry(archive, entry), archive.mtimeMs);
    } catch (error) {
      if (error instanceof EntryError) throw new InputError(`${path} ${error.message}.`, { details, cause: error });
      throw error;
    }
  };
}

/** The table that was read under a stamp, to be read again: a file, or one in an archive. */
export function tableOf({ path, entry }: FileStamp): TableFile {
  if (entry === undefined) return path;
  return async () => {
    const archive = await readZipDirectory(path);
    const found = archive.entries.find((one) => one.path === entry);
    if (found === undefined) {
      throw new InputError(`${basename(path)} has no entry ${entry} any more.`, { details: { file: path, entry } });
    }
    return tableInArchive(archive, found)();
  };
}
