import type { ProjectStore } from '../store/projectStore';
import { parseRemovalFile, type RemovalFile } from './removalFile';

/** Rows of a project whose data has been read, found by what they hold. They are numbered from 0 in input order. */
export class ProjectRows {
  readonly #store: ProjectStore;

  constructor(store: ProjectStore) {
    this.#store = store;
  }

  /** The id of each row as the file has it; undefined where no column is the id. O(n). */
  async readIds(): Promise<string[] | undefined> {
    const { source, columns, scan } = this.#store.sources;
    const column = columns.find(({ role }) => role === 'id');
    if (column === undefined) return undefined;
    const ids = new Array<string>(source?.rowCount ?? 0).fill('');
    await scan([column.index], (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => (ids[firstRow + k] = cell));
    });
    return ids;
  }

  /** Rows whose cell in a column is `value`, but for blanks around it. O(n). */
  async findByCell(column: number, value: string): Promise<number[]> {
    const rows: number[] = [];
    await this.#store.sources.scan([column], (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        if (cell.trim() === value) rows.push(firstRow + k);
      });
    });
    return rows;
  }

  /** Training rows that the latest audit ranked, the most suspicious first. */
  async rankTraining(): Promise<Int32Array> {
    return this.#store.review.query({
      queue: 'all',
      threshold: 0,
      filters: [
        { kind: 'in', column: 'split', values: ['train'] },
        { kind: 'range', column: 'rank', min: 1, max: null },
      ],
      search: '',
      sort: [{ column: 'rank', descending: false }],
    });
  }

  /**
   * The rows that the text of a removal list, or of a bare list of ids or row numbers, names.
   * @throws InputError naming the line that names no row, or that can be read in two ways.
   */
  async findNamed(text: string): Promise<RemovalFile> {
    return parseRemovalFile(text, { rowCount: this.#store.sources.source?.rowCount ?? 0, ids: await this.readIds() });
  }
}
