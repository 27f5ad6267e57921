/**
 * Makes the folder of pictures of the window's measurements: clothes of 28 × 28 pixels, a folder for each class. They
 * are those of Debian's package dataset-fashion-mnist, which has to be installed.
 *     node scripts/make-picture-folder.mjs FOLDER [--rows 50000]
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import { wholeNumber } from './data/rowWriter.mjs';

const source = '/usr/share/datasets/fashion-mnist';
const side = 28;
const pixels = side ** 2;
/** What comes before the first picture, and before the first label. */
const [picturesAt, labelsAt] = [16, 8];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '50000' } },
});
if (positionals.length !== 1) {
  console.error('Usage: node scripts/make-picture-folder.mjs FOLDER [--rows 50000]');
  process.exit(2);
}
const [folder] = positionals;
const [pictures, labels] = await Promise.all(['images-idx3', 'labels-idx1'].map(readPart)).catch((error) => {
  console.error(`${error.message}. The package dataset-fashion-mnist has it: apt-get install dataset-fashion-mnist`);
  process.exit(1);
});
const rows = Math.min(wholeNumber(values.rows, 'rows', 1), labels.length - labelsAt);
for (const label of new Set(labels.subarray(labelsAt, labelsAt + rows))) {
  await fs.mkdir(path.join(folder, `c${label}`), { recursive: true });
}
for (let row = 0; row < rows; row++) {
  const from = picturesAt + row * pixels;
  const file = path.join(folder, `c${labels[labelsAt + row]}`, `${String(row).padStart(5, '0')}.png`);
  await fs.writeFile(file, greyPng(pictures.subarray(from, from + pixels)));
}
console.log(`${folder}: ${rows} pictures of ${side} × ${side} pixels`);

async function readPart(kind) {
  return zlib.gunzipSync(await fs.readFile(path.join(source, `train-${kind}-ubyte.gz`)));
}

function greyPng(levels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits, grey.
  header[8] = 8;
  // Each line begins with its filter: none.
  const lines = Buffer.alloc(side * (side + 1));
  for (let y = 0; y < side; y++) lines.set(levels.subarray(y * side, (y + 1) * side), y * (side + 1) + 1);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(zlib.crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
