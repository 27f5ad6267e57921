import type { Worker } from 'node:worker_threads';
import { InputError } from '../../../core/base/errors';
import type { TermKind } from '../../../core/text/terms';
import type { TextFacts, TextTerms } from '../../../core/text/textModel';
import { AskedThread } from '../../askedThread';
import type { AnyTextAnswer, TextAnswer, TextRequest } from './textMessages';

/**
 * A thread of its own that makes vectors of texts: `learn` from all of them, `fit`, then `embed`. It holds JavaScript
 * alone, so that `close` ends it at any moment, in the midst of a fit too; what is waited for then rejects with
 * CancelledError.
 */
export class TextThread {
  readonly #thread: AskedThread<TextRequest, AnyTextAnswer>;
  #onShare: ((share: number) => void) | undefined;

  /** `worker` runs serveTexts. */
  constructor(worker: Worker, terms: TermKind) {
    this.#thread = new AskedThread(worker, {
      name: 'The thread that reads texts',
      onShare: (share) => this.#onShare?.(share),
      describeFailure: describeTextFailure,
    });
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
    await this.#thread.close();
  }

  #ask<Kind extends TextRequest['kind']>(
    request: Extract<TextRequest, { readonly kind: Kind }>,
  ): Promise<TextAnswer<Kind>> {
    // Answers come in the order of the requests, each of the type of its own.
    return this.#thread.ask(request) as Promise<TextAnswer<Kind>>;
  }
}

export function describeTextFailure(error: Error): Error {
  if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new InputError(
    'The texts need more memory than there is. Close other programs, or ignore a column of texts.',
    {
      cause: error,
    },
  );
}
