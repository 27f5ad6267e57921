import type { OnBlock } from '../linalg/linearAlgebra';
import type { JobContext } from './jobContext';

const units = 1000;

/** Progress of a question whose steps are known beforehand: each has a share of the stage, which passes over the rows fill. */
export class QuestionProgress {
  #from = 0;
  #to = 0;
  #detail = '';

  constructor(
    readonly stage: string,
    readonly context: Pick<JobContext, 'signal' | 'progress'>,
  ) {
    this.begin(0, 1, '');
  }

  /** Begins the part from … to (shares of the stage). */
  begin(from: number, to: number, detail: string): void {
    this.context.signal.throwIfCancelled();
    this.#from = from;
    this.#to = to;
    this.#detail = detail;
    this.#report(from);
  }

  /** For passes over the rows: a pass fills a third of what is left of the part at most, as there may be more of them. */
  readonly onBlock: OnBlock = (done, total) => {
    this.context.signal.throwIfCancelled();
    const share = total > 0 ? done / total : 1;
    this.#report(this.#from + ((this.#to - this.#from) * share) / 3);
    if (share >= 1) this.#from += (this.#to - this.#from) / 3;
  };

  /** A share of the part, where it is known. */
  readonly onShare = (share: number): void => {
    this.context.signal.throwIfCancelled();
    this.#report(this.#from + (this.#to - this.#from) * share);
  };

  finish(): void {
    this.begin(1, 1, '');
  }

  #report(share: number): void {
    this.context.progress({
      stage: this.stage,
      done: Math.round(units * share),
      total: units,
      detail: this.#detail,
    });
  }
}
