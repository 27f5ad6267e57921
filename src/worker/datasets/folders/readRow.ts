import { type PictureKind, pictureKindOf } from '../../pictures/pictureKinds';
import type { MediaKind } from './fileKinds';
import type { ListedFiles } from './listedFiles';
import type { FolderFile } from './listFolder';
import { longestText, readText } from './textFile';

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
export function readCell({ head }: ListedFiles, kind: MediaKind, file: FolderFile): FileCell {
  const nothing = (trouble: string): FileCell => ({ cell: '', trouble, sha256: '' });
  if (file.bytes === 0) return nothing('is empty');
  const read = head(file, kind === 'text' ? longestText : signatureBytes);
  if (typeof read === 'string') return nothing(read);
  if (kind === 'text') {
    const { text, trouble, sha256 } = readText(read, file.bytes);
    return { cell: text.trim() === '' ? '' : text, trouble, sha256 };
  }
  return { cell: file.path, sha256: '', ...lookAt(file.path, read) };
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
