import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../../core/base/errors';
import { unreadableFile } from '../../../core/base/unreadableFile';
import { closeAfter } from '../../closeAll';

/** Where the bytes of an input come from: a file, or memory. */
interface ByteHandle {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  close(): Promise<void>;
}

/** A table by its path, or by what opens it. */
export type TableFile = string | (() => Promise<FileSource>);

/** An input file open for reading, with what it was when it was opened. */
export interface FileSource {
  readonly path: string;
  readonly name: string;
  readonly handle: ByteHandle;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** @throws InputError when the path is missing, unreadable, a folder, a device, or an empty file. */
async function openFileSource(path: string): Promise<FileSource> {
  let handle: FileHandle;
  try {
    // A pipe must not make it wait: what is no file is refused below.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw unreadableFile(path, error);
  }
  let stats: Stats;
  try {
    stats = await handle.stat();
    if (stats.isDirectory()) throw unreadableFile(path, Object.assign(new Error('folder'), { code: 'EISDIR' }));
    if (!stats.isFile()) throw new InputError(`${path} is not a regular file.`, { details: { file: path } });
    if (stats.size === 0) throw emptyFile(path);
  } catch (error) {
    return closeAfter(error, [() => handle.close()]);
  }
  return { path, name: basename(path), handle, bytes: stats.size, mtimeMs: stats.mtimeMs };
}

export async function openTable(table: TableFile): Promise<FileSource> {
  return typeof table === 'string' ? openFileSource(table) : table();
}

/** Bytes in memory as an input file. @throws InputError where there are none. */
export function memorySource(path: string, bytes: Buffer, mtimeMs: number): FileSource {
  if (bytes.length === 0) throw emptyFile(path);
  const handle: ByteHandle = {
    read: (buffer, offset, length, position) =>
      Promise.resolve({ bytesRead: bytes.copy(buffer, offset, position, position + length) }),
    stat: () => Promise.resolve({ size: bytes.length, mtimeMs }),
    close: () => Promise.resolve(),
  };
  return { path, name: basename(path), handle, bytes: bytes.length, mtimeMs };
}

function emptyFile(path: string): InputError {
  return new InputError(`${path} is empty: it has no header and no rows.`, { details: { file: path } });
}

/** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
export async function readBytes(source: FileSource, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  try {
    while (filled < length) {
      const { bytesRead } = await source.handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (error) {
    throw unreadableFile(source.path, error);
  }
  return buffer.subarray(0, filled);
}

/** @throws InputError when the file is no longer the one that was opened. */
export async function checkUnchanged(source: FileSource): Promise<void> {
  const now = await source.handle.stat();
  if (now.size !== source.bytes || now.mtimeMs !== source.mtimeMs) throw fileChanged(source);
}

export function fileChanged(source: Pick<FileSource, 'path' | 'name'>): InputError {
  return new InputError(
    `${source.name} was changed by another program while it was being read. Wait until that is done, then open it again.`,
    { details: { file: source.path } },
  );
}

/** SHA-256 of a file, lower-case hexadecimal, and its size. Reads in blocks of 1 MiB. */
export async function hashFile(
  path: string,
  throwIfCancelled?: () => void,
): Promise<{ sha256: string; bytes: number }> {
  const source = await openFileSource(path);
  try {
    return await hashSource(source, throwIfCancelled && { throwIfCancelled });
  } finally {
    await source.handle.close();
  }
}

/** The same of one that is open. */
export async function hashSource(
  source: FileSource,
  {
    throwIfCancelled,
    onBytes,
  }: { readonly throwIfCancelled?: () => void; readonly onBytes?: (done: number) => Promise<void> } = {},
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let position = 0;
  for (;;) {
    throwIfCancelled?.();
    const block = await readBytes(source, position, 1 << 20);
    if (block.length === 0) break;
    hash.update(block);
    position += block.length;
    await onBytes?.(position);
  }
  return { sha256: hash.digest('hex'), bytes: position };
}
