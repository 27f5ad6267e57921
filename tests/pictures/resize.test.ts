import { describe, expect, it } from 'vitest';
import { coverBox, fitSize, resizePixels } from '../../src/worker/pictures/resize';
import { decode64, golden } from './pictureData';

describe('resizePixels', () => {
  it.each(golden.resized)('$width × $height to $to is what Pillow gives, byte for byte', (one) => {
    const source = { width: one.width, height: one.height, data: decode64(one.rgb) };
    const target = { width: one.to[0], height: one.to[1] };
    expect(Buffer.from(resizePixels(source, target).data)).toEqual(decode64(one.whole));
    expect(Buffer.from(resizePixels(source, target, coverBox(source, target)).data)).toEqual(decode64(one.covered));
  });

  it('gives a picture of the same size as it is', () => {
    const source = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(resizePixels(source, { width: 2, height: 1 })).toBe(source);
  });
});

describe('fitSize', () => {
  it('keeps the shape, and small pictures as they are', () => {
    expect(fitSize({ width: 1000, height: 500 }, 128)).toEqual({ width: 128, height: 64 });
    expect(fitSize({ width: 5000, height: 2 }, 128)).toEqual({ width: 128, height: 1 });
    expect(fitSize({ width: 20, height: 30 }, 128)).toEqual({ width: 20, height: 30 });
  });
});
