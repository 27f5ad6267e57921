import type { ReviewRow, View } from '../../../contract/review';

/** What the cache of rows needs of its surroundings. */
interface RowBlocksOptions {
  /** Reads rows [offset, offset + limit) of a view. */
  readonly read: (viewId: string, offset: number, limit: number) => Promise<readonly ReviewRow[]>;
  /** The row numbers of a whole view, in its order. */
  readonly readNumbers: (viewId: string) => Promise<Int32Array>;
  /** Told whenever a row that can be asked for has changed. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
  /** Rows read at once. */
  readonly blockSize?: number;
  /** Blocks kept in memory; the ones not looked at for longest go first. */
  readonly keep?: number;
  /** Reads under way at once; later wishes replace earlier ones that have not begun. */
  readonly parallel?: number;
}

/**
 * The rows of one view, read in blocks around what shows. A view of a million rows costs only the blocks looked at; a
 * fast scroll asks for the places where it ends, not for all it passes.
 */
export class RowBlocks {
  readonly #options: Required<RowBlocksOptions>;
  #view: View | null = null;
  /** Block number → its rows; in order of last use. */
  readonly #blocks = new Map<number, readonly ReviewRow[]>();
  readonly #placeOfRow = new Map<number, number>();
  readonly #reading = new Map<number, Promise<void>>();
  #numbers: Promise<Int32Array> | null = null;
  /** Blocks that each view wants and are not there. */
  readonly #wanted = new Map<string, number[]>();

  constructor(options: RowBlocksOptions) {
    this.#options = { blockSize: 50, keep: 160, parallel: 2, ...options };
  }

  get blockSize(): number {
    return this.#options.blockSize;
  }

  /** Begins a view with the rows already read of it, so that the change shows at once and whole. */
  open(view: View, offset: number, rows: readonly ReviewRow[]): void {
    this.#view = view;
    this.#numbers = null;
    this.#blocks.clear();
    this.#placeOfRow.clear();
    this.#reading.clear();
    this.#wanted.clear();
    const { blockSize } = this.#options;
    for (let start = 0; start < rows.length; start += blockSize) {
      this.#store(Math.floor((offset + start) / blockSize), rows.slice(start, start + blockSize));
    }
    this.#options.onChange();
  }

  close(): void {
    this.#view = null;
    this.#numbers = null;
    this.#blocks.clear();
    this.#placeOfRow.clear();
    this.#reading.clear();
    this.#wanted.clear();
    this.#options.onChange();
  }

  /** The row at a place, or undefined while it is not read. */
  at(place: number): ReviewRow | undefined {
    const { blockSize } = this.#options;
    return this.#blocks.get(Math.floor(place / blockSize))?.[place % blockSize];
  }

  /** Where a row stands, if it is among those read. */
  placeOf(row: number): number | undefined {
    return this.#placeOfRow.get(row);
  }

  /** Rows read, with their places. */
  *entries(): IterableIterator<readonly [number, ReviewRow]> {
    for (const [block, rows] of this.#blocks) {
      for (let index = 0; index < rows.length; index += 1) {
        yield [block * this.#options.blockSize + index, rows[index]];
      }
    }
  }

  /**
   * Asks for the places [start, end) and the block on either side; forgets what the same asker wished for before. An
   * empty range: nothing any more.
   */
  want(start: number, end: number, asker = 'table'): void {
    const view = this.#view;
    this.#wanted.delete(asker);
    if (view === null || view.total === 0 || end <= start) return;
    const { blockSize } = this.#options;
    const last = Math.floor((view.total - 1) / blockSize);
    const from = Math.floor(Math.max(0, start) / blockSize);
    const to = Math.min(last, Math.floor((end - 1) / blockSize));
    const wanted: number[] = [];
    for (let block = from; block <= to; block += 1) wanted.push(block);
    if (to + 1 <= last) wanted.push(to + 1);
    if (from > 0) wanted.push(from - 1);
    for (const block of wanted) this.#touch(block);
    this.#wanted.set(
      asker,
      wanted.filter((block) => !this.#blocks.has(block) && !this.#reading.has(block)),
    );
    this.#readNext();
  }

  /** Resolves once the row at a place is read; rejects as the read does, or when the view was left meanwhile. */
  async load(place: number): Promise<ReviewRow | undefined> {
    const block = Math.floor(place / this.#options.blockSize);
    if (!this.#blocks.has(block)) await (this.#reading.get(block) ?? this.#read(block));
    return this.at(place);
  }

  /** The row numbers of the whole view by place: read once. Rejects as the read does. */
  allNumbers(): Promise<Int32Array> {
    const view = this.#view;
    if (view === null) return Promise.resolve(new Int32Array(0));
    if (this.#numbers === null) {
      const numbers = this.#options.readNumbers(view.viewId);
      this.#numbers = numbers;
      numbers.catch(() => {
        if (this.#numbers === numbers) this.#numbers = null;
      });
    }
    return this.#numbers;
  }

  /** Row numbers of the places [start, end); none when the view was left meanwhile. */
  async rowNumbers(start: number, end: number): Promise<number[]> {
    const numbers: number[] = [];
    for (let place = start; place < end; place += 1) {
      const known = this.at(place);
      if (known === undefined) break;
      numbers.push(known.row);
    }
    if (numbers.length === end - start) return numbers;
    const view = this.#view;
    const all = await this.allNumbers();
    return view === this.#view ? Array.from(all.subarray(start, end)) : [];
  }

  /** Puts newer states of rows in the place of the old ones; rows that are not held are ignored. */
  replace(rows: readonly ReviewRow[]): void {
    const { blockSize } = this.#options;
    const changed = new Map<number, ReviewRow[]>();
    for (const row of rows) {
      const place = this.#placeOfRow.get(row.row);
      if (place === undefined) continue;
      const block = Math.floor(place / blockSize);
      const copy = changed.get(block) ?? [...(this.#blocks.get(block) ?? [])];
      copy[place % blockSize] = row;
      changed.set(block, copy);
    }
    if (changed.size === 0) return;
    // Written in place: replacing must not make a block the latest used.
    for (const [block, copy] of changed) this.#blocks.set(block, copy);
    this.#options.onChange();
  }

  #readNext(): void {
    while (this.#reading.size < this.#options.parallel) {
      const block = this.#nextWanted();
      if (block === undefined) return;
      this.#read(block).catch((error: unknown) => this.#options.onError(error));
    }
  }

  /** A wish is taken once: a read that fails is not begun again by itself. */
  #nextWanted(): number | undefined {
    for (const wanted of this.#wanted.values()) {
      for (let block = wanted.shift(); block !== undefined; block = wanted.shift()) {
        // Another view may have asked for it meanwhile.
        if (!this.#blocks.has(block) && !this.#reading.has(block)) return block;
      }
    }
    return undefined;
  }

  #read(block: number): Promise<void> {
    const view = this.#view;
    if (view === null) return Promise.reject(new Error('No view is open.'));
    const { blockSize } = this.#options;
    const offset = block * blockSize;
    const reading = this.#options
      .read(view.viewId, offset, Math.min(blockSize, view.total - offset))
      .then((rows) => {
        if (view !== this.#view) return;
        this.#store(block, rows);
        this.#options.onChange();
      })
      .finally(() => {
        if (view !== this.#view) return;
        this.#reading.delete(block);
        this.#readNext();
      });
    this.#reading.set(block, reading);
    return reading;
  }

  #store(block: number, rows: readonly ReviewRow[]): void {
    this.#blocks.set(block, rows);
    const first = block * this.#options.blockSize;
    rows.forEach((row, index) => this.#placeOfRow.set(row.row, first + index));
    for (const [oldest, old] of this.#blocks) {
      if (this.#blocks.size <= this.#options.keep) break;
      this.#blocks.delete(oldest);
      for (const row of old) this.#placeOfRow.delete(row.row);
    }
  }

  #touch(block: number): void {
    const rows = this.#blocks.get(block);
    if (rows === undefined) return;
    this.#blocks.delete(block);
    this.#blocks.set(block, rows);
  }
}
