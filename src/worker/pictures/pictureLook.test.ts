import { describe, expect, it } from 'vitest';
import { measurePicture } from '../../core/media/pictureMeasures';
import { lookAt, lookNumbers, measuredSide, readDigest, readLook, writeDigest } from './pictureLook';
import { orientPixels, type Pixels } from './pixels';

function paint(width: number, height: number): Pixels {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, k) => {
    const pixel = Math.floor(k / 3);
    return (7 * (pixel % width) + 3 * Math.floor(pixel / width) + 50 * (k % 3)) % 256;
  });
  return { width, height, data };
}

const sizeOf = ({ width, height }: Pixels) => ({ width, height });

describe('lookAt', () => {
  it('measures small pictures as they are', () => {
    const pixels = paint(40, 30);
    const numbers = lookAt(pixels, 1, { width: 400, height: 300 });
    expect(numbers).toHaveLength(lookNumbers);
    const look = readLook(numbers, 0);
    expect(look).toMatchObject({ width: 400, height: 300 });
    const measures = measurePicture(pixels);
    for (const name of ['brightest', 'darkest', 'entropy', 'sharpness', 'colour'] as const) {
      expect(look[name]).toBe(Math.fround(measures[name]));
    }
  });

  it('measures large ones by a smaller copy', () => {
    const grey = { width: 900, height: 600, data: new Uint8Array(3 * 900 * 600).fill(70) };
    expect(readLook(lookAt(grey, 1, sizeOf(grey)), 0)).toMatchObject({ entropy: 0, sharpness: NaN });
    expect(measuredSide).toBeLessThan(600);
  });

  it('knows a picture by its pixels', () => {
    const one = lookAt(paint(40, 30), 1, { width: 40, height: 30 });
    const same = lookAt(paint(40, 30), 1, { width: 40, height: 30 });
    const changed = paint(40, 30);
    changed.data[5] ^= 1;
    const contents = [one, same, lookAt(changed, 1, sizeOf(changed))].map((numbers) => readLook(numbers, 0).contents);
    expect(contents[1]).toBe(contents[0]);
    expect(contents[2]).not.toBe(contents[0]);
    expect(readLook(lookAt(paint(40, 30), 3, { width: 40, height: 30 }), 0).contents).not.toBe(contents[0]);
  });

  it('sees a turned picture as it is to be seen', () => {
    const stored = paint(40, 30);
    const upright = orientPixels(stored, 6);
    const turned = readLook(lookAt(stored, 6, sizeOf(upright)), 0);
    const plain = readLook(lookAt(upright, 1, sizeOf(upright)), 0);
    expect(turned).toMatchObject({ width: 30, height: 40, entropy: plain.entropy, sharpness: plain.sharpness });
    const largest = turned.thumbnail.reduce((most, grey, k) => Math.max(most, Math.abs(grey - plain.thumbnail[k])), 0);
    expect(largest).toBeLessThanOrEqual(1);
  });
});

it('a digest survives as numbers', () => {
  const digest = Uint8Array.from({ length: 32 }, (_, k) => (k * 37 + 255) % 256);
  const numbers = new Float32Array(20);
  writeDigest(digest, numbers, 3);
  expect([...readDigest(numbers, 3)]).toEqual([...digest]);
});
