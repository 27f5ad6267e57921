/** What {@link OrderedWrites} needs to know of the world. */
interface OrderedWritesOptions<Write> {
  /** Carries one write out; resolves when it is on disk. */
  readonly send: (write: Write) => Promise<void>;
  /** True when the write may not have arrived and must be tried again once the engine is back. */
  readonly isUnavailable: (error: unknown, write: Write) => boolean;
  readonly onRefused: (write: Write, error: unknown) => void;
  /** Told whenever the number of waiting writes changes. */
  readonly onChange: () => void;
}

/**
 * Decisions on their way to the engine: strictly in the order they were made, one at a time, none lost. While the
 * engine is away they wait; what it refuses is reported and the rest goes on.
 */
export class OrderedWrites<Write> {
  readonly #options: OrderedWritesOptions<Write>;
  readonly #queue: Write[] = [];
  #sending = false;
  #paused = false;
  #idle: (() => void)[] = [];

  constructor(options: OrderedWritesOptions<Write>) {
    this.#options = options;
  }

  /** Writes not yet on disk, the one under way included. */
  get waiting(): number {
    return this.#queue.length;
  }

  get paused(): boolean {
    return this.#paused;
  }

  push(write: Write): void {
    this.#queue.push(write);
    this.#options.onChange();
    void this.#run();
  }

  /** Holds back what has not been sent. */
  pause(): void {
    this.#paused = true;
    this.#options.onChange();
    this.#tellIdle();
  }

  resume(): void {
    this.#paused = false;
    this.#options.onChange();
    void this.#run();
  }

  /** Gives up everything that waits. @returns what was given up, the write under way included */
  clear(): Write[] {
    const given = this.#queue.splice(0);
    this.#options.onChange();
    this.#tellIdle();
    return given;
  }

  some(test: (write: Write) => boolean): boolean {
    return this.#queue.some(test);
  }

  /** Resolves when nothing waits, or when what waits is held back: look at `waiting`. */
  whenIdle(): Promise<void> {
    if (this.#queue.length === 0 || this.#paused) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (!this.#paused && this.#queue.length > 0) {
        const write = this.#queue[0];
        try {
          await this.#options.send(write);
        } catch (error) {
          if (this.#options.isUnavailable(error, write)) {
            this.pause();
            continue;
          }
          if (this.#queue[0] === write) this.#options.onRefused(write, error);
        }
        // Cleared meanwhile: the first one is another now.
        if (this.#queue[0] === write) this.#queue.shift();
        this.#options.onChange();
      }
    } finally {
      this.#sending = false;
      if (this.#queue.length === 0) this.#tellIdle();
    }
  }

  #tellIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
