import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BugError, InputError } from '../../core/base/errors';
import type { Encoder, EncoderItem, PictureEncoderSettings, TextEncoderSettings } from './encoder';
import type { OnnxSession } from './onnxSession';
import { openOnnxSession } from './onnxSession';
import { TokenReader } from './tokenReader';

/** An encoder at work in this thread. */
export interface EncoderModel {
  /**
   * The vector of one item, of `settings.numbers` numbers. Each is encoded by itself: networks of 8-bit integers round
   * by the largest number of a batch, so that what a vector is would depend on its neighbours; and it is no slower.
   */
  encode(item: EncoderItem): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @throws InputError when the files cannot be loaded or do not belong together. */
export async function openModel({ settings, folder }: Encoder): Promise<EncoderModel> {
  try {
    const session = await openOnnxSession(join(folder, settings.model));
    return settings.kind === 'text' ? await textModel(session, settings, folder) : pictureModel(session, settings);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      `The encoder ${settings.name} could not be loaded: ${said}. Run "npm run setup", or audit without an encoder.`,
      { cause },
    );
  }
}

async function textModel(session: OnnxSession, settings: TextEncoderSettings, folder: string): Promise<EncoderModel> {
  const json: unknown = JSON.parse(await readFile(join(folder, settings.tokenizer), 'utf8'));
  const reader = new TokenReader(json, settings.tokens);
  const output = outputOf(session, 3, settings.numbers);
  const feedsOf = (ids: readonly number[]): Parameters<OnnxSession['run']>[0] => {
    const shape = [1, ids.length];
    const feeds: Record<string, ReturnType<OnnxSession['int64']>> = {};
    for (const name of session.inputNames) feeds[name] = session.int64(inputOf(name, ids), shape);
    return feeds;
  };
  return {
    async encode(item) {
      if (typeof item !== 'string') throw new BugError('A text encoder got something else.');
      const ids = reader.read(item);
      const mean = meanRow(await session.run(feedsOf(ids), output), settings.numbers);
      return settings.normalise ? normalise(mean) : mean;
    },
    close: () => session.close(),
  };
}

/** Inputs of the BERT family; there is one text only, and nothing is padded. */
function inputOf(name: string, ids: readonly number[]): BigInt64Array {
  switch (name) {
    case 'input_ids':
      return BigInt64Array.from(ids, BigInt);
    case 'attention_mask':
      return new BigInt64Array(ids.length).fill(1n);
    case 'token_type_ids':
      return new BigInt64Array(ids.length);
    default:
      throw new Error(`its input "${name}" is not known`);
  }
}

function pictureModel(session: OnnxSession, settings: PictureEncoderSettings): EncoderModel {
  const { side, numbers } = settings;
  const [input] = session.inputNames;
  if (session.inputNames.length !== 1) throw new Error(`it has ${session.inputNames.length} inputs instead of one`);
  const output = outputOf(session, 2, numbers);
  return {
    async encode(item) {
      if (typeof item === 'string' || item.length !== 3 * side * side) {
        throw new BugError('A picture encoder got something else.');
      }
      const planes = session.float32(planesOf(item, settings), [1, 3, side, side]);
      return session.run({ [input]: planes }, output);
    },
    close: () => session.close(),
  };
}

/** Colours one after the other, as networks take them. */
function planesOf(pixels: Uint8Array, { mean, deviation }: PictureEncoderSettings): Float32Array {
  const area = pixels.length / 3;
  const planes = new Float32Array(pixels.length);
  for (let colour = 0; colour < 3; colour++) {
    for (let k = 0, at = colour; k < area; k++, at += 3) {
      planes[colour * area + k] = (pixels[at] - mean[colour]) / deviation[colour];
    }
  }
  return planes;
}

/** The output with vectors of that length. */
function outputOf({ outputs }: OnnxSession, axes: number, numbers: number): string {
  const found = outputs.find(({ shape }) => shape.length === axes && shape[axes - 1] === numbers);
  if (found === undefined) throw new Error(`it has no output of vectors with ${numbers} numbers`);
  return found.name;
}

/** The mean over rows, in float64. */
function meanRow(rows: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < rows.length; at += width) for (let j = 0; j < width; j++) sums[j] += rows[at + j];
  const count = rows.length / width;
  return Float32Array.from(sums, (sum) => sum / count);
}

function normalise(vector: Float32Array): Float32Array {
  const length = Math.max(1e-12, Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)));
  return vector.map((value) => value / length);
}
