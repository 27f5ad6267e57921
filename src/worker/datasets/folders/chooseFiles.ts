import { pictureKindOf } from '../../pictures/pictureKinds';
import { kindByName, type MediaKind } from './fileKinds';
import type { ListedFiles } from './listedFiles';
import type { FolderFile } from './listFolder';
import { decodeText } from './textFile';

/** Files that are looked into where names do not say what a folder holds. */
const lookedAt = 40;
const headBytes = 4096;

/** What a folder is a dataset of, and which of its files are rows. */
export interface ChosenFiles {
  readonly kind: MediaKind;
  readonly rows: readonly FolderFile[];
  readonly metadata: readonly FolderFile[];
  readonly others: readonly FolderFile[];
}

/**
 * Pictures or texts: what most files are by their names, or, where no name says so, by the first bytes of some. Texts
 * may go without an ending beside others that have one.
 * @returns null where there are neither.
 */
export function chooseFiles(listed: ListedFiles, files: readonly FolderFile[]): ChosenFiles | null {
  const named = files.map((file) => ({ file, name: kindByName(file.path) }));
  const count = (kind: string): number => named.filter(({ name }) => name === kind).length;
  const byName = count('picture') + count('text') > 0;
  const kind = byName
    ? count('picture') >= count('text')
      ? 'picture'
      : 'text'
    : lookInto(
        listed,
        named.flatMap(({ file, name }) => (name === 'metadata' ? [] : [file])),
      );
  if (kind === null) return null;
  const isRow = (name: string): boolean =>
    byName ? name === kind || (kind === 'text' && name === 'unnamed') : name === 'unnamed' || name === 'other';
  return {
    kind,
    rows: named.flatMap(({ file, name }) => (isRow(name) ? [file] : [])),
    metadata: named.flatMap(({ file, name }) => (name === 'metadata' ? [file] : [])),
    others: named.flatMap(({ file, name }) => (isRow(name) || name === 'metadata' ? [] : [file])),
  };
}

/** What most of some files, evenly chosen, are. */
function lookInto(listed: ListedFiles, files: readonly FolderFile[]): MediaKind | null {
  const step = Math.max(1, Math.floor(files.length / lookedAt));
  const found = { picture: 0, text: 0 };
  for (const file of files.filter((_, at) => at % step === 0).slice(0, lookedAt)) {
    const kind = kindOf(listed, file);
    if (kind !== null) found[kind]++;
  }
  if (found.picture + found.text === 0) return null;
  return found.picture >= found.text ? 'picture' : 'text';
}

function kindOf({ head }: ListedFiles, file: FolderFile): MediaKind | null {
  let read: Buffer | string;
  try {
    read = head(file, headBytes);
  } catch {
    // It was changed meanwhile, which shows again when it is read.
    return null;
  }
  if (typeof read === 'string') return null;
  if (isPicture(read)) return 'picture';
  return read.length > 0 && decodeText(read, file.bytes <= headBytes) !== null ? 'text' : null;
}

function isPicture(head: Buffer): boolean {
  try {
    pictureKindOf(head);
    return true;
  } catch {
    return false;
  }
}
