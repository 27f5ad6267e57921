import { type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError } from '../../core/base/errors';
import { unreadableFile } from '../../core/base/unreadableFile';
import { findDelimited } from './delimitedSource';
import { findFolder } from './folders/folderSource';
import type { FoundSource } from './sourceFormat';

/**
 * What is under a path, by what it is: a delimited text file, or a folder of pictures or texts.
 * @throws InputError when it is missing or unreadable.
 */
export async function findSource(path: string): Promise<FoundSource> {
  const stats = await look(path);
  if (stats.isDirectory()) return findFolder(path);
  return findDelimited({ path, bytes: stats.size, mtimeMs: stats.mtimeMs });
}

async function look(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENAMETOOLONG' || code === 'ELOOP' || path.includes('\ufffd')) throw unreadableFile(path, error);
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'you have no permission to read it'
          : `the system says ${code}`;
    throw new InputError(`${path} cannot be opened: ${why}.`, { details: { path, code }, cause: error });
  }
}
