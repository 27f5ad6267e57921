import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { AssayError, InputError } from '../../../core/base/errors';
import { formatCount, formatPlural } from '../../../core/base/format';
import { unreadableFile } from '../../../core/base/unreadableFile';
import { visibleText } from '../../../core/base/visibleText';
import { createTurns } from '../../eventLoop';
import type { FileStamp } from '../datasetTypes';
import { type Looking, unwatched } from '../looking';

/** What is kept of a file costs some 200 bytes. */
const mostFiles = 1_000_000;
const deepestFolder = 32;

/** Files that systems leave in folders of others, folders of theirs, and projects of ours. */
const systemName = /^(\..*|thumbs\.db|ehthumbs\.db|desktop\.ini|__macosx|@eadir|.*\.assay)$/i;

/** Whether a path is, or lies in, what systems leave in folders of others. */
export function isSystemPath(path: string): boolean {
  return path.split('/').some((name) => systemName.test(name));
}

/** A regular file of a folder. */
export interface FolderFile {
  /** Below the folder, parted by `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** Something in the folder that is not read, and why: “is a link”. */
export interface LeftOut {
  readonly path: string;
  readonly message: string;
}

/** All files of a folder in natural order of their names (2 before 10), folder by folder. */
export interface FolderListing {
  /** `bytes` of all files; the time of the file changed last. */
  readonly stamp: FileStamp;
  readonly files: readonly FolderFile[];
  readonly leftOut: readonly LeftOut[];
  /** Hidden files and folders, and what systems leave there: Thumbs.db, .DS_Store. */
  readonly hidden: number;
  readonly emptyFolders: readonly string[];
}

/**
 * Lists a folder and what lies below it. Links are never followed, so that nothing outside is read. About 5 s and 80 MB
 * for 200,000 files.
 * @param mostListed Files beyond which the folder is refused.
 * @throws InputError when the folder cannot be read, or holds too many files; CancelledError
 */
export async function listFolder(
  root: string,
  looking: Looking = unwatched,
  mostListed = mostFiles,
): Promise<FolderListing> {
  const listing = new Lister(root, looking, mostListed);
  await listing.list('', 0).catch((error: unknown) => {
    throw error instanceof AssayError ? error : unreadableFile(root, error);
  });
  return listing.finish();
}

class Lister {
  readonly #files: FolderFile[] = [];
  readonly #leftOut: LeftOut[] = [];
  readonly #emptyFolders: string[] = [];
  readonly #turn: () => Promise<void> | undefined;
  #hidden = 0;

  constructor(
    private readonly root: string,
    { signal, tell }: Looking,
    private readonly mostListed: number,
  ) {
    const name = visibleText(basename(root));
    this.#turn = createTurns(signal, () => tell(`Listing ${name}: ${formatPlural(this.#files.length, 'file')}`));
  }

  async list(folder: string, depth: number): Promise<void> {
    const entries = await this.#read(folder);
    if (entries === null) return;
    if (entries.length === 0 && folder !== '') this.#emptyFolders.push(folder);
    const names = entries.flatMap((entry) => this.#nameOf(entry, folder));
    for (const { path, entry } of sortNaturally(names)) {
      if (entry.isDirectory()) await this.#descend(path, depth);
      else {
        const stats = this.#look(path, entry);
        if (stats !== null) this.#add({ path, bytes: stats.size, mtimeMs: stats.mtimeMs });
      }
      await this.#turn();
    }
  }

  async finish(): Promise<FolderListing> {
    const hash = createHash('sha256');
    let bytes = 0;
    let mtimeMs = 0;
    for (const file of this.#files) {
      hash.update(`${file.path}\0${file.bytes}\0${file.mtimeMs}\n`);
      bytes += file.bytes;
      mtimeMs = Math.max(mtimeMs, file.mtimeMs);
      await this.#turn();
    }
    return {
      stamp: { path: this.root, bytes, mtimeMs, listing: hash.digest('hex') },
      files: this.#files,
      leftOut: this.#leftOut,
      hidden: this.#hidden,
      emptyFolders: this.#emptyFolders,
    };
  }

  /** Names as the bytes they are: one that is no UTF-8 would name another file once it is decoded. */
  async #read(folder: string): Promise<Dirent<Buffer>[] | null> {
    try {
      return await readdir(absolutePath(this.root, folder), { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      if (folder === '') throw error;
      this.#leftOut.push({ path: folder, message: 'is a folder that may not be read' });
      return null;
    }
  }

  #nameOf(entry: Dirent<Buffer>, folder: string): { name: string; path: string; entry: Dirent<Buffer> }[] {
    const name = entry.name.toString('utf8');
    const path = folder === '' ? name : `${folder}/${name}`;
    if (systemName.test(name)) {
      this.#hidden++;
      return [];
    }
    if (!Buffer.from(name, 'utf8').equals(entry.name)) {
      this.#leftOut.push({ path, message: 'has a name that is not UTF-8: rename it to have it read' });
      return [];
    }
    return [{ name, path, entry }];
  }

  /** Of a file that is to be read, at once; null for anything else. */
  #look(path: string, entry: Dirent<Buffer>): Stats | null {
    if (entry.isSymbolicLink()) {
      this.#leftOut.push({ path, message: 'is a link, and links are not followed' });
      return null;
    }
    try {
      const stats = lstatSync(absolutePath(this.root, path));
      if (stats.isFile()) return stats;
      this.#leftOut.push({ path, message: 'is no file: a pipe, a socket or a device' });
    } catch {
      this.#leftOut.push({ path, message: 'cannot be looked at' });
    }
    return null;
  }

  async #descend(path: string, depth: number): Promise<void> {
    if (depth >= deepestFolder) {
      this.#leftOut.push({ path, message: `lies more than ${deepestFolder} folders deep` });
      return;
    }
    await this.list(path, depth + 1);
  }

  #add(file: FolderFile): void {
    if (this.#files.length >= this.mostListed) {
      throw new InputError(
        `${basename(this.root)} holds more than ${formatCount(this.mostListed)} files. Open a part of it.`,
        { details: { path: this.root } },
      );
    }
    this.#files.push(file);
  }
}

/**
 * By name, runs of digits as the numbers they are: 2 before 10, whatever the locale. Names are taken apart once, not in
 * every comparison, as there may be 100,000 in a folder.
 */
function sortNaturally<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const keyed = entries.map((entry) => ({ entry, parts: partsOfName(entry.name) }));
  keyed.sort(
    (a, b) =>
      compareParts(a.parts, b.parts) || (a.entry.name < b.entry.name ? -1 : Number(a.entry.name > b.entry.name)),
  );
  return keyed.map(({ entry }) => entry);
}

/** What stands in a folder: a file, or another folder (null). */
interface Standing<T> {
  readonly name: string;
  readonly path: string;
  readonly file: T | null;
}

/**
 * Files in the order in which a folder lists them: folder by folder, 2 before 10. No part of it takes longer than a
 * folder's own names do.
 */
export async function sortAsListed<T extends { readonly path: string }>(
  files: readonly T[],
  turn: () => Promise<void> | undefined,
): Promise<T[]> {
  const folders = new Map<string, Standing<T>[]>();
  for (const file of files) {
    await turn();
    // Upwards as far as folders are new.
    for (let { path } = file, of: T | null = file; ; of = null) {
      const cut = path.lastIndexOf('/');
      const folder = path.slice(0, Math.max(0, cut));
      const standing = { name: path.slice(cut + 1), path, file: of };
      const known = folders.get(folder);
      if (known !== undefined) known.push(standing);
      else folders.set(folder, [standing]);
      if (known !== undefined || folder === '') break;
      path = folder;
    }
  }
  const sorted: T[] = [];
  const ahead = sortNaturally(folders.get('') ?? []).reverse();
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    await turn();
    if (next.file !== null) sorted.push(next.file);
    else for (const one of sortNaturally(folders.get(next.path) ?? []).reverse()) ahead.push(one);
  }
  return sorted;
}

function partsOfName(name: string): readonly string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [p, q] = [a[i], b[i]];
    if (p === q) continue;
    const difference = isDigit(p) && isDigit(q) ? Number(p) - Number(q) : 0;
    if (difference !== 0) return difference;
    if (!isDigit(p) || !isDigit(q)) return p < q ? -1 : 1;
  }
  return a.length - b.length;
}

function isDigit(text: string): boolean {
  const code = text.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/** Where a file of a folder lies. */
export function absolutePath(root: string, path: string): string {
  return path === '' ? root : `${root.replace(/[\\/]+$/, '')}/${path}`;
}
