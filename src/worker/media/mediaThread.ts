import type { Worker } from 'node:worker_threads';
import type { FoundIssues } from '../../core/media/markRows';
import type { IssueName } from '../../core/media/mediaIssues';
import type { PictureFacts } from '../../core/media/pictureIssues';
import { AskedThread } from '../askedThread';
import { describeTextFailure } from '../compute/texts/textThread';
import type { AnyMediaAnswer, MediaAnswer, MediaQuestion } from './mediaMessages';

/**
 * A thread of its own that finds issues of pictures and texts, beside an audit. `close` ends it at any moment; what is
 * waited for then rejects with CancelledError.
 */
export class MediaThread {
  readonly #thread: AskedThread<MediaQuestion, AnyMediaAnswer>;

  /** `worker` runs serveMedia. */
  constructor(worker: Worker) {
    this.#thread = new AskedThread(worker, {
      name: 'The thread that looks at pictures and texts',
      describeFailure: describeTextFailure,
    });
  }

  /** Further texts, in the order of their rows. */
  async add(texts: readonly string[], names: readonly IssueName[]): Promise<void> {
    await this.#ask({ kind: 'texts', texts, names });
  }

  /** What is odd about the texts that were added. */
  async findInTexts(): Promise<FoundIssues> {
    return this.#ask({ kind: 'findTexts' });
  }

  /** `labels`: of rows, −1 where there is none. */
  async findInPictures(facts: PictureFacts, labels: Int32Array, names: readonly IssueName[]): Promise<FoundIssues> {
    return this.#ask({ kind: 'findPictures', facts, labels, names });
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  #ask<Kind extends MediaQuestion['kind']>(
    question: Extract<MediaQuestion, { readonly kind: Kind }>,
  ): Promise<MediaAnswer<Kind>> {
    // Answers come in the order of the questions, each of the type of its own.
    return this.#thread.ask(question) as Promise<MediaAnswer<Kind>>;
  }
}
