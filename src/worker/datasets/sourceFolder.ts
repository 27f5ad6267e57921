import { dirname } from 'node:path';
import type { SourceFormat } from '../../contract/dataset';
import type { FileStamp } from './datasetTypes';

/**
 * Where the files that data name are: the folder of the data file, or the folder or archive that was opened itself. Of
 * a table in an archive: the archive's path, and behind it the folder in it.
 */
export function sourceFolder(
  format: SourceFormat | undefined,
  { path, entry }: Pick<FileStamp, 'path' | 'entry'>,
): string {
  if (format === 'folder' || format === 'zip') return path;
  return entry === undefined ? dirname(path) : [path, ...entry.split('/').slice(0, -1)].join('/');
}
