import type { OnBlock } from '../linalg/linearAlgebra';
import type { JobContext } from './jobContext';

/** Units a stage is divided into. */
const units = 1000;

/**
 * Progress of one stage, part by part. Within a part, passes over the rows whose number is not known beforehand
 * approach its end without reaching it (`onBlock`), and steps whose share is known say it (`onShare`). The bar never
 * goes back, whatever is begun again. Every call looks at the cancellation signal.
 */
export class StageProgress {
  #part = { from: 0, to: 1 };
  #from = 0;
  #to = 1;
  #passes = 0;
  #expectedPasses = 2;
  #shown = 0;
  #detail: string;

  constructor(
    readonly stage: string,
    readonly context: Pick<JobContext, 'signal' | 'progress'>,
    detail = '',
  ) {
    this.#detail = detail;
    this.#report(0);
  }

  /** Begins the part from … to (shares of the stage), expected to take about that many passes. */
  begin(from: number, to: number, detail = '', expectedPasses = 2): void {
    this.#part = { from, to };
    this.#enter(from, to, detail, expectedPasses);
  }

  /** Begins a part of the part that was begun: shares of that one. */
  divide(from: number, to: number, expectedPasses = 2): void {
    const at = (share: number): number => this.#part.from + (this.#part.to - this.#part.from) * share;
    this.#enter(at(from), at(to), this.#detail, expectedPasses);
  }

  #enter(from: number, to: number, detail: string, expectedPasses: number): void {
    this.#from = from;
    this.#to = to;
    this.#passes = 0;
    this.#expectedPasses = expectedPasses;
    this.#detail = detail;
    this.#report(from);
  }

  /** Share of the stage that is shown as done. */
  get shown(): number {
    return this.#shown / units;
  }

  /** For passes over the rows: straight while the passes are as expected, then ever slower. */
  readonly onBlock: OnBlock = (done, total) => {
    const passes = this.#passes + (total > 0 ? done / total : 1);
    if (done >= total) this.#passes++;
    const share = passes / (passes + this.#expectedPasses);
    this.#reportShare(Math.min(1, 1.5 * share - 0.5 * share * share));
  };

  /** For a share of the part, where it is known. */
  readonly onShare = (share: number, detail = this.#detail): void => {
    this.#detail = detail;
    this.#reportShare(share);
  };

  /** What is done within the part. */
  readonly say = (detail: string): void => {
    this.#detail = detail;
    this.#report(0);
  };

  finish(): void {
    this.#report(1);
  }

  #reportShare(share: number): void {
    this.#report(this.#from + (this.#to - this.#from) * share);
  }

  #report(share: number): void {
    this.context.signal.throwIfCancelled();
    this.#shown = Math.max(this.#shown, Math.round(units * share));
    this.context.progress({
      stage: this.stage,
      done: this.#shown,
      total: units,
      ...(this.#detail === '' ? {} : { detail: this.#detail }),
    });
  }
}
