import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../../core/base/errors';
import { createRandom } from '../../core/base/random';
import { findArchive } from '../datasets/folders/folderSource';
import { temporaryFolders } from '../datasets/testFiles';
import { readPictureFile } from '../pictures/pictureFile';
import { makePng } from '../pictures/testPictures';
import { zipOf } from './testZip';

const folder = temporaryFolders();
/** `scripts/mutations.mjs archives` tries more. */
const count = Number(process.env['ASSAY_MUTATIONS'] ?? 1_000);
/** Of one archive, for whoever runs more of them. */
const longestMs = 5_000;

const png = (grey: number): Buffer => makePng(4, 4, () => [grey, grey, grey]);
const text = (k: number): Buffer => Buffer.from(`text ${k} `.repeat(40));
const seeds: readonly Buffer[] = [
  zipOf(
    Array.from({ length: 8 }, (_, k) => ({ name: `p/${k % 2}/${k}.png`, bytes: png(k), method: k % 3 === 0 ? 0 : 8 })),
  ),
  zipOf(Array.from({ length: 8 }, (_, k) => ({ name: `train/${'ab'.charAt(k % 2)}/${k}.txt`, bytes: text(k) }))),
  zipOf([
    { name: 'metadata.csv', bytes: Buffer.from('file_name,label\n1.png,a\n2.png,b\n') },
    { name: '1.png', bytes: png(1) },
    { name: '2.png', bytes: png(2), extra: Buffer.from('0100080000000000000000ff', 'hex') },
    { name: '__MACOSX/._1.png', bytes: text(1) },
  ]),
];
const numbers = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff];
const names = [
  '../',
  '/',
  '..\\',
  'C:',
  '\0',
  '//',
  'a/../',
  'PK\u0003\u0004',
  'PK\u0001\u0002',
  'PK\u0005\u0006',
  'PK\u0006\u0007',
];

function mutate(bytes: Buffer, random: ReturnType<typeof createRandom>): Buffer {
  let mutated = Buffer.from(bytes);
  for (let times = 1 + random.integer(4); times > 0; times--) {
    // The central directory stands at the end: most of what matters is there.
    const reach = random.integer(2) === 0 ? Math.min(500, mutated.length) : mutated.length;
    const at = mutated.length - random.integer(reach + 1);
    const change = random.integer(6);
    if (change === 0 && at + 4 <= mutated.length) mutated.writeUInt32LE(numbers[random.integer(numbers.length)], at);
    else if (change === 1 && at + 2 <= mutated.length) mutated.writeUInt16LE(random.integer(65_536), at);
    else if (change === 2 && at < mutated.length) mutated[at] = random.integer(256);
    else if (change === 3)
      mutated.write(names[random.integer(names.length)], Math.min(at, mutated.length - 1), 'latin1');
    else {
      const length = random.integer(3) === 0 ? random.integer(mutated.length + 1) : random.integer(5);
      const taken = mutated.subarray(at, at + length);
      const middle = [Buffer.alloc(0), Buffer.concat([taken, taken])][random.integer(2)];
      mutated = Buffer.concat([mutated.subarray(0, at), middle, mutated.subarray(at + length)]);
    }
    if (mutated.length === 0) return mutated;
  }
  return mutated;
}

/** Ids of all rows; every picture is read as well. */
async function readAll(path: string): Promise<string[]> {
  const inspection = await (await findArchive(path)).inspect();
  const ids: string[] = [];
  await inspection.read({ onBlock: ({ cells }) => void ids.push(...cells.map(([id]) => id)) });
  for (const id of ids) {
    if (!id.endsWith('.png')) continue;
    try {
      const bytes = await readPictureFile({ root: path, path: id });
      expect(bytes.length).toBeLessThan(1_000);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return ids;
}

it(
  'a mutated archive is read, or refused in words, and nothing outside it is',
  async () => {
    const random = createRandom(18);
    const path = join(folder(), 'a.zip');
    let read = 0;
    let slowest = 0;
    for (let k = 0; k < count; k++) {
      const bytes = mutate(seeds[k % seeds.length], random);
      writeFileSync(path, bytes);
      const began = performance.now();
      try {
        const ids = await readAll(path);
        for (const id of ids) expect(id.split('/')).not.toContain('..');
        expect(ids.every((id) => !id.startsWith('/') && !id.includes('\0'))).toBe(true);
        read++;
      } catch (error) {
        if (!(error instanceof InputError))
          throw new Error(`mutation ${k}: ${bytes.toString('base64')}`, { cause: error });
        expect(error.message).toMatch(/\.$/);
      }
      slowest = Math.max(slowest, performance.now() - began);
      expect(statSync(path).size).toBe(bytes.length);
    }
    console.log(
      `${count} mutated archives: ${read} read, ${count - read} refused; the slowest took ${Math.round(slowest)} ms (limit of a script: ${longestMs}); ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most`,
    );
    expect(read).toBeGreaterThan(count / 10);
  },
  60_000 + count * 100,
);
