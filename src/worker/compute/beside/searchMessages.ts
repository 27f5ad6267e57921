import type { MessagePort } from 'node:worker_threads';
import type { Result } from '../../../contract/result';
import type { Matrix } from '../../../core/base/matrix';
import type { BegunRanking } from '../../../core/ranking/neighbours/candidateRanker';
import type { DuplicateRows } from '../../../core/ranking/neighbours/duplicateRows';
import type { Neighbours } from '../../../core/ranking/neighbours/neighbours';

/** What a thread of the compute script is started with to serve searches: its `workerData`. */
export const searchThreadRole = 'neighbour search';

/** One search as a message. The features are in shared memory. */
export interface SearchMessage {
  readonly features: Matrix;
  readonly references: Int32Array;
  readonly queries: Int32Array;
  readonly k: number;
  readonly seed: number;
  /** Int32s named by {@link controlWords}. */
  readonly control: SharedArrayBuffer;
  /** Where the answer goes. */
  readonly port: MessagePort;
}

/**
 * All rows in the memory of a kernel (joinKernelRoom), for the search to measure in; posted by the one who asked when
 * it comes to wait.
 */
export interface HeldRowsMessage {
  readonly memory: WebAssembly.Memory;
}

/**
 * Candidates that may be measured by both threads, in chunks; posted once all have been found. The arrays and the
 * memory, which holds all rows, are shared.
 */
export interface MeasuringMessage extends HeldRowsMessage {
  readonly kind: 'measuring';
  readonly begun: BegunRanking;
  readonly capacity: number;
  readonly duplicates: DuplicateRows['arrays'];
}

/** Posted before the control says that the search is done. */
export interface SearchAnswer {
  readonly kind: 'answer';
  readonly result: Result<Neighbours>;
  /** Remarks for the job's log. */
  readonly log: readonly string[];
}

/**
 * Words of the control block. `cancelled` is set by the one who asks, all others by the thread: `done` at the end,
 * `share` of the work in millionths, and `pulse`, which changes as long as the thread is alive and at work. `next` is
 * the next chunk of queries whose candidates wait to be measured, for whoever takes it, and `measured` counts the
 * chunks that have been.
 */
export const controlWords = { cancelled: 0, done: 1, share: 2, pulse: 3, next: 4, measured: 5 } as const;
export const controlBytes = 24;
export const wholeShare = 1e6;
