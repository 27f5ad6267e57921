import { describe, expect, it } from 'vitest';
import { configureTensorflow, loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { createCanvasDecoder } from '../../src/worker/pictures/decoders/canvasDecoder';
import { createTensorflowDecoder } from '../../src/worker/pictures/decoders/tensorflowDecoder';
import { readHeader } from '../../src/worker/pictures/headers/readHeader';
import { readPicture, seePicture } from '../../src/worker/pictures/readPicture';
import { decode64, golden, largestDifference, meanDifference } from './pictureData';

configureTensorflow();
const decoders = { tensorflow: createTensorflowDecoder(loadTensorflow()), canvas: createCanvasDecoder() };
const large = 10_000 as const;

describe.each(Object.entries(decoders))('pictures by %s', (_, decoder) => {
  const taken = golden.pictures.filter(({ bytes }) => decoder.takes(readHeader(decode64(bytes))));

  it('are most kinds', () => {
    expect(taken.length).toBeGreaterThanOrEqual(20);
  });

  it.each(taken)('$name is what Pillow makes of it', async ({ bytes, rgb, width, height, tolerance }) => {
    const read = await readPicture(decode64(bytes), [decoder], large);
    expect(read).toMatchObject({ width, height, pixels: { width, height } });
    expect(largestDifference(read.pixels.data, decode64(rgb))).toBeLessThanOrEqual(tolerance);
  });

  it('a thumbnail of a large JPEG is what Pillow makes of all its pixels', async () => {
    const { bytes, rgb, width, height } = golden.thumbnail;
    const read = await readPicture(decode64(bytes), [decoder], width);
    expect(read.pixels).toMatchObject({ width, height });
    expect(meanDifference(read.pixels.data, decode64(rgb))).toBeLessThan(2);
  });

  it('a square is taken from the middle', async () => {
    const [first] = taken;
    const read = await seePicture(decode64(first?.bytes ?? ''), [decoder], 12);
    expect(read.pixels).toMatchObject({ width: 12, height: 12 });
    expect(read.pixels.data.length).toBe(3 * 12 * 12);
  });
});
