import { closeSync, fstatSync, readSync } from 'node:fs';
import { InputError } from '../../../core/base/errors';
import { type PictureKind, pictureKindOf } from '../../pictures/pictureKinds';
import { openPlainFileSync } from '../../store/files/plainFile';
import type { MediaKind } from './fileKinds';
import { absolutePath, type FolderFile } from './listFolder';
import { readText } from './textFile';

const signatureBytes = 64;

/** The cell that a file's contents become, and what is to be known of it. */
export interface FileCell {
  /** A picture: its path; a text: itself. '' where there is none: a missing cell. */
  readonly cell: string;
  readonly trouble: string | null;
  /** Of the bytes that were read; '' for a picture, of which only the first are looked at. */
  readonly sha256: string;
}

/**
 * Looks at a picture's first bytes, or reads a text, at once: in a loop over thousands of small files, waiting for each
 * answer takes several times as long as they do.
 * @throws InputError when the file is no longer what was listed.
 */
export function readCell(root: string, kind: MediaKind, file: FolderFile): FileCell {
  const nothing = (trouble: string): FileCell => ({ cell: '', trouble, sha256: '' });
  if (file.bytes === 0) return nothing('is empty');
  const opened = openListed(root, file);
  if (opened === null) return nothing('may not be read by this user');
  try {
    const stats = fstatSync(opened);
    if (stats.size !== file.bytes || stats.mtimeMs !== file.mtimeMs) throw changed(file);
    if (kind === 'text') {
      const { text, trouble, sha256 } = readText(opened, file.bytes);
      return { cell: text.trim() === '' ? '' : text, trouble, sha256 };
    }
    const head = Buffer.alloc(Math.min(signatureBytes, file.bytes));
    readSync(opened, head, 0, head.length, 0);
    return { cell: file.path, sha256: '', ...lookAt(file.path, head) };
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

function lookAt(path: string, head: Buffer): { readonly trouble: string | null; readonly cell?: string } {
  try {
    const kind: PictureKind = pictureKindOf(head);
    const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase().replace('jpg', 'jpeg') ?? kind;
    return ending === kind
      ? { trouble: null }
      : { trouble: `is a ${kind.toUpperCase()} picture, whatever its name says` };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^The file is/, 'is').replace(/\.$/, '') : String(error);
    return { trouble: why, cell: '' };
  }
}

function changed({ path }: FolderFile, cause?: unknown): InputError {
  return new InputError(
    `${path} was changed by another program while the folder was being read. Wait until that is done, then open it again.`,
    { details: { file: path }, cause },
  );
}
