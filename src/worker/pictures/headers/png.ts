import { InputError } from '../../../core/base/errors';
import { readOrientation } from './exif';
import type { Orientation, PictureHeader } from './pictureHeader';

const signatureBytes = 8;
/** Length, name and checksum of a chunk. */
const frameBytes = 12;
const colourTypes: ReadonlySet<number> = new Set([0, 2, 3, 4, 6]);
const colourAndAlpha = 4;

/**
 * Source: Portable Network Graphics (PNG) Specification, third edition, sections 5 and 11.
 * @throws InputError, RangeError (cut off)
 */
export function readPngHeader(bytes: Buffer): PictureHeader {
  if (chunkName(bytes, signatureBytes) !== 'IHDR') throw new InputError('The PNG file does not begin with its header.');
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const colourType = bytes.readUInt8(25);
  if (!colourTypes.has(colourType))
    throw new InputError(`The PNG file has colours of a kind that is not known (${colourType}).`);
  let alpha = (colourType & colourAndAlpha) !== 0;
  let animated = false;
  let orientation: Orientation | null = null;
  for (let at = signatureBytes; ;) {
    const length = bytes.readUInt32BE(at);
    const name = chunkName(bytes, at);
    const end = at + frameBytes + length;
    if (end > bytes.length) throw new RangeError(name);
    if (name === 'IEND') return { kind: 'png', width, height, alpha, animated, orientation };
    if (name === 'tRNS') alpha = true;
    else if (name === 'acTL') animated = true;
    else if (name === 'eXIf') orientation ??= readOrientation(bytes, at + 8, end - 4);
    at = end;
  }
}

function chunkName(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + 4, at + 8);
}
