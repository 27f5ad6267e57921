import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BugError, InputError } from '../../core/base/errors';
import type { Encoder, EncoderItem, PictureEncoderSettings, TextEncoderSettings } from './encoder';
import type { OnnxSession, OnnxValue } from './onnxSession';
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
export async function openModel(encoder: Encoder): Promise<EncoderModel> {
  const { settings, folder } = encoder;
  try {
    const session = await openOnnxSession(join(folder, settings.model));
    return settings.kind === 'text'
      ? await textModel(session, settings, tokenizerOf(encoder))
      : pictureModel(session, settings);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      `The encoder ${settings.name} could not be loaded: ${said}. Run "npm run setup", or audit without an encoder.`,
      { cause },
    );
  }
}

/** Of an encoder of texts: its tokenizer's file. */
function tokenizerOf({ settings, folder, tokenizerFile }: Encoder): string {
  return tokenizerFile ?? join(folder, settings.kind === 'text' ? settings.tokenizer : '');
}

async function textModel(
  session: OnnxSession,
  settings: TextEncoderSettings,
  tokenizer: string,
): Promise<EncoderModel> {
  const json: unknown = JSON.parse(await readFile(tokenizer, 'utf8'));
  const reader = new TokenReader(json, settings.tokens);
  const { numbers, pooling } = settings;
  const output = outputOf(session, pooling === 'none' ? [2] : [3], numbers);
  return {
    async encode(item) {
      if (typeof item !== 'string') throw new BugError('A text encoder got something else.');
      const made = await session.run(textFeeds(session, reader.read(item)), output);
      const vector = pooling === 'mean' ? meanRow(made.data, numbers) : made.data.slice(0, numbers);
      return settings.normalise ? normalise(vector) : vector;
    },
    close: () => session.close(),
  };
}

/** What a network of texts gets: one text, nothing padded. @throws Error for an input that is not known */
export function textFeeds(session: OnnxSession, ids: readonly number[]): Parameters<OnnxSession['run']>[0] {
  const shape = [1, ids.length];
  return Object.fromEntries(session.inputs.map(({ name }) => [name, session.int64(inputOf(name, ids), shape)]));
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
  // Of a network that makes a vector of each part of a picture, the first stands for all of it.
  const output = outputOf(session, [2, 4, 3], numbers);
  return {
    async encode(item) {
      if (typeof item === 'string' || item.length !== 3 * side * side) {
        throw new BugError('A picture encoder got something else.');
      }
      const made = await session.run(pictureFeeds(session, item, settings), output);
      return made.data.slice(0, numbers);
    },
    close: () => session.close(),
  };
}

/** What a network of pictures gets: one square, its colours scaled. @throws Error when it has other inputs too */
export function pictureFeeds(
  session: OnnxSession,
  pixels: Uint8Array,
  settings: Pick<PictureEncoderSettings, 'side' | 'mean' | 'deviation' | 'layout'>,
): Parameters<OnnxSession['run']>[0] {
  const { side, layout } = settings;
  const [input] = session.inputs;
  if (session.inputs.length !== 1) throw new Error(`it has ${session.inputs.length} inputs instead of one`);
  const shape = layout === 'pixels' ? [1, side, side, 3] : [1, 3, side, side];
  return { [input.name]: session.float32(scaleColours(pixels, settings), shape) };
}

/** Colours scaled: one after the other, as most networks take them, or pixel by pixel. */
function scaleColours(
  pixels: Uint8Array,
  { mean, deviation, layout }: Pick<PictureEncoderSettings, 'mean' | 'deviation' | 'layout'>,
): Float32Array {
  const area = pixels.length / 3;
  const scaled = new Float32Array(pixels.length);
  for (let colour = 0; colour < 3; colour++) {
    for (let k = 0, at = colour; k < area; k++, at += 3) {
      const place = layout === 'pixels' ? at : colour * area + k;
      scaled[place] = (pixels[at] - mean[colour]) / deviation[colour];
    }
  }
  return scaled;
}

/** The output with vectors of that length, of the first number of axes that there is one of. */
function outputOf({ outputs }: OnnxSession, axes: readonly number[], numbers: number): string {
  const fits = ({ shape }: OnnxValue): boolean => sizeOf(shape) === numbers || sizeOf(shape) === undefined;
  const found = axes
    .flatMap((count) => outputs.filter(({ shape }) => shape.length === count))
    .filter(fits)
    .sort((a, b) => Number(sizeOf(a.shape) === undefined) - Number(sizeOf(b.shape) === undefined))[0] as
    OnnxValue | undefined;
  if (found === undefined) throw new Error(`it has no output of vectors with ${numbers} numbers`);
  return found.name;
}

/** Length of the vectors of an output: its last axis, of four the second; undefined where that is free. */
function sizeOf(shape: readonly (number | string)[]): number | undefined {
  const size = shape[shape.length === 4 ? 1 : shape.length - 1];
  return typeof size === 'number' && size > 0 ? size : undefined;
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
