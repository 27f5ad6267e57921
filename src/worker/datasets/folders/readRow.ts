import { InputError } from '../../../core/base/errors';
import { type PictureKind, pictureKindOf } from '../../pictures/pictureKinds';
import { openPlainFile } from '../../store/files/plainFile';
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
 * Looks at a picture's first bytes, or reads a text.
 * @throws InputError when the file is no longer what was listed.
 */
export async function readCell(root: string, kind: MediaKind, file: FolderFile): Promise<FileCell> {
  const nothing = (trouble: string): FileCell => ({ cell: '', trouble, sha256: '' });
  if (file.bytes === 0) return nothing('is empty');
  const handle = await openPlainFile(absolutePath(root, file.path)).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EACCES' || code === 'EPERM') return null;
    throw changed(file, error);
  });
  if (handle === null) return nothing('may not be read by this user');
  try {
    const stats = await handle.stat();
    if (stats.size !== file.bytes || stats.mtimeMs !== file.mtimeMs) throw changed(file);
    if (kind === 'text') {
      const { text, trouble, sha256 } = await readText(handle, file.bytes);
      return { cell: text.trim() === '' ? '' : text, trouble, sha256 };
    }
    const head = Buffer.alloc(Math.min(signatureBytes, file.bytes));
    await handle.read(head, 0, head.length, 0);
    return { cell: file.path, sha256: '', ...lookAt(file.path, head) };
  } finally {
    await handle.close();
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
