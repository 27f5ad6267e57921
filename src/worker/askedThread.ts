import type { Worker } from 'node:worker_threads';
import type { Result } from '../contract/result';
import { BugError, CancelledError, deserializeError } from '../core/base/errors';

interface Waiting<Answer> {
  readonly resolve: (value: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What such a thread says: an answer to each question in their order, and how far it is before. */
export type ThreadMessage<Answer> =
  { readonly kind: 'progress'; readonly share: number } | { readonly kind: 'answer'; readonly result: Result<Answer> };

interface AskedThreadOptions {
  /** "The thread that reads texts" */
  readonly name: string;
  readonly onShare?: (share: number) => void;
  /** What is told when it fails. Default: the failure itself. */
  readonly describeFailure?: (error: Error) => Error;
}

/**
 * A thread of plain JavaScript that answers one question after the other, so that the engine's event loop stays free.
 * `close` ends it at any moment; what is waited for then rejects with CancelledError.
 */
export class AskedThread<Question, Answer> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Answer>[] = [];
  #failure: Error | undefined;

  constructor(worker: Worker, { name, onShare, describeFailure = (error) => error }: AskedThreadOptions) {
    this.#worker = worker;
    worker.on('message', (message: ThreadMessage<Answer>) => {
      if (message.kind === 'progress') onShare?.(message.share);
      else this.#receive(message.result);
    });
    worker.on('error', (error) => this.#fail(describeFailure(error)));
    worker.on('exit', () => this.#fail(new BugError(`${name} stopped unexpectedly. Try again.`)));
  }

  ask(question: Question): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // Whoever asks next is told as well.
    answer.catch(() => undefined);
    this.#worker.postMessage(question);
    return answer;
  }

  async close(): Promise<void> {
    this.#fail(new CancelledError());
    await this.#worker.terminate();
  }

  #receive(result: Result<Answer>): void {
    const waiting = this.#waiting.shift();
    if (result.ok) waiting?.resolve(result.value);
    else waiting?.reject(deserializeError(result.error));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
