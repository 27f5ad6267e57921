import type { OnBlock } from '../linalg/linearAlgebra';
import type { AuditStage, JobContext } from './jobContext';

/** Units a stage is divided into. */
const units = 1000;

/**
 * Progress of one stage whose passes over the rows are not known beforehand: a part [from, to) of the stage is approached but not
 * reached while passes go on, so the bar moves all the time and never back. Every call looks at the cancellation signal.
 */
export class StageProgress {
  #from = 0;
  #to = 1;
  #passes = 0;
  #expectedPasses = 1;
  #shown = 0;
  #detail: string | undefined;

  constructor(
    readonly stage: AuditStage,
    readonly context: Pick<JobContext, 'signal' | 'progress'>,
  ) {
    context.signal.throwIfCancelled();
    this.#report(0);
  }

  /** Begins the part from … to (shares of the stage), expected to take about that many passes. */
  begin(from: number, to: number, expectedPasses: number, detail?: string): void {
    this.#from = from;
    this.#to = to;
    this.#passes = 0;
    this.#expectedPasses = expectedPasses;
    this.#detail = detail;
    this.context.signal.throwIfCancelled();
    this.#report(from);
  }

  say(detail: string): void {
    this.#detail = detail;
  }

  /** For passes over the rows. */
  readonly onBlock: OnBlock = (done, total) => {
    this.context.signal.throwIfCancelled();
    const passes = this.#passes + (total > 0 ? done / total : 1);
    if (done >= total) this.#passes++;
    // Straight while the passes are as expected, then ever slower.
    const share = passes / (passes + this.#expectedPasses);
    this.#report(this.#from + (this.#to - this.#from) * Math.min(1, 1.5 * share - 0.5 * share * share));
  };

  finish(): void {
    this.context.signal.throwIfCancelled();
    this.#report(1);
  }

  #report(share: number): void {
    this.#shown = Math.max(this.#shown, Math.round(units * share));
    this.context.progress({
      stage: this.stage,
      done: this.#shown,
      total: units,
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    });
  }
}
