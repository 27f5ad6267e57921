import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EncoderItem } from '../../src/worker/encoders/encoder';
import { openModel } from '../../src/worker/encoders/models';
import { openOwnEncoder } from '../../src/worker/encoders/ownEncoder';
import own from './data/ownEncoders.json';
import { encodersSkipReason } from './installedEncoder';

type Name = keyof typeof own.models;

/** What a picture of the script has, from 0 to 255. */
function pictureOf(side: number): Uint8Array {
  return Uint8Array.from({ length: 3 * side * side }, (_, at) => {
    const place = Math.floor(at / 3);
    return (7 * (place % side) + 13 * Math.floor(place / side) + 29 * (at % 3)) % 256;
  });
}

// Where set-up could not get encoders there may be no onnxruntime either.
describe.skipIf(encodersSkipReason() !== undefined)("an encoder of the analyst's own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-own-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a network and what lies beside it. */
  function put(name: Name, beside: Readonly<Record<string, unknown>> = {}, place = 'model.onnx'): string {
    const file = join(folder, place);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(own.models[name], 'base64'));
    for (const [path, json] of Object.entries(beside)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), JSON.stringify(json));
    }
    return file;
  }

  async function vectorOf(file: string, item: EncoderItem): Promise<number[]> {
    const model = await openModel(await openOwnEncoder(file));
    try {
      return [...(await model.encode(item))];
    } finally {
      await model.close();
    }
  }

  function expectVector(found: readonly number[], wanted: readonly number[]): void {
    expect(found).toHaveLength(wanted.length);
    found.forEach((value, k) => expect(value).toBeCloseTo(wanted[k] ?? Number.NaN, 5));
  }

  const scaled = { image_mean: [100 / 255, 100 / 255, 100 / 255], image_std: [50 / 255, 50 / 255, 50 / 255] };
  const { tokenizer } = own;

  it('of texts takes the mean over tokens, the first token or the vector of the text, as the files say', async () => {
    const plain = { 'tokenizer.json': tokenizer, 'modules.json': [{ type: 'sentence_transformers.models.Pooling' }] };
    expectVector(await vectorOf(put('tokens', plain), own.text), own.vectors.mean);
    const first = {
      ...plain,
      '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
    };
    expectVector(await vectorOf(put('tokens', first), own.text), own.vectors.first);
    rmSync(join(folder, '1_Pooling'), { recursive: true });
    expectVector(await vectorOf(put('sentence', plain), own.text), own.vectors.sentence);
  });

  it('of texts gives vectors of length 1 unless its files say otherwise, and cuts texts where they say', async () => {
    const file = put('tokens', { 'tokenizer.json': tokenizer, 'sentence_bert_config.json': { max_seq_length: 9 } });
    const vector = await vectorOf(file, own.text);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect((await openOwnEncoder(file)).settings).toMatchObject({
      kind: 'text',
      tokens: 9,
      numbers: 4,
      pooling: 'mean',
    });
    put('tokens', { 'tokenizer_config.json': { model_max_length: 1e30 } });
    rmSync(join(folder, 'sentence_bert_config.json'));
    expect((await openOwnEncoder(file)).settings).toMatchObject({ tokens: 512 });
  });

  it('finds its files above a folder onnx, and through links', async () => {
    const file = put('sentence', { 'real.json': tokenizer, 'modules.json': [] }, 'onnx/model.onnx');
    symlinkSync('real.json', join(folder, 'tokenizer.json'));
    expectVector(await vectorOf(file, own.text), own.vectors.sentence);
  });

  it('of pictures takes colours by planes or by pixels, and vectors in two, three or four axes', async () => {
    const file = put('colours', { 'preprocessor_config.json': scaled });
    expectVector(await vectorOf(file, pictureOf(16)), own.vectors.colours);
    expectVector(await vectorOf(put('patches'), pictureOf(16)), own.vectors.patches);
    put('pixels', { 'preprocessor_config.json': { ...scaled, size: { shortest_edge: 20 }, crop_size: 12 } });
    expectVector(await vectorOf(file, pictureOf(12)), own.vectors.pixels);
  });

  it("is described by an encoder.json of one's own, too", async () => {
    const said = { kind: 'pictures', numbers: 3, side: 16, mean: [100, 100, 100], deviation: [50, 50, 50] };
    expectVector(await vectorOf(put('colours', { 'encoder.json': said }), pictureOf(16)), own.vectors.colours);
    const wrong = put('colours', { 'encoder.json': { ...said, mean: 'grey' } });
    await expect(openOwnEncoder(wrong)).rejects.toThrow(/encoder\.json beside .* does not fit: mean/);
  });

  it('has another key where anything that decides the vectors is another', async () => {
    const file = put('tokens', { 'tokenizer.json': tokenizer });
    const { key } = await openOwnEncoder(file);
    expect((await openOwnEncoder(file)).key).toBe(key);
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify({ ...tokenizer, version: '1.1' }));
    const other = (await openOwnEncoder(file)).key;
    expect(other).not.toBe(key);
    writeFileSync(`${file}_data`, 'weights');
    expect((await openOwnEncoder(file)).key).not.toBe(other);
  });

  it.each<[string, Name, Readonly<Record<string, unknown>>, RegExp]>([
    ['without a tokenizer', 'tokens', {}, /no tokenizer\.json beside it/],
    [
      'with an input that is not known',
      'positions',
      { 'tokenizer.json': tokenizer },
      /its input "position_ids" is not known/,
    ],
    ['of half precision', 'half', { 'tokenizer.json': tokenizer }, /half_out \(float16\)\. Export it as float32/],
    [
      'of pictures whose colours are not told',
      'colours',
      {},
      /how colours are scaled\. Put its preprocessor_config\.json/,
    ],
    [
      'of pictures whose size is not told',
      'pixels',
      { 'preprocessor_config.json': scaled },
      /how large its pictures are/,
    ],
    ['of numbers', 'numbers', {}, /neither of texts .* nor of pictures .*: its inputs are x \(float32/],
    [
      'with a pooling that is not known',
      'tokens',
      { 'tokenizer.json': tokenizer, '1_Pooling/config.json': { pooling_mode_max_tokens: true } },
      /pools its tokens in a way that is not known/,
    ],
    [
      'with a damaged file beside it',
      'colours',
      { 'preprocessor_config.json': { image_mean: 'no' } },
      /preprocessor_config\.json is not as it should be/,
    ],
  ])('%s is refused with a sentence', async (_, name, beside, message) => {
    await expect(openOwnEncoder(put(name, beside))).rejects.toThrow(message);
  });

  it('that is no network, or not there, is refused', async () => {
    const file = join(folder, 'model.onnx');
    await expect(openOwnEncoder(file)).rejects.toThrow(/cannot be read\. Name an ONNX file/);
    await expect(openOwnEncoder(folder)).rejects.toThrow(/cannot be read\. Name an ONNX file/);
    writeFileSync(file, 'not a network');
    await expect(openOwnEncoder(file)).rejects.toThrow(/is no network that can be loaded/);
  });
});
