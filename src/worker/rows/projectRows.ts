import { InputError } from '../../core/base/errors';
import type { RowGroups } from '../../core/influence/attributions/groupEffects';
import { spellingMap } from '../../core/labels/labelReading';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import { createClassReader } from '../datasets/labels';
import type { HeadData } from '../jobs/studyRequest';
import type { ProjectStore } from '../store/projectStore';
import { findRow } from './findRow';
import { type LabelFile, parseLabelFile } from './labelFile';
import { type NameableRows, parseRemovalFile, type RemovalFile } from './removalFile';

/** Rows put together by what a column says of them. */
export interface CellGroups extends RowGroups {
  /** What the cells say, without blanks around it, in the order in which it comes up; '' for blank cells. */
  readonly names: readonly string[];
}

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
   * The row with this id, or of this number: see `findRow`.
   * @throws InputError where no row is called so, or several are, which begins with what the text was given as.
   */
  async find(text: string, said: string): Promise<number> {
    return findRow(text, await this.#names(), said);
  }

  /**
   * The dataset's rows by their cells in a column; the head's rows after them, which a validation file has, are in no
   * group. O(n).
   */
  async group(column: number, { input: { split } }: Pick<HeadData, 'input'>): Promise<CellGroups> {
    const groupOf = new Int32Array(split.length).fill(-1);
    const numberOf = new Map<string, number>();
    await this.#store.sources.scan([column], (firstRow, [cells = []]) => {
      cells.forEach((cell, k) => {
        const name = cell.trim();
        const group = numberOf.get(name) ?? numberOf.size;
        numberOf.set(name, group);
        groupOf[firstRow + k] = group;
      });
    });
    return { groupOf, count: numberOf.size, names: [...numberOf.keys()] };
  }

  /**
   * The rows that the text of a removal list, or of a bare list of ids or row numbers, names.
   * @throws InputError naming the line that names no row, or that can be read in two ways.
   */
  async findNamed(text: string): Promise<RemovalFile> {
    return parseRemovalFile(text, await this.#names());
  }

  /**
   * The rows that the text of a label list gives another label than a head has been fitted to: see `parseLabelFile`.
   * @throws InputError naming the line that names no row, or no label that the head knows.
   */
  async findLabels(text: string, { input, classes }: Pick<HeadData, 'input' | 'classes'>): Promise<LabelFile> {
    const { source, columns } = this.#store.sources;
    const label = columns.find(({ role }) => role === 'label');
    if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
    const reading = this.#store.log.state.labelReading(label.name);
    const options = { spellings: spellingMap(reading), merge: reading?.choice === 'merge' };
    const read = input.kind === 'ridge' ? numberReader(styleOf(label)) : createClassReader(classes, options);
    return parseLabelFile(text, {
      ...(await this.#names()),
      columns: columns.map(({ name }) => name),
      labelColumn: label.name,
      idColumn: columns.find(({ role }) => role === 'id')?.name,
      delimiter: source?.dialect.delimiter ?? ',',
      labels: input.labels,
      read: (cell) => {
        const value = read(cell);
        const known = input.kind === 'ridge' ? Number.isFinite(value) : (value ?? -1) >= 0;
        return known ? value : undefined;
      },
    });
  }

  async #names(): Promise<NameableRows> {
    return { rowCount: this.#store.sources.source?.rowCount ?? 0, ids: await this.readIds() };
  }
}
