import { InputError } from '../../core/base/errors';
import type { Least, PictureDecoder } from './decoders/decoder';
import type { PictureHeader } from './headers/pictureHeader';
import { readHeader } from './headers/readHeader';
import { lookAt, measuredSide } from './pictureLook';
import { isTurned, orientPixels, type Pixels } from './pixels';
import { coverBox, fitSize, resizePixels } from './resize';

export interface ReadPicture {
  /** Of the picture in the file, turned as it is to be seen. */
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
}

export interface LookedAtPicture {
  /** What was measured of the whole picture: see pictureLook.ts. */
  readonly look: Float32Array;
}

/** What an encoder looks at, and what was measured. */
export interface SeenPicture extends LookedAtPicture {
  /** The square in its middle. */
  readonly pixels: Pixels;
}

/**
 * The whole picture from the bytes of its file, its longest side at most `side`, turned as its EXIF data says, on white
 * where it is transparent.
 * @throws InputError in words for the person, without the file's name.
 */
export async function readPicture(
  bytes: Buffer,
  decoders: readonly PictureDecoder[],
  side: number,
): Promise<ReadPicture> {
  const header = readHeader(bytes);
  const target = fitSize(header, side);
  const pixels = resizePixels(await decode(bytes, header, decoders, target), target);
  return { ...seenSize(header), pixels: orientPixels(pixels, orientationOf(header)) };
}

/** Pictures that are measured are decoded with so many pixels a side at least, where they have them. */
const decodedSide = Math.max(measuredSide, 224);

/** The same for pictures of which an encoder looks at a square of that side as well, `null`: none does. */
export function sideToDecode(side: number | null): number {
  return Math.max(decodedSide, side ?? 0);
}

/** What is measured of a picture. @throws as readPicture does. */
export async function lookAtPicture(bytes: Buffer, decoders: readonly PictureDecoder[]): Promise<LookedAtPicture> {
  const header = readHeader(bytes);
  return measured(header, await decode(bytes, header, decoders, leastOf(sideToDecode(null))));
}

/**
 * What an encoder looks at, the largest square in the middle of a picture, `side` × `side`, and what is measured of all
 * of it; decoded once.
 * @throws as readPicture does.
 */
export async function seePicture(
  bytes: Buffer,
  decoders: readonly PictureDecoder[],
  side: number,
): Promise<SeenPicture> {
  const header = readHeader(bytes);
  const pixels = await decode(bytes, header, decoders, leastOf(sideToDecode(side)));
  const target = { width: side, height: side };
  // What was decoded may be smaller than the file says.
  const square = resizePixels(pixels, target, coverBox(pixels, target));
  return { pixels: orientPixels(square, orientationOf(header)), ...measured(header, pixels) };
}

function measured(header: PictureHeader, pixels: Pixels): LookedAtPicture {
  return { look: lookAt(pixels, orientationOf(header), seenSize(header)) };
}

function leastOf(side: number): Least {
  return { width: side, height: side };
}

function orientationOf({ orientation }: PictureHeader): number {
  return orientation?.value ?? 1;
}

/** Of the picture in the file, turned as it is to be seen. */
function seenSize(header: PictureHeader): { readonly width: number; readonly height: number } {
  const { width, height } = header;
  return isTurned(orientationOf(header)) ? { width: height, height: width } : { width, height };
}

async function decode(
  bytes: Buffer,
  header: PictureHeader,
  decoders: readonly PictureDecoder[],
  least: Least,
): Promise<Pixels> {
  const decoder = decoders.find((one) => one.takes(header));
  if (decoder === undefined) {
    throw new InputError(
      `Pictures of this kind (${header.kind}) cannot be decoded on this machine: the package @napi-rs/canvas is missing.`,
    );
  }
  let pixels: Pixels;
  try {
    pixels = await decoder.decode(bytes, header, least);
  } catch (error) {
    throw new InputError('The file is damaged: its picture cannot be decoded.', { cause: error });
  }
  const isLike = (size: number, said: number): boolean => size <= said && size >= Math.floor(said / largestRatio);
  if (!isLike(pixels.width, header.width) || !isLike(pixels.height, header.height)) {
    throw new InputError('The file is damaged: its picture has another size than it says.');
  }
  return pixels;
}

/** How much smaller than in the file a decoder may give a picture. */
const largestRatio = 8;
