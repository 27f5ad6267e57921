import { type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError } from '../../core/base/errors';
import { unreadableFile } from '../../core/base/unreadableFile';
import { findDelimited } from './delimitedSource';
import type { FoundSource } from './sourceFormat';

/**
 * What is under a path, by what it is: so far, a delimited text file.
 * @throws InputError when it is missing, unreadable or a folder.
 */
export async function findSource(path: string): Promise<FoundSource> {
  const stats = await look(path);
  if (stats.isDirectory()) {
    throw new InputError(`${path} is a folder. Choose a delimited text file (CSV or TSV) in it.`, {
      details: { path },
    });
  }
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
