import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import { unreadableFile } from '../core/base/unreadableFile';

/** Lines about some millions of rows. */
const largestFile = 256 * 1024 * 1024;

/**
 * The text of a file that lists rows. @throws InputError where it cannot be read, or would never end (pipes, devices).
 */
export async function readListFile(file: string, option: string): Promise<string> {
  const path = resolve(file);
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new InputError(`${option}: ${path} is a folder. Name the file in it.`);
    if (!found.isFile()) {
      throw new InputError(`${option}: ${path} is a pipe or a device. Write the rows to a file, and name that.`);
    }
    if (found.size > largestFile) {
      throw new InputError(`${option}: ${path} has more than 256 MB, which is no list of rows. Name another file.`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { message, details } = unreadableFile(path, error);
    throw new InputError(`${option}: ${message}`, { details, cause: error });
  }
}
