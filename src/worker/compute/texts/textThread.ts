import type { Worker } from 'node:worker_threads';
import { BugError, CancelledError, deserializeError, InputError } from '../../../core/base/errors';
import type { TermKind } from '../../../core/text/terms';
import type { TextFacts, TextTerms } from '../../../core/text/textModel';
import type { TextAnswer, TextMessage, TextRequest } from './textMessages';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A thread of its own that makes vectors of texts, so that the engine's event loop stays free: `learn` from all of
 * them, `fit`, then `embed`. It holds JavaScript alone, so that `close` ends it at any moment, in the midst of a fit
 * too; what is waited for then rejects with CancelledError.
 */
export class TextThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #onShare: ((share: number) => void) | undefined;
  #failure: Error | undefined;

  /** `worker` runs serveTexts. */
  constructor(worker: Worker, terms: TermKind) {
    this.#worker = worker;
    worker.on('message', (message: TextMessage) => this.#receive(message));
    worker.on('error', (error) => this.#fail(describeFailure(error)));
    worker.on('exit', () => this.#fail(new BugError('The thread that reads texts stopped unexpectedly. Try again.')));
    void this.#ask({ kind: 'begin', terms });
  }

  /** Resolves when they have been counted. */
  async learn(texts: readonly string[]): Promise<void> {
    await this.#ask({ kind: 'learn', texts });
  }

  /** @returns null where no text has a word */
  async fit(onShare: (share: number) => void): Promise<TextFacts | null> {
    this.#onShare = onShare;
    return this.#ask({ kind: 'fit' });
  }

  /** After the fit: what explains the vectors later. */
  async keep(): Promise<TextTerms> {
    return this.#ask({ kind: 'keep' });
  }

  /** Vectors of texts, row-major, as many numbers each as the fit has dimensions. */
  async embed(texts: readonly string[]): Promise<Float32Array> {
    return this.#ask({ kind: 'embed', texts });
  }

  async close(): Promise<void> {
    this.#fail(new CancelledError());
    await this.#worker.terminate();
  }

  #ask<Kind extends TextRequest['kind']>(
    request: Extract<TextRequest, { readonly kind: Kind }>,
  ): Promise<TextAnswer<Kind>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = new Promise<TextAnswer<Kind>>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // Whoever asks next is told as well.
    answer.catch(() => undefined);
    this.#worker.postMessage(request);
    return answer;
  }

  #receive(message: TextMessage): void {
    if (message.kind === 'progress') {
      this.#onShare?.(message.share);
      return;
    }
    const waiting = this.#waiting.shift();
    if (message.result.ok) {
      // Answers come in the order of the requests, each of the type of its own.
      waiting?.resolve(message.result.value as never);
    } else {
      waiting?.reject(deserializeError(message.result.error));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function describeFailure(error: Error): Error {
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new InputError(
    'The texts need more memory than there is. Close other programs, or ignore a column of texts.',
    {
      cause: error,
    },
  );
}
