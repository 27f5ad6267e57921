import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';

/**
 * What is refused before anything of a picture is decoded: a few hundred bytes may say that they are gigabytes.
 * Decoding the largest picture allowed takes up to 500 MB for a moment, in each thread that decodes.
 */
const mostBytes = 64 * 2 ** 20;
const mostPixels = 50e6;
/** What a JPEG file can say at most; a longer side is a mistake or an attack. */
const longestSide = 65_535;

/** @throws InputError when a file is too large to be read as a picture, or empty. */
export function checkPictureBytes(bytes: number): void {
  if (bytes === 0) throw new InputError('The file is empty.');
  if (bytes > mostBytes) {
    throw new InputError(`The file has ${formatMegabytes(bytes)} MB; pictures are read up to 64 MB.`);
  }
}

/** @throws InputError when a picture is too large to be decoded, or has no pixels. */
export function checkPictureSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new InputError(`The picture says that it has ${width} × ${height} pixels.`);
  if (width * height > mostPixels || Math.max(width, height) > longestSide) {
    throw new InputError(
      `The picture says that it has ${formatCount(width)} × ${formatCount(height)} pixels; pictures are read up to 50 million pixels and ${formatCount(longestSide)} a side.`,
    );
  }
}

function formatMegabytes(bytes: number): string {
  return formatCount(Math.ceil(bytes / 2 ** 20));
}
