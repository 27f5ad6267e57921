import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { closeAfter } from '../../closeAll';

/** Windows has neither such flags nor such files. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
/** Opening a pipe waits for nobody; a link at the end of the path is an error. */
const plain = constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** What Assay keeps in small files is some kilobytes. */
const smallBytes = 1024 * 1024;

class NotPlainFileError extends Error {
  constructor(path: string) {
    super(`${path} is a link, a pipe, a device or a folder`);
  }
}

/** Opens a file for reading that is nothing else: no link, no pipe, no device, nothing that can wait. */
export async function openPlainFile(path: string): Promise<FileHandle> {
  const handle = await open(path, plain).catch((error: unknown) => {
    throw linkAsError(path, error);
  });
  try {
    if ((await handle.stat()).isFile()) return handle;
    throw new NotPlainFileError(path);
  } catch (error) {
    return closeAfter(error, [() => handle.close()]);
  }
}

/** As {@link openPlainFile}, at once. */
export function openPlainFileSync(path: string): number {
  let file: number;
  try {
    file = openSync(path, plain);
  } catch (error) {
    throw linkAsError(path, error);
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new NotPlainFileError(path);
}

/** ELOOP is what a link gives; ENXIO a socket, or a pipe on some systems. */
function linkAsError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO' ? new NotPlainFileError(path) : error;
}

/** The text of a plain file of at most a megabyte. */
export async function readSmallFile(path: string): Promise<string> {
  const handle = await openPlainFile(path);
  try {
    const { size } = await handle.stat();
    if (size > smallBytes) throw new NotPlainFileError(path);
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** As {@link readSmallFile}, at once. */
export function readSmallFileSync(path: string): string {
  const file = openPlainFileSync(path);
  try {
    const { size } = fstatSync(file);
    if (size > smallBytes) throw new NotPlainFileError(path);
    const bytes = Buffer.alloc(size);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, size, 0));
  } finally {
    closeSync(file);
  }
}
