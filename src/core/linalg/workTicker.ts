import type { OnBlock } from './linearAlgebra';

/** About 4 ms of multiply-adds in plain TypeScript: often enough to cancel at once, seldom enough to cost nothing. */
const multiplyAddsPerTick = 5e6;

/**
 * Calls `onBlock` after every few milliseconds of work, whatever the shape of the problem: one row block of a wide
 * matrix may take a second, so counting row blocks is not enough to cancel in time.
 */
export class WorkTicker {
  #pending = 0;
  #done = 0;

  /** `totalWork` in multiply-adds; `rows` is what `onBlock` is told the work consists of. */
  constructor(
    readonly totalWork: number,
    readonly rows: number,
    readonly onBlock: OnBlock | undefined,
  ) {}

  /** Adds finished work. Throws what `onBlock` throws. */
  tick(work: number): void {
    if (this.onBlock === undefined) return;
    this.#pending += work;
    if (this.#pending < multiplyAddsPerTick) return;
    this.#done += this.#pending;
    this.#pending = 0;
    this.onBlock(Math.min(this.rows, Math.floor((this.#done / this.totalWork) * this.rows)), this.rows);
  }

  /** Reports all rows as done. */
  finish(): void {
    this.onBlock?.(this.rows, this.rows);
  }
}
