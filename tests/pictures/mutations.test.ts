import { expect, it } from 'vitest';
import { InputError } from '../../src/core/base/errors';
import { createRandom } from '../../src/core/base/random';
import { configureTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { seePicture } from '../../src/worker/pictures/readPicture';
import { findDecoders } from '../../src/worker/pictures/thread/servePictures';
import { decode64, golden } from './pictureData';

configureTensorflow();
/** `scripts/mutations.mjs pictures` tries more. */
const count = Number(process.env['ASSAY_MUTATIONS'] ?? 600);
/** Of one picture; decoding the largest one takes a second. */
const longestMs = 5_000;

const seeds = golden.pictures.map(({ bytes }) => decode64(bytes));
const numbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];

function mutate(bytes: Buffer, random: ReturnType<typeof createRandom>): Buffer {
  let mutated = Buffer.from(bytes);
  for (let times = 1 + random.integer(4); times > 0; times--) {
    // Most of what matters stands at the beginning.
    const reach = random.integer(2) === 0 ? Math.min(64, mutated.length) : mutated.length;
    const at = random.integer(reach + 1);
    const length = random.integer(3) === 0 ? random.integer(mutated.length + 1) : random.integer(5);
    const taken = mutated.subarray(at, at + length);
    const change = random.integer(5);
    if (change === 0 && at + 4 <= mutated.length) {
      const value = numbers[random.integer(numbers.length)] as number;
      if (random.integer(2) === 0) mutated.writeUInt32LE(value, at);
      else mutated.writeUInt32BE(value, at);
    } else if (change === 1 && at < mutated.length) {
      mutated[at] = random.integer(256);
    } else {
      const middle = [Buffer.alloc(0), Buffer.concat([taken, taken]), Buffer.from(taken).reverse()][random.integer(3)];
      mutated = Buffer.concat([mutated.subarray(0, at), middle ?? taken, mutated.subarray(at + length)]);
    }
  }
  return mutated;
}

it(
  'a mutated picture is read, or refused in words, and soon',
  async () => {
    const random = createRandom(3);
    const all = findDecoders();
    let read = 0;
    let slowest = 0;
    for (let k = 0; k < count; k++) {
      const bytes = mutate(seeds[k % seeds.length] as Buffer, random);
      // Every other one by the decoder of last resort, as where native TensorFlow is missing.
      const decoders = random.integer(2) === 0 ? all : all.slice(-1);
      const began = performance.now();
      try {
        const { pixels } = await seePicture(bytes, decoders, 32);
        expect(pixels.data.length).toBe(3 * 32 * 32);
        read++;
      } catch (error) {
        if (!(error instanceof InputError))
          throw new Error(`mutation ${k}: ${bytes.toString('base64')}`, { cause: error });
        expect(error.message).toMatch(/^[A-Z].*\.$/);
      }
      slowest = Math.max(slowest, performance.now() - began);
    }
    console.log(
      `${count} mutated pictures: ${read} read, ${count - read} refused; the slowest took ${Math.round(slowest)} ms (limit of a script: ${longestMs}); ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most`,
    );
    expect(read).toBeGreaterThan(count / 10);
  },
  60_000 + count * 100,
);
