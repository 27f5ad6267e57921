import type { ReviewChange, ReviewRow, Selection } from '../../../contract/review';
import type { Decision } from '../../../core/review/decisions';
import type { RowBlocks } from './rowBlocks';

interface RowRefresherOptions {
  readonly blocks: RowBlocks;
  /** Reads rows by number, at most 1,000 at once. */
  readonly read: (rows: number[]) => Promise<readonly ReviewRow[]>;
  readonly onError: (error: unknown) => void;
}

/** Rows the engine gives back in one answer. */
const mostAtOnce = 1000;

/**
 * Keeps the rows on screen in step with what is decided: shows a decision before it is on disk, and reads rows again
 * after a change. An answer never covers a decision made after the question was asked.
 */
export class RowRefresher {
  readonly #options: RowRefresherOptions;
  readonly #dirty = new Set<number>();
  /** Row → number of the latest decision shown on it. */
  readonly #shown = new Map<number, number>();
  #clock = 0;

  constructor(options: RowRefresherOptions) {
    this.#options = options;
  }

  /** Shows a decision on the rows held of a selection; O(rows held). */
  show(selection: Selection, decision: Decision | null): void {
    this.#clock += 1;
    const changed: ReviewRow[] = [];
    for (const row of this.#held(selection)) {
      this.#shown.set(row.row, this.#clock);
      changed.push({ ...row, decision });
    }
    this.#options.blocks.replace(changed);
  }

  /** Notes the rows a change has touched. */
  mark(change: ReviewChange): void {
    if (change.rowCount > change.rows.length) {
      for (const [, row] of this.#options.blocks.entries()) this.#dirty.add(row.row);
    } else {
      for (const row of change.rows) this.#dirty.add(row);
    }
  }

  markSelection(selection: Selection): void {
    for (const row of this.#held(selection)) this.#dirty.add(row.row);
  }

  /** Reads the noted rows again as far as they are held. */
  async flush(): Promise<void> {
    const { blocks } = this.#options;
    const rows = [...this.#dirty].filter((row) => blocks.placeOf(row) !== undefined);
    this.#dirty.clear();
    const asked = this.#clock;
    try {
      for (let from = 0; from < rows.length; from += mostAtOnce) {
        const fresh = await this.#options.read(rows.slice(from, from + mostAtOnce));
        blocks.replace(fresh.filter(({ row }) => (this.#shown.get(row) ?? 0) <= asked));
      }
    } catch (error) {
      for (const row of rows) this.#dirty.add(row);
      this.#options.onError(error);
    }
  }

  /** Rows of a selection that are among those read. */
  *#held(selection: Selection): IterableIterator<ReviewRow> {
    const { blocks } = this.#options;
    if (selection.kind === 'rows') {
      for (const number of selection.rows) {
        const place = blocks.placeOf(number);
        const row = place === undefined ? undefined : blocks.at(place);
        if (row !== undefined) yield row;
      }
      return;
    }
    const except = new Set(selection.except);
    for (const [, row] of blocks.entries()) if (!except.has(row.row)) yield row;
  }
}
