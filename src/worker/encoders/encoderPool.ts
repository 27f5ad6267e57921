import { Worker } from 'node:worker_threads';
import { BugError, CancelledError, deserializeError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import { settlesWithin } from '../settlesWithin';
import type { Encoder, EncoderItem } from './encoder';
import type { CloseMessage, EncodeAnswer, EncodeMessage } from './messages';

/** Items given to a thread at a time: so much work is lost by a kill, and cancelling waits for one of them. */
const itemsAtOnce = 4;
/** More threads hold more copies of the network than they are worth. */
const mostThreads = 6;
const lookEveryMs = 50;
/** A thread that is asked to end and does not is ended. */
const endMs = 700;

interface EncoderPoolOptions {
  /** The built encoder thread: out/main/encoder.js. */
  readonly threadPath: string;
  readonly encoder: Encoder;
  /** How many may be used; see usableThreads. */
  readonly threads: number;
}

/** Gets vectors as they are made: those of items [first, first + count), row-major. */
type TakeVectors = (first: number, count: number, vectors: Float32Array) => void | Promise<void>;

/**
 * Threads that encode side by side, each with the whole network and one processor. They start when there is something
 * to do; close the pool when there is nothing more.
 */
export class EncoderPool {
  readonly #options: EncoderPoolOptions;
  readonly #threads: EncoderThread[] = [];
  #closed = false;

  constructor(options: EncoderPoolOptions) {
    this.#options = options;
  }

  /**
   * Encodes items; `take` gets each part as soon as it is done, in no order, and one after the other.
   * @throws InputError when the encoder cannot be loaded; CancelledError, within a tenth of a second.
   */
  async encode(items: readonly EncoderItem[], signal: CancellationSignal, take: TakeVectors): Promise<void> {
    if (this.#closed) throw new BugError('An encoder was asked after it had been closed.');
    signal.throwIfCancelled();
    const control = new Int32Array(new SharedArrayBuffer(4));
    let next = 0;
    let taking = Promise.resolve();
    const work = async (thread: EncoderThread): Promise<void> => {
      while (next < items.length && Atomics.load(control, 0) === 0) {
        const first = next;
        const part = items.slice(first, first + itemsAtOnce);
        next += part.length;
        const vectors = await thread.encode(part, control.buffer);
        taking = taking.then(() => take(first, part.length, vectors));
        await taking;
      }
    };
    const count = Math.min(this.#options.threads, mostThreads, Math.ceil(items.length / itemsAtOnce));
    const all = Promise.all(Array.from({ length: count }, (_, k) => work(this.#thread(k))));
    let stop: NodeJS.Timeout | undefined;
    const cancelled = new Promise<never>((_resolve, reject) => {
      stop = setInterval(() => signal.cancelled && reject(new CancelledError()), lookEveryMs);
    });
    try {
      await Promise.race([all, cancelled]);
    } finally {
      clearInterval(stop);
      // Whatever ended it: nobody waits for the rest.
      Atomics.store(control, 0, 1);
      all.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  #thread(place: number): EncoderThread {
    const { threadPath, encoder } = this.#options;
    return (this.#threads[place] ??= new EncoderThread(threadPath, encoder));
  }
}

/** One thread, asked one thing after the other. */
class EncoderThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #waiting: { resolve(vectors: Float32Array): void; reject(error: unknown): void }[] = [];
  #failure: Error | undefined;

  constructor(threadPath: string, encoder: Encoder) {
    this.#worker = new Worker(threadPath, { workerData: encoder });
    this.#worker.on('message', (answer: EncodeAnswer) => {
      const asked = this.#waiting.shift();
      if (answer.ok) asked?.resolve(answer.value);
      else asked?.reject(deserializeError(answer.error));
    });
    this.#worker.on('error', (cause: unknown) => this.#fail(describeCrash(cause)));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#fail(describeCrash(undefined));
        resolve();
      });
    });
  }

  encode(items: readonly EncoderItem[], control: SharedArrayBuffer): Promise<Float32Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      const message: EncodeMessage = { kind: 'encode', items, control };
      this.#worker.postMessage(message);
    });
  }

  /** Frees the network first: a thread that is ended from outside leaves it in memory. */
  async close(): Promise<void> {
    const message: CloseMessage = { kind: 'close' };
    this.#worker.postMessage(message);
    if (!(await settlesWithin(endMs, this.#ended))) await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const failure = this.#failure;
    this.#waiting.splice(0).forEach(({ reject }) => reject(failure));
  }
}

function describeCrash(cause: unknown): BugError {
  const said = cause instanceof Error ? ` (${cause.message})` : '';
  return new BugError(`The encoder stopped unexpectedly${said}. What it had encoded is kept: start the audit again.`, {
    cause,
  });
}
