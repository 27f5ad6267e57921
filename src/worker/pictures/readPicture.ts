import { InputError } from '../../core/base/errors';
import type { Least, PictureDecoder } from './decoders/decoder';
import type { PictureHeader } from './headers/pictureHeader';
import { readHeader } from './headers/readHeader';
import { isTurned, orientPixels, type Pixels } from './pixels';
import { coverBox, fitSize, resizePixels } from './resize';

/** What is made of a picture. */
export type PictureWish =
  /** The whole picture, its longest side at most `side`. */
  | { readonly kind: 'fit'; readonly side: number }
  /** The largest square in its middle, `side` × `side`: what encoders look at. */
  | { readonly kind: 'square'; readonly side: number };

export interface ReadPicture {
  /** Of the picture in the file, turned as it is to be seen. */
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
}

/**
 * A picture from the bytes of its file, turned as its EXIF data says, on white where it is transparent, and made
 * smaller or larger.
 * @throws InputError in words for the person, without the file's name.
 */
export async function readPicture(
  bytes: Buffer,
  decoders: readonly PictureDecoder[],
  wish: PictureWish,
): Promise<ReadPicture> {
  const header = readHeader(bytes);
  const orientation = header.orientation?.value ?? 1;
  const stored = sizeOf(header, wish);
  const pixels = await decode(bytes, header, decoders, stored.least);
  // What was decoded may be smaller than the file says.
  const target = wish.kind === 'fit' ? stored.target : { width: wish.side, height: wish.side };
  const resized = resizePixels(pixels, target, wish.kind === 'fit' ? undefined : coverBox(pixels, target));
  const [width, height] = isTurned(orientation) ? [header.height, header.width] : [header.width, header.height];
  return { width, height, pixels: orientPixels(resized, orientation) };
}

/** The size wished for, of the picture as it is stored, and what has to be decoded for it. */
function sizeOf(header: PictureHeader, { kind, side }: PictureWish): { readonly target: Least; readonly least: Least } {
  if (kind === 'fit') {
    const target = fitSize(header, side);
    return { target, least: target };
  }
  return { target: { width: side, height: side }, least: { width: side, height: side } };
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
