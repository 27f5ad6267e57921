import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureTensorflow, loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { type EncoderModel, openModel } from '../../src/worker/encoders/models';
import { createCanvasDecoder } from '../../src/worker/pictures/decoders/canvasDecoder';
import { createTensorflowDecoder } from '../../src/worker/pictures/decoders/tensorflowDecoder';
import { readHeader } from '../../src/worker/pictures/headers/readHeader';
import { seePicture } from '../../src/worker/pictures/readPicture';
import { nativeSkipReason } from '../backends/installedTensorflow';
import { decode64, golden, goldenFile } from '../pictures/pictureData';
import { encodersSkipReason, installedEncoder } from './installedEncoder';

/** What make_seen.py writes: vectors of the pictures' squares as Pillow makes them. */
const seen = JSON.parse(readFileSync(join(__dirname, 'data', 'seen.json'), 'utf8')) as readonly {
  readonly name: string;
  readonly vector: string;
}[];

/** Numbers of 16 bits, little-endian: 1 for the sign, 5 for the exponent. */
function halves(packed: string): Float64Array {
  const bytes = Buffer.from(packed, 'base64');
  return Float64Array.from({ length: bytes.length / 2 }, (_, k) => {
    const bits = bytes.readUInt16LE(2 * k);
    const [exponent, fraction] = [(bits >> 10) & 31, (bits & 1023) / 1024];
    const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
    return bits >> 15 === 1 ? -size : size;
  });
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    product += a[k] * b[k];
    squaresA += a[k] ** 2;
    squaresB += b[k] ** 2;
  }
  return product / Math.sqrt(squaresA * squaresB);
}

const decoders = {
  canvas: [createCanvasDecoder()],
  ...(nativeSkipReason() === undefined && { tensorflow: [createTensorflowDecoder(tensorflow())] }),
};

function tensorflow(): ReturnType<typeof loadTensorflow> {
  configureTensorflow();
  return loadTensorflow();
}

describe.skipIf(encodersSkipReason() !== undefined)('what an encoder sees of a picture', () => {
  let model: EncoderModel;
  beforeAll(async () => {
    model = await openModel(await installedEncoder('pictures'));
  });
  afterAll(() => model.close());

  const cases = Object.entries(decoders).flatMap(([by, list]) =>
    seen.map(({ name, vector }) => {
      const bytes = name === 'large.jpg' ? decode64(golden.thumbnail.bytes) : goldenFile(name);
      return { by, list, name, bytes, vector };
    }),
  );
  it.each(cases.filter(({ list, bytes }) => list.some((one) => one.takes(readHeader(bytes)))))(
    '$name by $by is what it sees of it by Pillow',
    async ({ list, bytes, vector }) => {
      const { pixels } = await seePicture(bytes, list, 224);
      const own = await model.encode(pixels.data);
      const theirs = halves(vector);
      expect(own.length).toBe(theirs.length);
      expect(cosine(own, theirs)).toBeGreaterThan(0.999);
    },
  );

  it('depends on the picture', async () => {
    const { pixels } = await seePicture(goldenFile('colour.png'), decoders.canvas, 224);
    const own = await model.encode(pixels.data);
    expect(cosine(own, halves(seen.find(({ name }) => name === 'large.jpg')?.vector ?? ''))).toBeLessThan(0.99);
    expect(cosine(own, halves(seen.find(({ name }) => name === 'orientation-6.jpg')?.vector ?? ''))).toBeLessThan(
      0.999,
    );
  });
});
