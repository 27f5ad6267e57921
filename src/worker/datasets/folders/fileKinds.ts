import { namesPicture } from '../columns/picturePaths';

/** What a folder is a dataset of. */
export type MediaKind = 'picture' | 'text';

const textEnding = /\.(txt|text|md|markdown|eml)$/i;
/** An ending that says what a file is; the numbers and hashes after which mails are named say nothing. */
const ending = /\.[a-z][a-z0-9]{0,9}$/i;
const metadataName = /(^|\/)metadata\.(csv|jsonl)$/i;

/**
 * What a file is by its name: `metadata`: cells for other files; `unnamed`: its name does not say; `other`: neither
 * picture nor text.
 */
export function kindByName(path: string): MediaKind | 'metadata' | 'unnamed' | 'other' {
  if (metadataName.test(path)) return 'metadata';
  if (namesPicture(path)) return 'picture';
  if (textEnding.test(path)) return 'text';
  return ending.test(path) ? 'other' : 'unnamed';
}
