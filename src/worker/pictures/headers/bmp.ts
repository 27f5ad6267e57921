import { InputError } from '../../../core/base/errors';
import type { PictureHeader } from './pictureHeader';

/** Length of the oldest header (OS/2), whose sizes have two bytes. */
const oldHeaderBytes = 12;
const uncompressed = new Set([0, 3, 6]);

/**
 * Source: Microsoft, Bitmap Storage (BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER).
 * @throws InputError, RangeError (cut off)
 */
export function readBmpHeader(bytes: Buffer): PictureHeader {
  const start = bytes.readUInt32LE(10);
  const headerBytes = bytes.readUInt32LE(14);
  const isOld = headerBytes === oldHeaderBytes;
  if (!isOld && (headerBytes < 40 || headerBytes > 256))
    throw new InputError('The BMP file has a header of a kind that is not known.');
  const width = isOld ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  // Rows stand from the bottom to the top, or the other way round where the height is negative.
  const height = isOld ? bytes.readUInt16LE(20) : Math.abs(bytes.readInt32LE(22));
  const bits = bytes.readUInt16LE(isOld ? 24 : 28);
  const compression = isOld ? 0 : bytes.readUInt32LE(30);
  const rowBytes = 4 * Math.ceil((bits * Math.max(0, width)) / 32);
  if (uncompressed.has(compression) && start + rowBytes * height > bytes.length) throw new RangeError('rows');
  return { kind: 'bmp', width, height, alpha: bits === 32, animated: false, orientation: null };
}
