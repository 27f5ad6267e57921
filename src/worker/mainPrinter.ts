import { CancelledError } from '../core/base/errors';
import type { CancellationSignal } from '../core/job/jobContext';
import { untilCancelled } from './jobs/untilCancelled';

/** Asks main to print: only main has windows, and only a window prints. */
export class MainPrinter {
  readonly #ask: (question: { readonly id: number; readonly page: string }) => void;
  readonly #waiting = new Map<number, (answer: Uint8Array | Error) => void>();
  #asked = 0;

  constructor(ask: (question: { readonly id: number; readonly page: string }) => void) {
    this.#ask = ask;
  }

  /** @throws UnavailableError where main cannot print; CancelledError. */
  async print(page: string, signal: CancellationSignal = never): Promise<Uint8Array> {
    const id = ++this.#asked;
    try {
      return await untilCancelled(
        signal,
        (abort) =>
          new Promise<Uint8Array>((resolve, reject) => {
            // An answer that comes later is nobody's.
            abort.addEventListener('abort', () => reject(new CancelledError()));
            this.#waiting.set(id, (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
            this.#ask({ id, page });
          }),
      );
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** What main has answered. */
  settle(id: number, answer: Uint8Array | Error): void {
    this.#waiting.get(id)?.(answer);
  }
}

const never: CancellationSignal = { cancelled: false, throwIfCancelled: () => undefined };
