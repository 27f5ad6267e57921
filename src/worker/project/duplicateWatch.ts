import type { Column } from '../../contract/dataset';
import type { ProjectStore } from '../store/projectStore';

/** Comparing whole rows of more columns than this takes longer than it is worth, unless there are few of them. */
const widestForDuplicates = 300;
const mostCellsCompared = 50e6;
const metaKey = 'duplicateRows';

/**
 * Counts beside everything else how many rows repeat an earlier one in all columns but ids, again whenever other
 * columns are ids. Large tables with very many columns are left out, and nothing is said of them.
 */
export class DuplicateWatch {
  readonly #store: ProjectStore;
  readonly #onKnown: () => void;
  #rows: number | null = null;
  /** The ids of the count that is known or under way. */
  #ids: string | undefined;
  #counting: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(store: ProjectStore, onKnown: () => void) {
    this.#store = store;
    this.#onKnown = onKnown;
  }

  /** Rows that repeat an earlier one; null while it is not known. */
  get rows(): number | null {
    return this.#rows;
  }

  /** Takes up what the project knows, and counts what it does not. */
  async resume(): Promise<void> {
    const stored = await this.#store.meta.read(metaKey);
    if (typeof stored === 'number') {
      this.#rows = stored;
      this.#ids = idsOf(this.#store.sources.columns);
    }
    this.refresh();
  }

  /** Call when data or roles have changed. */
  refresh(): void {
    const { columns, source } = this.#store.sources;
    const ids = idsOf(columns);
    if (ids === this.#ids) return;
    this.#ids = ids;
    if (columns.length > widestForDuplicates && columns.length * (source?.rowCount ?? 0) > mostCellsCompared) return;
    const except = columns.filter(({ role }) => role === 'id').map(({ index }) => index);
    this.#counting = this.#counting
      .then(() => (this.#stopped ? null : this.#store.sources.countDuplicateRows(except)))
      .then(async (count) => {
        // Another column became the id meanwhile: its own count follows.
        if (count === null || idsOf(this.#store.sources.columns) !== ids) return;
        this.#rows = count;
        await this.#store.meta.write(metaKey, count);
        if (!this.#stopped) this.#onKnown();
      })
      .catch(() => undefined);
  }

  /** Other rows are being read: what is known of these is void. Nothing reads them when it resolves. */
  async forget(): Promise<void> {
    await this.#counting;
    await this.#store.meta.write(metaKey, null);
    this.#rows = null;
    this.#ids = undefined;
  }

  /** Resolves when everything that is to be counted has been. */
  async settled(): Promise<void> {
    await this.#counting;
  }

  /** Counts nothing any more. Wait for {@link settled} before the store is closed. */
  stop(): void {
    this.#stopped = true;
  }
}

function idsOf(columns: readonly Column[]): string {
  return columns
    .filter(({ role }) => role === 'id')
    .map(({ index }) => index)
    .join();
}
