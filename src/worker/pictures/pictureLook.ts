import { createHash } from 'node:crypto';
import { thumbnailPixels, thumbnailSide } from '../../core/media/nearPictures';
import { greyLevel, measurePicture, type PictureMeasures } from '../../core/media/pictureMeasures';
import { orientPixels, type Pixels } from './pixels';
import { coverBox, fitSize, resizePixels } from './resize';
import { describePixels, lookedAtSide, smallNumbers } from './smallPixels';

/** Pictures are measured with their longest side at most so many pixels, whatever their size. */
export const measuredSide = 192;

/** Where each number of a look stands. */
const places = ['width', 'height', 'brightest', 'darkest', 'entropy', 'sharpness', 'colour'] as const;
const contentsAt = places.length;
/** SHA-256 by 16 bits, which float32 holds exactly. */
export const digestNumbers = 16;
const thumbnailAt = contentsAt + digestNumbers;
/** From here on stand the small pixels and colours (smallPixels.ts). */
export const smallAt = thumbnailAt + thumbnailPixels;
/** Numbers of a look. */
export const lookNumbers = smallAt + smallNumbers;

/** What is known of a picture that was looked at. */
export interface PictureLook extends PictureMeasures {
  /** As it is to be seen. */
  readonly width: number;
  readonly height: number;
  /** The same for equal pixels. */
  readonly contents: string;
  /** Grey levels. */
  readonly thumbnail: Uint8Array;
}

/**
 * Measures decoded pixels as they are stored: {@link lookNumbers} numbers, for {@link readLook}. `size` is that of the
 * picture as it is to be seen; decoders may have given fewer pixels.
 */
export function lookAt(
  pixels: Pixels,
  orientation: number,
  size: { readonly width: number; readonly height: number },
): Float32Array {
  const out = new Float32Array(lookNumbers);
  const small = orientPixels(resizePixels(pixels, fitSize(pixels, measuredSide)), orientation);
  const measures = { ...size, ...measurePicture(small) };
  places.forEach((name, k) => (out[k] = measures[name]));
  const shape = [size.width, size.height, pixels.width, pixels.height, orientation].join(' ');
  writeDigest(createHash('sha256').update(shape).update(pixels.data).digest(), out, contentsAt);
  const { data } = resizePixels(small, { width: thumbnailSide, height: thumbnailSide });
  for (let k = 0; k < thumbnailPixels; k++) {
    out[thumbnailAt + k] = greyLevel(data[3 * k], data[3 * k + 1], data[3 * k + 2]);
  }
  const square = { width: lookedAtSide, height: lookedAtSide };
  describePixels(orientPixels(resizePixels(pixels, square, coverBox(pixels, square)), orientation), out, smallAt);
  return out;
}

export function readLook(numbers: Float32Array, at: number): PictureLook {
  const [width, height, brightest, darkest, entropy, sharpness, colour] = numbers.subarray(at, at + places.length);
  return {
    width,
    height,
    brightest,
    darkest,
    entropy,
    sharpness,
    colour,
    contents: readDigest(numbers, at + contentsAt).toString('base64'),
    thumbnail: Uint8Array.from(numbers.subarray(at + thumbnailAt, at + smallAt)),
  };
}

/** A digest of 32 bytes as {@link digestNumbers} numbers. */
export function writeDigest(digest: Uint8Array, out: Float32Array, at: number): void {
  for (let k = 0; k < digestNumbers; k++) out[at + k] = 256 * digest[2 * k] + digest[2 * k + 1];
}

export function readDigest(numbers: Float32Array, at: number): Buffer {
  const digest = Buffer.alloc(2 * digestNumbers);
  for (let k = 0; k < digestNumbers; k++) digest.writeUInt16BE(numbers[at + k], 2 * k);
  return digest;
}
