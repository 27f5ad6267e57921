import { InputError } from '../../../core/base/errors';
import { type PictureKind, pictureKindOf } from '../pictureKinds';
import { checkPictureSize } from '../pictureLimits';
import { readBmpHeader } from './bmp';
import { readGifHeader } from './gif';
import { readJpegHeader } from './jpeg';
import type { PictureHeader } from './pictureHeader';
import { readPngHeader } from './png';
import { readWebpHeader } from './webp';

const readers: Readonly<Record<PictureKind, (bytes: Buffer) => PictureHeader>> = {
  png: readPngHeader,
  jpeg: readJpegHeader,
  webp: readWebpHeader,
  gif: readGifHeader,
  bmp: readBmpHeader,
};

/**
 * What a whole picture file says about itself; nothing is decoded. Cost: one pass over the file's parts, not over its
 * pixels.
 * @throws InputError in words for the person, without the file's name: it is no picture, damaged, cut off before its
 * end, or too large.
 */
export function readHeader(bytes: Buffer): PictureHeader {
  const kind = pictureKindOf(bytes);
  let header: PictureHeader;
  try {
    header = readers[kind](bytes);
  } catch (error) {
    // Reading beyond the end of a Buffer.
    if (error instanceof RangeError) throw new InputError('The file is cut off before its end.', { cause: error });
    throw error;
  }
  checkPictureSize(header.width, header.height);
  return header;
}
