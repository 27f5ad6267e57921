import { deflateSync } from 'node:zlib';
import { crc32 } from '../archives/crc32';

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A chunk of a PNG file with the checksum that belongs to it. */
export function pngChunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

export function pngHeader(width: number, height: number, colourType = 2): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  return pngChunk('IHDR', header);
}

/** A PNG file of 8-bit RGB pixels, `colour(x, y)` each. */
export function makePng(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Buffer {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colour(x, y), y * (1 + 3 * width) + 1 + 3 * x);
  }
  const end = pngChunk('IEND', Buffer.alloc(0));
  return Buffer.concat([signature, pngHeader(width, height), pngChunk('IDAT', deflateSync(rows)), end]);
}

/** A PNG file that says it is so large and has next to no data. */
export function makeBomb(width: number, height: number): Buffer {
  const data = pngChunk('IDAT', deflateSync(Buffer.alloc(1000)));
  return Buffer.concat([signature, pngHeader(width, height), data, pngChunk('IEND', Buffer.alloc(0))]);
}
