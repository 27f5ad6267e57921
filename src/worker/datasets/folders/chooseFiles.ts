import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import { pictureKindOf } from '../../pictures/pictureKinds';
import { type FileKind, kindByName, type MediaKind } from './fileKinds';
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
 * @throws CancelledError
 */
export async function chooseFiles(
  listed: ListedFiles,
  files: readonly FolderFile[],
  signal?: CancellationSignal,
): Promise<ChosenFiles | null> {
  const kinds = await kindsOf(files, signal);
  const count = (kind: FileKind): number => kinds.reduce((sum, one) => sum + Number(one === kind), 0);
  const [pictures, texts] = [count('picture'), count('text')];
  const byName = pictures + texts > 0;
  const kind = byName
    ? pictures >= texts
      ? 'picture'
      : 'text'
    : lookInto(
        listed,
        files.filter((_, at) => kinds[at] !== 'metadata'),
      );
  if (kind === null) return null;
  const isRow = (name: FileKind): boolean =>
    byName ? name === kind || (kind === 'text' && name === 'unnamed') : name === 'unnamed' || name === 'other';
  return {
    kind,
    rows: files.filter((_, at) => isRow(kinds[at])),
    metadata: files.filter((_, at) => kinds[at] === 'metadata'),
    others: files.filter((_, at) => !isRow(kinds[at]) && kinds[at] !== 'metadata'),
  };
}

async function kindsOf(files: readonly FolderFile[], signal?: CancellationSignal): Promise<FileKind[]> {
  const turn = createTurns(signal);
  const kinds: FileKind[] = [];
  for (const { path } of files) {
    kinds.push(kindByName(path));
    await turn();
  }
  return kinds;
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
