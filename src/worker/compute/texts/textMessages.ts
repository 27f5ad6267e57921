import type { TermKind } from '../../../core/text/terms';
import type { TextFacts, TextTerms } from '../../../core/text/textModel';
import type { ThreadMessage } from '../../askedThread';

/** What a thread of the compute script is started with to make vectors of texts: its `workerData`. */
export const textThreadRole = 'texts';

/** What can be asked of the thread, in this order: begin, learn …, fit, keep, embed …. */
export type TextRequest =
  | { readonly kind: 'begin'; readonly terms: TermKind }
  /** Texts to learn from. */
  | { readonly kind: 'learn'; readonly texts: readonly string[] }
  | { readonly kind: 'fit' }
  /** What explains the vectors later. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'embed'; readonly texts: readonly string[] };

interface TextAnswers {
  begin: null;
  learn: null;
  /** null: no text has a term. */
  fit: TextFacts | null;
  keep: TextTerms;
  /** Vectors, row-major. */
  embed: Float32Array;
}
export type TextAnswer<Kind extends TextRequest['kind']> = TextAnswers[Kind];

export type AnyTextAnswer = TextAnswers[TextRequest['kind']];

/** What the thread says: an answer to each request, and progress of a fit before. */
export type TextMessage = ThreadMessage<AnyTextAnswer>;
