import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/base/errors';
import { configureTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { readPicture } from '../../src/worker/pictures/readPicture';
import { makeBomb, makePng } from '../../src/worker/pictures/testPictures';
import { findDecoders } from '../../src/worker/pictures/thread/servePictures';
import { decode64, golden, goldenFile } from './pictureData';

configureTensorflow();
const decoders = findDecoders();
const thumbnail = 16 as const;
const read = (bytes: Buffer): Promise<unknown> => readPicture(bytes, decoders, thumbnail);

describe('a file that is no picture', () => {
  it.each([
    ['an SVG drawing', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['an SVG drawing', '\ufeff  <svg/>'],
    ['a web page', '<!DOCTYPE html><html></html>'],
    ['a TIFF picture', 'II*\0\x08\0\0\0'],
    ['a HEIC picture', '\0\0\0\x18ftypheic\0\0\0\0'],
    ['an AVIF picture', '\0\0\0\x18ftypavif\0\0\0\0'],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'],
    ['no picture', 'label,text\n1,2\n'],
  ])('is called %s', async (name, text) => {
    await expect(read(Buffer.from(text))).rejects.toThrow(name);
  });

  it('may be called anything', async () => {
    await expect(read(Buffer.from('BM'))).rejects.toThrow('cut off');
  });
});

describe('a picture that is too large', () => {
  it.each([
    ['PNG', makeBomb(50_000, 50_000)],
    ['PNG', makeBomb(2 ** 31 - 1, 1)],
    ['GIF', overwrite(goldenFile('still.gif'), 6, [0xff, 0xff, 0xff, 0xff])],
    ['BMP', overwrite(goldenFile('one-bit.bmp'), 30, [1, 0, 0, 0], 18, [0xff, 0xff, 0xff, 0x7f])],
  ])('is refused before it is decoded: %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow(/50 million pixels/);
  });

  it('says the size in words', async () => {
    await expect(read(makeBomb(50_000, 50_000))).rejects.toThrow('50,000 × 50,000 pixels');
  });
});

describe('a damaged picture', () => {
  // Of an animation only the first frame is read.
  const still = golden.pictures.filter(({ name }) => name !== 'animated.gif');
  it.each(still)('$name is refused when it is cut off', async ({ bytes }) => {
    const whole = decode64(bytes);
    for (const share of [0.2, 0.5, 0.8, 0.95]) {
      await expect(read(whole.subarray(0, Math.floor(share * whole.length)))).rejects.toThrow(InputError);
    }
  });

  it('is refused when there are fewer pixels than it says', async () => {
    const few = makeBomb(200, 200);
    await expect(read(few)).rejects.toThrow('damaged');
  });

  it('is refused when it has no pixels', async () => {
    await expect(read(makeBomb(0, 5))).rejects.toThrow('0 × 5 pixels');
  });
});

it('a picture made by a test is read', async () => {
  const bytes = makePng(3, 2, (x, y) => [10 * x, 20 * y, 7]);
  const { pixels } = await readPicture(bytes, decoders, thumbnail);
  expect([...pixels.data]).toEqual([0, 0, 7, 10, 0, 7, 20, 0, 7, 0, 20, 7, 10, 20, 7, 20, 20, 7]);
});

function overwrite(bytes: Buffer, ...changes: readonly (number | readonly number[])[]): Buffer {
  const changed = Buffer.from(bytes);
  for (let k = 0; k + 1 < changes.length; k += 2) changed.set(changes[k + 1] as number[], changes[k] as number);
  return changed;
}
