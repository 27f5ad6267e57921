import { InputError } from '../../../core/base/errors';
import { readOrientation } from './exif';
import type { Orientation, PictureHeader } from './pictureHeader';

const markers = { startOfScan: 0xda, endOfImage: 0xd9, exif: 0xe1 } as const;
/** Markers of frames: 0xc0–0xcf without tables (c4, cc) and what is reserved (c8). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a length: restarts and TEM. */
const isAlone = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;

/**
 * Source: ITU-T T.81, annex B; the size stands in the first frame's header.
 * @throws InputError, RangeError (cut off)
 */
export function readJpegHeader(bytes: Buffer): PictureHeader {
  let size: { readonly width: number; readonly height: number } | undefined;
  let orientation: Orientation | null = null;
  for (let at = 2; ;) {
    if (bytes.readUInt8(at) !== 0xff) throw new InputError('The JPEG file is damaged in its header.');
    while (bytes.readUInt8(at) === 0xff) at++;
    const marker = bytes.readUInt8(at++);
    if (isAlone(marker)) continue;
    if (marker === markers.startOfScan) break;
    if (marker === markers.endOfImage) throw new InputError('The JPEG file has no picture in it.');
    const end = at + bytes.readUInt16BE(at);
    if (end > bytes.length) throw new RangeError('segment');
    if (marker === markers.exif && bytes.toString('latin1', at + 2, at + 8) === 'Exif\0\0') {
      orientation ??= readOrientation(bytes, at + 8, end);
    } else if (isFrame(marker)) {
      size ??= { height: bytes.readUInt16BE(at + 3), width: bytes.readUInt16BE(at + 5) };
    }
    // A length counts itself: what is shorter would be read again for ever.
    at = Math.max(end, at + 2);
  }
  if (size === undefined) throw new InputError('The JPEG file does not say how large its picture is.');
  // What stands before may hold a small picture with an end of its own; cameras write more behind the end.
  if (bytes.lastIndexOf(Buffer.of(0xff, markers.endOfImage)) < 0) throw new RangeError('end');
  return { kind: 'jpeg', ...size, alpha: false, animated: false, orientation };
}
