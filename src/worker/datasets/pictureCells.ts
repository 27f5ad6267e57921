import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Column, RowIssue } from '../../contract/dataset';
import { partsBelow } from '../pictures/partsBelow';
import { isMissing } from './cells/cells';
import { quoteCell } from './cells/cellText';
import type { RecordBlock } from './datasetTypes';

/** Files that are asked for at a time. */
const atOnce = 64;
/** Folders whose place is remembered. */
const mostFolders = 10_000;

/**
 * Tells of cells of picture columns that name no file below the folder of the data. Cells stay as they are. About 5 s
 * for 200,000 files.
 */
export class PictureCells {
  readonly #columns: readonly Column[];
  readonly #root: string;
  /** Folders below the root, and whether that is where they lie. */
  readonly #folders = new Map<string, boolean>();
  #home: string | undefined;

  constructor(root: string, columns: readonly Column[]) {
    this.#root = root;
    this.#columns = columns.filter(({ type }) => type === 'picture');
  }

  /** The problems of a block's rows. */
  async check(block: RecordBlock): Promise<RowIssue[]> {
    const asked = block.cells.flatMap((cells, k) =>
      this.#columns.flatMap(({ index, name }) => {
        const cell = cells[index] ?? '';
        return isMissing(cell) ? [] : [{ row: block.firstRow + k, line: block.lines[k] ?? 1, column: name, cell }];
      }),
    );
    const issues: RowIssue[] = [];
    for (let from = 0; from < asked.length; from += atOnce) {
      const part = asked.slice(from, from + atOnce);
      const found = await Promise.all(part.map(({ cell }) => this.#look(cell)));
      for (const [k, trouble] of found.entries()) {
        if (trouble === null) continue;
        const { cell, ...place } = part[k];
        issues.push({ ...place, kind: 'other', message: `${quoteCell(cell)} ${trouble}: the row has no picture.` });
      }
    }
    return issues;
  }

  /** Why a cell names no picture file; null where it does. */
  async #look(cell: string): Promise<string | null> {
    const parts = partsBelow(cell.trim());
    if (parts === null) return 'leads out of the folder of the data';
    const file = join(this.#root, ...parts);
    const stats = await lstat(file).catch(() => null);
    if (stats === null) return 'is not there';
    if (stats.isSymbolicLink()) return this.#lookThrough(file);
    if (!stats.isFile()) return 'is no file';
    return (await this.#isBelow(join(this.#root, ...parts.slice(0, -1))))
      ? null
      : 'leads out of the folder of the data';
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
