/** What a {@link LatestRunner} does with a wish. */
interface LatestOptions<Wish, Answer> {
  readonly run: (wish: Wish) => Promise<Answer>;
  /** Told of answers to the latest wish only; answers overtaken by a newer wish are dropped. */
  readonly onAnswer: (answer: Answer, wish: Wish) => void;
  readonly onError: (error: unknown, wish: Wish) => void;
  /** Milliseconds of quiet before a wish is carried out. */
  readonly quiet: number;
}

/**
 * Carries out the latest of many wishes: waits for a moment of quiet, has one run under way at a time, and drops what
 * was overtaken. Holding an arrow key down asks the engine as often as it can answer, never more.
 */
export class LatestRunner<Wish, Answer> {
  readonly #options: LatestOptions<Wish, Answer>;
  #latest: { readonly wish: Wish } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;

  constructor(options: LatestOptions<Wish, Answer>) {
    this.#options = options;
  }

  /** @param quiet milliseconds of quiet for this wish, if not the usual */
  wish(wish: Wish, quiet = this.#options.quiet): void {
    this.#latest = { wish };
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#runLatest();
    }, quiet);
  }

  /** Forgets the wish; an answer under way is dropped. */
  cancel(): void {
    this.#latest = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #runLatest(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      let done: { readonly wish: Wish } | null = null;
      while (this.#latest !== null && this.#latest !== done && this.#timer === null) {
        const current: { readonly wish: Wish } = this.#latest;
        try {
          const answer = await this.#options.run(current.wish);
          if (this.#latest === current) this.#options.onAnswer(answer, current.wish);
        } catch (error) {
          if (this.#latest === current) this.#options.onError(error, current.wish);
        }
        done = current;
      }
    } finally {
      this.#running = false;
    }
  }
}
