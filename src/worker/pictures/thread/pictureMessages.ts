import type { SerializedError } from '../../../core/base/errors';
import type { PictureFile } from '../pictureFile';
import type { LookedAtPicture, ReadPicture, SeenPicture } from '../readPicture';

/** By this the script of the compute thread knows that it serves pictures. */
export const pictureThreadRole = 'pictures';

/** What is to be made of a picture. */
export type PictureWish =
  /**
   * The whole picture, its longest side at most `side`; looked for in and kept in a folder of thumbnails, where one is
   * named.
   */
  | { readonly kind: 'fit'; readonly side: number; readonly thumbnails?: string }
  /** What is measured of the whole picture. */
  | { readonly kind: 'look' }
  /** The same, and what an encoder looks at, a square of that side. */
  | { readonly kind: 'see'; readonly side: number }
  /** SHA-256 of its file. */
  | { readonly kind: 'digest' };
export type WishKind = PictureWish['kind'];

interface PictureAnswers {
  fit: ReadPicture;
  look: LookedAtPicture;
  see: SeenPicture;
  digest: { readonly digest: Uint8Array };
}

/** One picture to read; a thread reads one after the other. */
export interface PictureQuestion {
  readonly id: number;
  readonly file: PictureFile;
  readonly wish: PictureWish;
}

/** What became of it: what is wrong with a picture is data, a failure is not. */
export type PictureOutcome<Kind extends WishKind = WishKind> =
  | ({ readonly kind: 'picture' } & PictureAnswers[Kind])
  /** A sentence, without the file's name. */
  | { readonly kind: 'problem'; readonly problem: string };

export type PictureAnswer = { readonly id: number } & (
  { readonly outcome: PictureOutcome } | { readonly error: SerializedError }
);
