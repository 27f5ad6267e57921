import { namesPicture } from '../columns/picturePaths';

/** What a folder is a dataset of. */
export type MediaKind = 'picture' | 'text';

const textEnding = /\.(txt|text|md|markdown|eml)$/i;
/** An ending that says what a file is; the numbers and hashes after which mails are named say nothing. */
const ending = /\.[a-z][a-z0-9]{0,9}$/i;
const metadataName = /(^|\/)metadata\.(csv|jsonl)$/i;

/** `metadata`: cells for other files; `unnamed`: its name does not say; `other`: neither picture nor text. */
export type FileKind = MediaKind | 'metadata' | 'unnamed' | 'other';

/** What a file is by its name. */
export function kindByName(path: string): FileKind {
  if (metadataName.test(path)) return 'metadata';
  if (namesPicture(path)) return 'picture';
  if (textEnding.test(path)) return 'text';
  return ending.test(path) ? 'other' : 'unnamed';
}
