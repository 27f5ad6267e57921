import { InputError } from '../../../core/base/errors';
import type { PictureHeader } from './pictureHeader';

const blocks = { extension: 0x21, frame: 0x2c, trailer: 0x3b } as const;

/**
 * Up to the end of the first frame, which is the one that is shown.
 * Source: Graphics Interchange Format, version 89a.
 * @throws InputError, RangeError (cut off)
 */
export function readGifHeader(bytes: Buffer): PictureHeader {
  const screen = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  for (let at = 13 + tableBytes(bytes.readUInt8(10)); ;) {
    const block = bytes.readUInt8(at);
    if (block === blocks.trailer) throw new InputError('The GIF file has no picture in it.');
    if (block === blocks.extension) {
      at = skipData(bytes, at + 2);
      continue;
    }
    if (block !== blocks.frame) throw new InputError('The GIF file is damaged before its first frame.');
    const [left, top] = [bytes.readUInt16LE(at + 1), bytes.readUInt16LE(at + 3)];
    const [width, height] = [bytes.readUInt16LE(at + 5), bytes.readUInt16LE(at + 7)];
    if (width < 1 || height < 1) throw new InputError('The GIF file has no picture in it.');
    // A frame may be smaller than the screen, transparent around it; some are larger than the screen that is said.
    const end = skipData(bytes, at + 10 + tableBytes(bytes.readUInt8(at + 9)) + 1);
    return {
      kind: 'gif',
      width: Math.max(screen.width, left + width),
      height: Math.max(screen.height, top + height),
      alpha: true,
      animated: bytes[end] !== blocks.trailer,
      orientation: null,
    };
  }
}

/** Length of the table of colours that the flags of a screen or of a frame announce. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** (1 + (flags & 7));
}

/** Behind blocks of data, each after its length, the last of length 0. */
function skipData(bytes: Buffer, start: number): number {
  for (let at = start; ;) {
    const length = bytes.readUInt8(at);
    at += 1 + length;
    if (length === 0) return at;
  }
}
