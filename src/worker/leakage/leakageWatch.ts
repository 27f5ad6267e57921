import * as z from 'zod';
import { type Leakage, leakageSchema } from '../../contract/dataset';
import { CancelledError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { ProjectStore } from '../store/projectStore';
import { leakageKey, leakageKeyStart, measureLeakage } from './measureLeakage';

const storedSchema = z.object({ key: z.string(), report: leakageSchema.omit({ accepted: true }).nullable() });
const acceptedSchema = z.array(z.string());

interface Measuring {
  readonly key: string;
  readonly done: Promise<void>;
  cancelled: boolean;
}

/**
 * Measures beside everything else which columns give the label away, again whenever the columns' roles or the classes
 * change.
 */
export class LeakageWatch {
  readonly #store: ProjectStore;
  readonly #onKnown: () => void;
  #key = '';
  #report: Omit<Leakage, 'accepted'> | null = null;
  #accepted: readonly string[] = [];
  #measuring: Measuring | null = null;
  #stopped = false;

  constructor(store: ProjectStore, onKnown: () => void) {
    this.#store = store;
    this.#onKnown = onKnown;
  }

  /**
   * What is known of the columns as they are now; null while they are measured for the first time, or when there is
   * nothing to measure.
   */
  get leakage(): Leakage | null {
    if (this.#store.sources.source === null || this.#report === null) return null;
    if (!this.#key.startsWith(leakageKeyStart(this.#store))) return null;
    return { ...this.#report, accepted: [...this.#accepted] };
  }

  /** Takes up what the project knows, and measures what it does not. */
  async resume(): Promise<void> {
    const stored = storedSchema.safeParse(await this.#store.meta.read('leakage'));
    const accepted = acceptedSchema.safeParse(await this.#store.meta.read('acceptedColumns'));
    if (accepted.success) this.#accepted = accepted.data;
    if (stored.success) ({ key: this.#key, report: this.#report } = stored.data);
    this.refresh();
  }

  /** Call when data, roles or classes have changed. */
  refresh(): void {
    if (this.#stopped || this.#store.sources.source === null) return;
    const key = leakageKey(this.#store);
    if (key === this.#measuring?.key) return;
    const before = this.#measuring;
    if (before !== null) before.cancelled = true;
    if (key === this.#key) return;
    const measuring: Measuring = {
      key,
      cancelled: false,
      done: Promise.resolve().then(() => this.#measure(measuring, before)),
    };
    this.#measuring = measuring;
  }

  /** Other rows are being read: what is known of these is void. Nothing reads them when it resolves. */
  async forget(): Promise<void> {
    if (this.#measuring !== null) this.#measuring.cancelled = true;
    await this.settled();
    this.#key = '';
    this.#report = null;
    await this.#store.meta.write('leakage', null);
  }

  /** Resolves when everything that is to be measured has been. */
  async settled(): Promise<void> {
    while (this.#measuring !== null) await this.#measuring.done;
  }

  /** Which columns give the label away, once it is known. */
  async whenMeasured(): Promise<Leakage | null> {
    await this.settled();
    return this.leakage;
  }

  /** These columns are real features, whatever they tell: they are not warned of any more. */
  async accept(columns: readonly string[]): Promise<void> {
    this.#accepted = [...new Set([...this.#accepted, ...columns])];
    await this.#store.meta.write('acceptedColumns', this.#accepted);
  }

  /** Measures nothing any more. Wait for {@link settled} before the store is closed. */
  stop(): void {
    this.#stopped = true;
    if (this.#measuring !== null) this.#measuring.cancelled = true;
  }

  async #measure(measuring: Measuring, before: Measuring | null): Promise<void> {
    const signal: CancellationSignal = {
      get cancelled() {
        return measuring.cancelled;
      },
      throwIfCancelled() {
        if (measuring.cancelled) throw new CancelledError();
      },
    };
    try {
      await before?.done;
      signal.throwIfCancelled();
      const report = await measureLeakage(this.#store, signal);
      signal.throwIfCancelled();
      await this.#store.meta.write('leakage', { key: measuring.key, report });
      this.#report = report;
      this.#key = measuring.key;
    } catch {
      // Broken off, or the store says no: then nothing is known, and nothing is said.
    } finally {
      if (this.#measuring === measuring) this.#measuring = null;
    }
    if (!this.#stopped && this.#key === measuring.key) this.#onKnown();
  }
}
