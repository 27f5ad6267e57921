import { extname } from 'node:path';

/** What some system allows in no name, or takes for a way elsewhere. */
const unsafe = /[\u0000-\u001f\u007f/\\:*?"<>|]/g;
/** File systems take names of 255 bytes. */
const longestName = 255;
/** Leaves room for a number. */
const longestFolder = 240;

const tableName = 'metadata.jsonl';

/**
 * Where files go in a folder of classes: `label/name`, or `split/label/name`; files without a label beside the folders
 * of classes. A file keeps its name; where that is taken, ` (2)`, ` (3)` … stands before its ending.
 */
export class DatasetPaths {
  readonly #labels = new Map<string, string>();
  readonly #splits = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** By a path that was asked for more than once, the number to try next. */
  readonly #next = new Map<string, number>();

  /** `labels` and `splits`: all there are; '' is no label, and no split where there are none. */
  constructor(labels: Iterable<string>, splits: Iterable<string>) {
    nameFolders(labels, this.#labels);
    nameFolders(splits, this.#splits);
    for (const split of this.#splits.size === 0 ? [''] : this.#splits.keys()) {
      this.#taken.add(join(this.folderOfSplit(split), tableName));
      for (const label of this.#labels.keys()) this.#taken.add(this.folderOf(split, label));
    }
  }

  /** '' for the top. */
  folderOfSplit(split: string): string {
    return this.#splits.get(split) ?? '';
  }

  folderOf(split: string, label: string): string {
    return join(this.folderOfSplit(split), this.#labels.get(label) ?? '');
  }

  /** Where the table of a split's files lies. */
  tableOf(split: string): string {
    return join(this.folderOfSplit(split), tableName);
  }

  /** Labels whose folders are called otherwise. */
  get renamedLabels(): string[] {
    return [...this.#labels].flatMap(([label, name]) => (label === name || label === '' ? [] : [label]));
  }

  /** The path of a file of this name, which is taken from now on. */
  place(split: string, label: string, name: string): string {
    const wanted = join(this.folderOf(split, label), name);
    let path = wanted;
    let number = this.#next.get(wanted) ?? 2;
    while (this.#taken.has(path)) path = join(this.folderOf(split, label), numbered(name, number++));
    if (path !== wanted) this.#next.set(wanted, number);
    this.#taken.add(path);
    return path;
  }
}

function join(folder: string, name: string): string {
  return folder === '' || name === '' ? `${folder}${name}` : `${folder}/${name}`;
}

/** Each name its folder; names that are fit for one keep it, whatever others become. */
function nameFolders(names: Iterable<string>, folders: Map<string, string>): void {
  const all = [...new Set(names)].filter((name) => name !== '');
  const used = new Set<string>([tableName]);
  const isFit = (name: string): boolean => folderName(name) === name && name !== tableName;
  for (const name of all.filter(isFit)) {
    folders.set(name, name);
    used.add(name);
  }
  for (const name of all.filter((one) => !isFit(one))) {
    const base = folderName(name);
    let folder = base;
    for (let number = 2; used.has(folder); number++) folder = `${base} (${number})`;
    folders.set(name, folder);
    used.add(folder);
  }
}

/** A label as the name of a folder: one folder, not hidden, that every system takes. */
function folderName(label: string): string {
  const safe = label.replace(unsafe, '_').replace(/^[.\s]+|[.\s]+$/g, (found) => '_'.repeat(found.length));
  return cut(safe, longestFolder);
}

function numbered(name: string, number: number): string {
  const ending = extname(name);
  const mark = ` (${number})${ending}`;
  return `${cut(name.slice(0, name.length - ending.length), longestName - Buffer.byteLength(mark))}${mark}`;
}

/** The beginning of a text, of at most so many bytes. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let short = '';
  for (const character of text) {
    if (Buffer.byteLength(short + character) > bytes) break;
    short += character;
  }
  return short;
}
