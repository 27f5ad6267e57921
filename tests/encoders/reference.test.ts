import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/worker/encoders/models';
import { TokenReader } from '../../src/worker/encoders/tokenReader';
import { encodersSkipReason, installedEncoder } from './installedEncoder';

type Repeated = readonly [unit: string, times: number];

function readData<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, 'data', name), 'utf8')) as T; // What make_encoders.py writes.
}

function textOf([unit, times]: Repeated): string {
  return unit.repeat(times);
}

function vectorOf(packed: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(packed, 'base64')).buffer);
}

function worstDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((worst, value, k) => Math.max(worst, Math.abs(value - expected[k])), 0);
}

const vectors = readData<{
  readonly texts: readonly { readonly text: Repeated; readonly vector: string }[];
  readonly pictures: readonly string[];
}>('vectors.json');

describe.skipIf(encodersSkipReason() !== undefined)("encoders beside Python's libraries", () => {
  it('reads the tokens that tokenizers reads, of long texts and of odd ones', async () => {
    const { folder } = await installedEncoder('text');
    const reader = new TokenReader(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')), 256);
    const cases = readData<readonly { readonly text: Repeated; readonly ids: readonly number[] }[]>('tokens.json');
    expect(cases.length).toBeGreaterThan(300);
    for (const { text, ids } of cases) {
      expect(reader.read(textOf(text)), JSON.stringify(text).slice(0, 200)).toEqual(ids);
    }
  });

  it('makes the vectors of texts that onnxruntime makes', async () => {
    const model = await openModel(await installedEncoder('text'));
    try {
      for (const { text, vector } of vectors.texts) {
        expect(worstDifference(await model.encode(textOf(text)), vectorOf(vector))).toBeLessThan(1e-4);
      }
    } finally {
      await model.close();
    }
  });

  it('makes the vectors of pictures that onnxruntime makes', async () => {
    const model = await openModel(await installedEncoder('pictures'));
    try {
      for (const [k, vector] of vectors.pictures.entries()) {
        expect(worstDifference(await model.encode(picture(k)), vectorOf(vector))).toBeLessThan(1e-4);
      }
    } finally {
      await model.close();
    }
  });
});

/** As in make_encoders.py. */
function picture(k: number): Uint8Array {
  const side = 224;
  return Uint8Array.from({ length: 3 * side * side }, (_, at) => {
    const colour = at % 3;
    const x = Math.floor(at / 3) % side;
    const y = Math.floor(at / (3 * side));
    return (7 * x + 13 * y + 29 * colour + 31 * k + x * y) % 256;
  });
}
