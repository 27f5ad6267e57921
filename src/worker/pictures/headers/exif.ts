import type { Orientation } from './pictureHeader';

const orientationTag = 0x0112;
const shortType = 3;
const entryBytes = 12;

/**
 * The orientation in EXIF data (a TIFF structure) from `start` to before `end`; null where there is none or the data is
 * damaged: a picture is shown as it is stored then.
 */
export function readOrientation(bytes: Buffer, start: number, end: number): Orientation | null {
  const holds = (at: number, length: number): boolean => at >= start && at + length <= Math.min(end, bytes.length);
  if (!holds(start, 8)) return null;
  const order = bytes.toString('latin1', start, start + 2);
  if (order !== 'II' && order !== 'MM') return null;
  const isLittle = order === 'II';
  const short = (at: number): number => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const directory = start + long(start + 4);
  if (!holds(directory, 2)) return null;
  const count = short(directory);
  for (let k = 0; k < count; k++) {
    const entry = directory + 2 + k * entryBytes;
    if (!holds(entry, entryBytes)) return null;
    if (short(entry) !== orientationTag) continue;
    const value = short(entry + 8);
    if (short(entry + 2) !== shortType || value < 1 || value > 8) return null;
    return { value, at: entry + (isLittle ? 8 : 9) };
  }
  return null;
}
