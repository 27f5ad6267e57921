import type { Worker } from 'node:worker_threads';

/** A thread ends when it has had nothing to do for so long: it holds some 100 MB. */
const idleMs = 60_000;

/** A thread that is started when it is first wanted, again when it has ended, and ends when nobody wants it. */
export class HelperThread {
  readonly #start: () => Worker;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #running = 0;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** To be released once for each use. */
  use(): Worker {
    clearTimeout(this.#idle);
    this.#running++;
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#start();
    worker.unref();
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    // Whoever waits for it finds out by its pulse.
    worker.on('error', forget);
    worker.on('exit', forget);
    this.#worker = worker;
    return worker;
  }

  release(): void {
    this.#running--;
    if (this.#running > 0 || this.#worker === undefined) return;
    const worker = this.#worker;
    this.#idle = setTimeout(() => this.abandon(worker), idleMs);
    this.#idle.unref();
  }

  /** Ends a thread that does not answer; the next use starts another. */
  abandon(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined;
    void worker.terminate();
  }
}

/**
 * Whether a thread has given a sign of life lately: its pulse changes as long as it is alive and at work, and is 0
 * until it has begun.
 */
export function watchPulse(
  read: () => number,
  { deadMs, unbornMs }: { readonly deadMs: number; readonly unbornMs: number },
): () => boolean {
  let pulse = read();
  let since = performance.now();
  return () => {
    const now = read();
    if (now !== pulse) {
      pulse = now;
      since = performance.now();
    }
    return performance.now() - since < (pulse === 0 ? unbornMs : deadMs);
  };
}
