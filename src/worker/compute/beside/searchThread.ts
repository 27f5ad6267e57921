import { cpus } from 'node:os';
import type { MessagePort, Worker } from 'node:worker_threads';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { BugError, deserializeError } from '../../../core/base/errors';
import { isStored } from '../../../core/base/featureRows';
import type { JobContext } from '../../../core/job/jobContext';
import { holdRows } from '../../../core/ranking/neighbours/candidateRanker';
import type { NeighbourRequest, Neighbours, PendingNeighbours } from '../../../core/ranking/neighbours/neighbours';
import { openKernelRoom } from '../kernels/distanceKernel';
import { planNeighbours } from '../neighbours/planNeighbours';
import { HelperThread, watchPulse } from './helperThread';
import type { HeldRowsMessage, MeasuringMessage, SearchAnswer, SearchMessage } from './searchMessages';
import { controlBytes, controlWords, wholeShare } from './searchMessages';
import { helpMeasuring } from './sharedMeasuring';

/**
 * Rows of up to this many bytes are searched beside other work: what both hold at once stays far below what a large
 * audit needs.
 */
const mostBytes = 2 ** 28;
/** A shorter search is not worth a thread. */
const shortSeconds = 0.2;
/** Between two looks at the signal, the progress and the thread's pulse while waiting. */
const lookEveryMs = 20;
/**
 * A thread without a pulse for so long is given up, and sooner one that has not begun: it may not have been able to
 * start.
 */
const longestDeadMs = 30_000;
const unbornMs = 5_000;

/**
 * Whether rows in shared memory, of so many numbers, are searched by a thread of its own when the search takes about so
 * long.
 */
export function isSearchedBeside(numbers: number, expectedSeconds: number): boolean {
  return 8 * numbers <= mostBytes && expectedSeconds >= shortSeconds && cpus().length > 1;
}

/** In the job's log. */
export const besideRemark = 'Neighbours: searched by a thread of their own, beside the fit.';

interface SearchThreadOptions {
  /** Starts a thread that runs serveSearches. */
  readonly start: () => Worker;
  readonly deadMs?: number;
}

/**
 * A thread that searches neighbours while the one that asked fits the head: the search needs the rows only, and a good
 * part of both runs on one core. Whoever waits for the answer helps with measuring candidates, which one thread does
 * alone otherwise. The answer is that of a search with the same seed in any other thread.
 */
export class SearchThread {
  readonly #thread: HelperThread;
  readonly #deadMs: number;

  constructor(options: SearchThreadOptions) {
    this.#thread = new HelperThread(options.start);
    this.#deadMs = options.deadMs ?? longestDeadMs;
  }

  /**
   * Begins a search; null where none beside other work is worth it: rows that are not in shared memory, large or few,
   * or one core.
   */
  begin(
    request: NeighbourRequest,
    seed: number,
    context: Pick<JobContext, 'signal' | 'log'>,
  ): PendingNeighbours | null {
    const { features, references, queries, k } = request;
    if (isStored(features) || !(features.data.buffer instanceof SharedArrayBuffer)) return null;
    const { method, expectedSeconds } = planNeighbours(queries.length, references.length, features.columns, true);
    if (!isSearchedBeside(features.data.length, expectedSeconds)) return null;
    const worker = this.#thread.use();
    const control = new Int32Array(new SharedArrayBuffer(controlBytes));
    const { port1: own, port2: port } = new MessageChannel();
    const message: SearchMessage = { features, references, queries, k, seed, control: control.buffer, port };
    worker.postMessage(message, [port]);
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      Atomics.store(control, controlWords.cancelled, 1);
      own.close();
      this.#thread.release();
    };
    return {
      finish: (onBlock) => {
        const isAlive = watchPulse(() => Atomics.load(control, controlWords.pulse), {
          deadMs: this.#deadMs,
          unbornMs: Math.min(unbornMs, this.#deadMs),
        });
        const check = (): void => context.signal.throwIfCancelled();
        // Only the approximate search has candidates to measure, in a room with all rows that whoever is idle prepares.
        let isRoomReady = method !== 'approximate';
        try {
          while (Atomics.load(control, controlWords.done) === 0) {
            Atomics.wait(control, controlWords.done, 0, lookEveryMs);
            check();
            onBlock?.(
              Math.floor((queries.length * Atomics.load(control, controlWords.share)) / wholeShare),
              queries.length,
            );
            const message = receive(own);
            if (message?.kind === 'answer') return answerOf(message, context);
            if (message?.kind === 'measuring') {
              isRoomReady = true;
              helpMeasuring(message, request, control, context.signal);
            } else if (!isRoomReady) {
              isRoomReady = true;
              const held: HeldRowsMessage = { memory: holdRows(features, openKernelRoom, check).memory };
              own.postMessage(held);
            }
            if (isAlive()) continue;
            context.log('The thread that searched neighbours did not answer: they are searched again.');
            this.#thread.abandon(worker);
            return null;
          }
          for (let message = receive(own); message !== undefined; message = receive(own)) {
            if (message.kind === 'answer') return answerOf(message, context);
          }
          throw new BugError('A search for neighbours ended without an answer.');
        } finally {
          end();
        }
      },
      stop: end,
    };
  }
}

/** The next message of the thread. Only serveSearches has the other end. */
function receive(port: MessagePort): MeasuringMessage | SearchAnswer | undefined {
  return receiveMessageOnPort(port)?.message as MeasuringMessage | SearchAnswer | undefined;
}

function answerOf({ result, log }: SearchAnswer, context: Pick<JobContext, 'log'>): Neighbours {
  log.forEach(context.log);
  context.log(besideRemark);
  if (!result.ok) throw deserializeError(result.error);
  return result.value;
}
