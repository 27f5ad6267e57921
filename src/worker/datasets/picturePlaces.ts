import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { readZipDirectory } from '../archives/zipDirectory';
import { partsBelow } from '../pictures/partsBelow';
import type { FileStamp } from './datasetTypes';
import type { PicturePlaces } from './pictureCells';

/** Folders whose place is remembered. */
const mostFolders = 10_000;
const leadsOut = 'leads out of the folder of the data';

/** Where the pictures lie that a table names: below its folder, on disk or in its archive. */
export async function picturesBeside({ path, entry }: FileStamp): Promise<PicturePlaces> {
  if (entry === undefined) return new FolderPlaces(dirname(path));
  const { entries } = await readZipDirectory(path);
  return new ArchivePlaces(new Set(entries.map((one) => one.path)), entry.split('/').slice(0, -1));
}

class ArchivePlaces implements PicturePlaces {
  constructor(
    private readonly paths: ReadonlySet<string>,
    private readonly folder: readonly string[],
  ) {}

  look(cell: string): Promise<string | null> {
    const parts = partsBelow(cell.trim());
    if (parts === null) return Promise.resolve(leadsOut);
    return Promise.resolve(this.paths.has([...this.folder, ...parts].join('/')) ? null : 'is not in the archive');
  }
}

class FolderPlaces implements PicturePlaces {
  readonly #root: string;
  /** Folders below the root, and whether that is where they lie. */
  readonly #folders = new Map<string, boolean>();
  #home: string | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  async look(cell: string): Promise<string | null> {
    const parts = partsBelow(cell.trim());
    if (parts === null) return leadsOut;
    const file = join(this.#root, ...parts);
    const stats = await lstat(file).catch(() => null);
    if (stats === null) return 'is not there';
    if (stats.isSymbolicLink()) return this.#lookThrough(file);
    if (!stats.isFile()) return 'is no file';
    return (await this.#isBelow(join(this.#root, ...parts.slice(0, -1)))) ? null : leadsOut;
  }

  async #lookThrough(link: string): Promise<string | null> {
    const place = await realpath(link).catch(() => null);
    const stats: Stats | null = place === null ? null : await stat(place).catch(() => null);
    if (place === null || stats?.isFile() !== true) return 'is a link to no file';
    return this.#holds(await this.#findHome(), place) ? null : 'is a link that leads out of the folder of the data';
  }

  async #isBelow(folder: string): Promise<boolean> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const home = await this.#findHome();
    const place = await realpath(folder).catch(() => null);
    const isBelow = place !== null && (place === home || this.#holds(home, place));
    if (this.#folders.size < mostFolders) this.#folders.set(folder, isBelow);
    return isBelow;
  }

  async #findHome(): Promise<string> {
    this.#home ??= await realpath(this.#root);
    return this.#home;
  }

  #holds(home: string, place: string): boolean {
    return place.startsWith(home.endsWith(sep) ? home : home + sep);
  }
}
