import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadPicture } from './readPicture';
import { describeThumbnails, Thumbnails } from './thumbnails';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-thumbnails-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = (k: number): Uint8Array => createHash('sha256').update(String(k)).digest();

/** Noise, which does not pack. */
function pictureOf(k: number, width = 40, height = 30): ReadPicture {
  const data = new Uint8Array(3 * width * height);
  for (let at = 0; at < data.length; at++) data[at] = ((at + 1) * (k + 3) * 2_654_435_761) >>> 13;
  return { width: 4000, height: 3000, pixels: { width, height, data } };
}

function filesOf(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('Thumbnails', () => {
  it('gives back what was kept, of that file and that size', async () => {
    const before = new Thumbnails(folder);
    expect(await before.find(digestOf(1), 40)).toBeUndefined();
    await before.keep(digestOf(1), 40, pictureOf(1));
    await before.keep(digestOf(2), 40, pictureOf(2, 1, 1));
    const after = new Thumbnails(folder);
    expect(await after.find(digestOf(1), 40)).toEqual(pictureOf(1));
    expect(await after.find(digestOf(2), 40)).toEqual(pictureOf(2, 1, 1));
    expect(await after.find(digestOf(1), 64)).toBeUndefined();
    expect(await after.find(digestOf(3), 40)).toBeUndefined();
    expect(filesOf().map((path) => statSync(path).mode & 0o077 & ~0o044)).toEqual([0, 0]);
  });

  it('takes what is damaged or cut short for nothing', async () => {
    const thumbnails = new Thumbnails(folder);
    await thumbnails.keep(digestOf(1), 40, pictureOf(1));
    const [file = ''] = filesOf();
    const whole = readFileSync(file);
    for (const at of [0, 7, 8, 12, 23, 24, 100, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(file, damaged);
      expect(await thumbnails.find(digestOf(1), 40)).toBeUndefined();
      writeFileSync(file, whole.subarray(0, at));
      expect(await thumbnails.find(digestOf(1), 40)).toBeUndefined();
    }
    writeFileSync(file, whole);
    expect(await thumbnails.find(digestOf(1), 40)).toEqual(pictureOf(1));
  });

  it('removes what was not looked at for longest where there is too much', async () => {
    const first = new Thumbnails(folder);
    for (let k = 0; k < 4; k++) await first.keep(digestOf(k), 40, pictureOf(k));
    const { bytes } = await describeThumbnails(folder);
    const long = new Date(Date.now() - 5 * 24 * 3600 * 1000);
    filesOf().forEach((path) => utimesSync(path, long, long));
    // Looked at.
    await first.find(digestOf(2), 40);
    // Room for two and a half of them: whether the look comes before the new one is there or after, two stay.
    const most = 0.625 * bytes;
    const later = new Thumbnails(folder, most);
    await later.keep(digestOf(9), 40, pictureOf(9));
    await later.settled();
    expect((await describeThumbnails(folder)).bytes).toBeLessThanOrEqual(most + bytes / 4);
    expect(await later.find(digestOf(2), 40)).toEqual(pictureOf(2));
    expect(await later.find(digestOf(9), 40)).toEqual(pictureOf(9));
  });

  it('does without a folder that cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const thumbnails = new Thumbnails(join(file, 'below'));
    await thumbnails.keep(digestOf(1), 40, pictureOf(1));
    expect(await thumbnails.find(digestOf(1), 40)).toBeUndefined();
  });
});
