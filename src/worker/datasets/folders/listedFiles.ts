import { closeSync, fstatSync, readSync } from 'node:fs';
import { InputError } from '../../../core/base/errors';
import { openPlainFileSync } from '../../store/files/plainFile';
import type { FileStamp } from '../datasetTypes';
import type { TableFile } from '../records/fileSource';
import { absolutePath, type FolderFile } from './listFolder';

/** The files that a listing names, to be read: those of a folder, or of an archive. */
export interface ListedFiles {
  readonly root: string;
  readonly kind: 'folder' | 'archive';
  /**
   * The first bytes of a file, at most `most`. At once: in a loop over thousands of small files, waiting for each
   * answer takes several times as long as they do.
   * @returns a clause where it cannot be read: “may not be read by this user”.
   * @throws InputError when the file is no longer what was listed.
   */
  readonly head: (file: FolderFile, most: number) => Buffer | string;
  /** The file as a table to be read. */
  readonly table: (file: FolderFile) => TableFile;
  /** What tells it from what is under its path later, where it is the data by itself. */
  readonly stamp: (file: FolderFile) => FileStamp;
}

export function filesOfFolder(root: string): ListedFiles {
  return {
    root,
    kind: 'folder',
    head: (file, most) => readHead(root, file, most),
    table: ({ path }) => absolutePath(root, path),
    stamp: ({ path, bytes, mtimeMs }) => ({ path: absolutePath(root, path), bytes, mtimeMs }),
  };
}

function readHead(root: string, file: FolderFile, most: number): Buffer | string {
  const opened = openListed(root, file);
  if (opened === null) return 'may not be read by this user';
  try {
    const stats = fstatSync(opened);
    if (stats.size !== file.bytes || stats.mtimeMs !== file.mtimeMs) throw changed(file);
    const buffer = Buffer.allocUnsafe(Math.min(file.bytes, most));
    let length = 0;
    while (length < buffer.length) {
      const bytesRead = readSync(opened, buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}

/** Null where this user may not read it. */
function openListed(root: string, file: FolderFile): number | null {
  try {
    return openPlainFileSync(absolutePath(root, file.path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EACCES' || code === 'EPERM') return null;
    throw changed(file, error);
  }
}

function changed({ path }: FolderFile, cause?: unknown): InputError {
  return new InputError(
    `${path} was changed by another program while the folder was being read. Wait until that is done, then open it again.`,
    { details: { file: path }, cause },
  );
}
