import { type LabelSummary, readLabelSummary } from '../labels/labelSummary';
import { LeakageWatch } from '../leakage/leakageWatch';
import type { ProjectStore } from '../store/projectStore';
import { DuplicateWatch } from './duplicateWatch';

/**
 * What is found out about rows that were read: which classes there are, and beside everything else which columns give
 * the label away and how many rows repeat.
 */
export class DatasetFindings {
  readonly leakage: LeakageWatch;
  readonly duplicates: DuplicateWatch;
  readonly #store: ProjectStore;
  #labels: LabelSummary | null = null;

  /** `onKnown`: called when something has been found out beside other work. */
  constructor(store: ProjectStore, onKnown: () => void) {
    this.#store = store;
    this.leakage = new LeakageWatch(store, onKnown);
    this.duplicates = new DuplicateWatch(store, onKnown);
  }

  /** null while the file is being read, or when no column is the label. */
  get labels(): LabelSummary | null {
    return this.#labels;
  }

  /** Call when data, roles or classes have changed. */
  async countLabels(): Promise<void> {
    this.#labels = await readLabelSummary(this.#store);
  }

  /** Takes up what the project knows, and finds out what it does not. */
  async resume(): Promise<void> {
    await this.countLabels();
    await this.leakage.resume();
    await this.duplicates.resume();
  }

  /** Call when data or roles have changed. */
  watch(): void {
    this.leakage.refresh();
    this.duplicates.refresh();
  }

  /** Other rows are being read: what is known of these is void. Nothing reads them when it resolves. */
  async forget(): Promise<void> {
    await this.duplicates.forget();
    await this.leakage.forget();
    this.#labels = null;
  }

  /** Finds out nothing more. Wait for {@link settled} before the store is closed. */
  stop(): void {
    this.leakage.stop();
    this.duplicates.stop();
  }

  /** Resolves when everything that is to be found out beside other work is known. */
  async settled(): Promise<void> {
    await this.duplicates.settled();
    await this.leakage.settled();
  }
}
