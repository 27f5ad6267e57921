import type { StageProgress } from './stageProgress';

/** The parts of a stage one after another, each as long on the bar as it is expected to take. */
export class StageParts {
  readonly #progress: StageProgress;
  readonly #total: number;
  #done = 0;

  /** @param total of the expected seconds (or any other unit) of all parts */
  constructor(progress: StageProgress, total: number) {
    this.#progress = progress;
    this.#total = Math.max(total, Number.MIN_VALUE);
  }

  /** Begins the next part; its progress is told to what is returned. */
  begin(expected: number, detail: string, passes?: number): StageProgress {
    const from = this.#done;
    this.#done += expected;
    this.#progress.begin(this.#share(from), this.#share(this.#done), detail, passes);
    return this.#progress;
  }

  /** A part that was expected is not needed. */
  skip(expected: number): void {
    this.#done += expected;
  }

  #share(expected: number): number {
    return Math.min(1, expected / this.#total);
  }
}
