import { InputError } from '../../../core/base/errors';
import { readOrientation } from './exif';
import type { Orientation, PictureHeader } from './pictureHeader';

const flags = { animated: 0x02, alpha: 0x10 } as const;

/**
 * Source: RFC 9649, WebP Image Format: a RIFF container of chunks; a lossy (VP8) or lossless (VP8L) picture, alone or
 * with an extended header (VP8X) before it.
 * @throws InputError, RangeError (cut off)
 */
export function readWebpHeader(bytes: Buffer): PictureHeader {
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) throw new RangeError('RIFF');
  let size: { readonly width: number; readonly height: number } | undefined;
  let alpha = false;
  let animated = false;
  let orientation: Orientation | null = null;
  for (let at = 12; at + 8 <= end;) {
    const name = bytes.toString('latin1', at, at + 4);
    const data = at + 8;
    const next = data + bytes.readUInt32LE(at + 4);
    if (next > end) throw new RangeError(name);
    if (name === 'VP8X') {
      const said = bytes.readUInt8(data);
      alpha ||= (said & flags.alpha) !== 0;
      animated ||= (said & flags.animated) !== 0;
      size ??= { width: 1 + bytes.readUIntLE(data + 4, 3), height: 1 + bytes.readUIntLE(data + 7, 3) };
    } else if (name === 'VP8 ') {
      size = largest(size, {
        width: bytes.readUInt16LE(data + 6) & 0x3fff,
        height: bytes.readUInt16LE(data + 8) & 0x3fff,
      });
    } else if (name === 'VP8L') {
      const bits = bytes.readUInt32LE(data + 1);
      size = largest(size, { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) });
      alpha ||= ((bits >>> 28) & 1) !== 0;
    } else if (name === 'EXIF') {
      const start = bytes.toString('latin1', data, data + 6) === 'Exif\0\0' ? data + 6 : data;
      orientation ??= readOrientation(bytes, start, next);
    }
    // Chunks of odd length are padded.
    at = next + ((next - data) % 2);
  }
  if (size === undefined) throw new InputError('The WebP file has no picture in it.');
  return { kind: 'webp', ...size, alpha, animated, orientation };
}

type Size = { readonly width: number; readonly height: number };

/** An extended header and the picture should agree; where they do not, the larger of the two is what may be decoded. */
function largest(one: Size | undefined, other: Size): Size {
  if (one === undefined) return other;
  return { width: Math.max(one.width, other.width), height: Math.max(one.height, other.height) };
}
