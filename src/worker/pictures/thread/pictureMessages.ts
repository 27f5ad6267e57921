import type { SerializedError } from '../../../core/base/errors';
import type { PictureFile } from '../pictureFile';
import type { PictureWish, ReadPicture } from '../readPicture';

/** By this the script of the compute thread knows that it serves pictures. */
export const pictureThreadRole = 'pictures';

/** One picture to read; a thread reads one after the other. */
export interface PictureQuestion {
  readonly id: number;
  readonly file: PictureFile;
  readonly wish: PictureWish;
}

/** What became of it: what is wrong with a picture is data, a failure is not. */
export type PictureOutcome =
  | ({ readonly kind: 'picture' } & ReadPicture)
  /** A sentence, without the file's name. */
  | { readonly kind: 'problem'; readonly problem: string };

export type PictureAnswer = { readonly id: number } & (
  { readonly outcome: PictureOutcome } | { readonly error: SerializedError }
);
