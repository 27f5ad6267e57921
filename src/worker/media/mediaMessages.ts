import type { FoundIssues } from '../../core/media/markRows';
import type { IssueName } from '../../core/media/mediaIssues';
import type { PictureFacts } from '../../core/media/pictureIssues';
import type { ThreadMessage } from '../askedThread';

/** What a thread of the compute script is started with to find issues of pictures and texts: its `workerData`. */
export const mediaThreadRole = 'media';

/** What can be asked of the thread: texts in the order of their rows, then what is odd about them; pictures. */
export type MediaQuestion =
  | { readonly kind: 'texts'; readonly texts: readonly string[]; readonly names: readonly IssueName[] }
  | { readonly kind: 'findTexts' }
  | {
      readonly kind: 'findPictures';
      readonly facts: PictureFacts;
      /** Of rows; −1 where there is none. */
      readonly labels: Int32Array;
      readonly names: readonly IssueName[];
    };

interface MediaAnswers {
  texts: null;
  findTexts: FoundIssues;
  findPictures: FoundIssues;
}
export type MediaAnswer<Kind extends MediaQuestion['kind']> = MediaAnswers[Kind];
export type AnyMediaAnswer = MediaAnswers[MediaQuestion['kind']];
export type MediaMessage = ThreadMessage<AnyMediaAnswer>;
