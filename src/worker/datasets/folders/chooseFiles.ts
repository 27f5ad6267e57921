import { pictureKindOf } from '../../pictures/pictureKinds';
import { openPlainFile } from '../../store/files/plainFile';
import { kindByName, type MediaKind } from './fileKinds';
import { absolutePath, type FolderFile } from './listFolder';
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
export async function chooseFiles(root: string, files: readonly FolderFile[]): Promise<ChosenFiles | null> {
  const named = files.map((file) => ({ file, name: kindByName(file.path) }));
  const count = (kind: string): number => named.filter(({ name }) => name === kind).length;
  const byName = count('picture') + count('text') > 0;
  const kind = byName
    ? count('picture') >= count('text')
      ? 'picture'
      : 'text'
    : await lookInto(
        root,
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
async function lookInto(root: string, files: readonly FolderFile[]): Promise<MediaKind | null> {
  const step = Math.max(1, Math.floor(files.length / lookedAt));
  const found = { picture: 0, text: 0 };
  for (const file of files.filter((_, at) => at % step === 0).slice(0, lookedAt)) {
    const kind = await kindOf(root, file).catch(() => null);
    if (kind !== null) found[kind]++;
  }
  if (found.picture + found.text === 0) return null;
  return found.picture >= found.text ? 'picture' : 'text';
}

async function kindOf(root: string, { path, bytes }: FolderFile): Promise<MediaKind | null> {
  const handle = await openPlainFile(absolutePath(root, path));
  try {
    const head = Buffer.alloc(Math.min(bytes, headBytes));
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const read = head.subarray(0, bytesRead);
    if (isPicture(read)) return 'picture';
    return bytesRead > 0 && decodeText(read, bytes <= headBytes) !== null ? 'text' : null;
  } finally {
    await handle.close();
  }
}

function isPicture(head: Buffer): boolean {
  try {
    pictureKindOf(head);
    return true;
  } catch {
    return false;
  }
}
