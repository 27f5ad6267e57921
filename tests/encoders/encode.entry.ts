import { createHash } from 'node:crypto';
import { VectorCache } from '../../src/worker/encoders/cache/vectorCache';
import type { Encoder } from '../../src/worker/encoders/encoder';
import { EncoderPool } from '../../src/worker/encoders/encoderPool';
import { ItemEncoder } from '../../src/worker/encoders/itemEncoder';

/** A process to kill: encodes texts into a cache, and tells each time how many it has done. */

const [threadPath, folder, encoderText, count] = process.argv.slice(2);
const encoder = JSON.parse(encoderText) as Encoder; // The test gives it.
const texts = Array.from({ length: Number(count) }, (_, k) => `Text number ${k}, about this and that.`);

async function main(): Promise<void> {
  const { numbers } = encoder.settings;
  const cache = await VectorCache.open({ folder, key: encoder.key, numbers });
  const items = new ItemEncoder(new EncoderPool({ threadPath, encoder, threads: 2 }), cache, numbers);
  const digests = texts.map((text) => createHash('sha256').update(text).digest());
  const signal = { cancelled: false, throwIfCancelled: () => undefined };
  const vectors = await items.encode({ digests, load: (k) => texts[k] }, signal, (done) => console.log(done));
  const sum = createHash('sha256').update(vectors).digest('hex');
  console.log(JSON.stringify({ encoded: items.encoded, sum }));
  await items.close();
}

void main();
