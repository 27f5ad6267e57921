import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { InputError } from '../../core/base/errors';
import type { Encoder, EncoderSettings, PictureEncoderSettings, TextEncoderSettings } from './encoder';
import { encoderSettingsSchema } from './encoder';
import { encoderKey, hashEncoderFile } from './findEncoder';
import { pictureFeeds, textFeeds } from './models';
import type { OnnxSession } from './onnxSession';
import { openOnnxSession } from './onnxSession';
import { TokenReader } from './tokenReader';

const mostTokens = 8_192;
/** Tokenizers of 250,000 words take 17 MB. */
const largestText = 64 * 2 ** 20;
/** BERT's own length, where nothing says another. */
const usualTokens = 512;

const size = z.union([
  z.number(),
  z.object({ height: z.number(), width: z.number() }).transform(({ height }) => height),
  z.object({ shortest_edge: z.number() }).transform(({ shortest_edge: edge }) => edge),
]);
const colours = z.array(z.number()).length(3);
/** Of what Hugging Face's libraries write beside a model. */
const files = {
  tokens: z.object({ max_seq_length: z.number().optional(), model_max_length: z.number().optional() }),
  pooling: z.object({
    pooling_mode_cls_token: z.boolean().optional(),
    pooling_mode_mean_tokens: z.boolean().optional(),
  }),
  modules: z.array(z.object({ type: z.string() })),
  pictures: z.object({
    size: size.optional(),
    crop_size: size.optional(),
    do_normalize: z.boolean().optional(),
    do_rescale: z.boolean().optional(),
    rescale_factor: z.number().positive().optional(),
    image_mean: colours.optional(),
    image_std: colours.optional(),
  }),
};

/**
 * An encoder of the analyst's own: an ONNX network of texts or of pictures. What is not in it is read from the files
 * beside it or in the folder above, as Hugging Face's libraries write them (tokenizer.json, 1_Pooling/config.json,
 * preprocessor_config.json, …), or from an encoder.json as set-up writes it. Runs it once, on next to nothing.
 * @throws InputError that says what is missing, and how to say it.
 */
export async function openOwnEncoder(path: string): Promise<Encoder> {
  const file = resolve(path);
  const folder = dirname(file);
  const sha256 = await hashEncoderFile(file).catch((cause: unknown) => {
    throw new InputError(`The encoder ${file} cannot be read. Name an ONNX file.`, { cause });
  });
  const data = await hashData(file);
  const said = await readBeside(folder, 'encoder.json', z.object({ model: z.string().optional() }).loose());
  if (said !== undefined && (said.model === undefined || said.model === basename(file))) {
    return settle(file, { version: 1, name: basename(file), ...said, model: basename(file), sha256 }, data);
  }
  let session: OnnxSession;
  try {
    session = await openOnnxSession(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`${file} is no network that can be loaded: ${why}`, { cause });
  }
  try {
    const base = { version: 1 as const, name: nameOf(file), model: basename(file), sha256 };
    if (session.inputs.some(({ name }) => name === 'input_ids')) return await texts(file, session, base, data);
    const [input] = session.inputs;
    if (session.inputs.length === 1 && input.type === 'float32' && input.shape.length === 4) {
      return await pictures(file, session, base, data);
    }
    const inputs = session.inputs.map(({ name, type, shape }) => `${name} (${type} ${shape.join(' × ')})`).join(', ');
    throw new InputError(
      `${file} is an encoder neither of texts (an input named input_ids) nor of pictures (one input with four axes, float32): its inputs are ${inputs}.`,
    );
  } finally {
    await session.close();
  }
}

type Base = Pick<EncoderSettings, 'version' | 'name' | 'model' | 'sha256'>;

async function texts(file: string, session: OnnxSession, base: Base, data: readonly string[]): Promise<Encoder> {
  const folder = dirname(file);
  const tokenizerFile = await findBeside(folder, 'tokenizer.json');
  if (tokenizerFile === undefined) {
    throw new InputError(`The encoder ${file} reads texts, and there is no tokenizer.json beside it. Put it there.`);
  }
  const sentence = await readBeside(folder, 'sentence_bert_config.json', files.tokens);
  const tokenizer = await readBeside(folder, 'tokenizer_config.json', files.tokens);
  const length = sentence?.max_seq_length ?? tokenizer?.model_max_length ?? usualTokens;
  // "No limit" is written as 10³⁰.
  const tokens = Math.max(8, Math.floor(length <= mostTokens ? length : usualTokens));
  const modules = await readBeside(folder, 'modules.json', files.modules);
  const normalise = modules === undefined || modules.some(({ type }) => type.endsWith('Normalize'));
  const json: unknown = JSON.parse(await readFile(tokenizerFile, 'utf8'));
  const feeds = await explain(file, () => Promise.resolve(textFeeds(session, new TokenReader(json, tokens).read('a'))));
  const made = await probe(file, session, feeds);
  const pooling = await poolingOf(file, made);
  const numbers = made.get(pooling === 'none' ? 2 : 3);
  if (numbers === undefined) {
    throw new InputError(`The encoder ${file} makes no vectors of ${pooling === 'none' ? 'texts' : 'tokens'}.`);
  }
  const settings: TextEncoderSettings = {
    ...base,
    kind: 'text',
    numbers,
    tokenizer: basename(tokenizerFile),
    tokens,
    pooling,
    normalise,
  };
  return {
    settings,
    folder,
    tokenizerFile,
    key: encoderKey(settings, [await hashEncoderFile(tokenizerFile), ...data]),
  };
}

/** How vectors of tokens become that of a text. */
async function poolingOf(file: string, made: ReadonlyMap<number, number>): Promise<TextEncoderSettings['pooling']> {
  const folder = dirname(file);
  const said = await readBeside(folder, join('1_Pooling', 'config.json'), files.pooling);
  if (said?.pooling_mode_mean_tokens === true) return 'mean';
  if (said?.pooling_mode_cls_token === true) return 'first';
  if (said !== undefined) {
    throw new InputError(
      `The encoder ${file} pools its tokens in a way that is not known here (1_Pooling/config.json): by mean or by the first token.`,
    );
  }
  return made.has(2) ? 'none' : 'mean';
}

async function pictures(file: string, session: OnnxSession, base: Base, data: readonly string[]): Promise<Encoder> {
  const folder = dirname(file);
  const [{ shape }] = session.inputs;
  const layout: 'pixels' | undefined = shape[1] !== 3 && shape[3] === 3 ? 'pixels' : undefined;
  const said = await readBeside(folder, 'preprocessor_config.json', files.pictures);
  const own = shape[layout === 'pixels' ? 1 : 2];
  const side = typeof own === 'number' && own > 0 ? own : (said?.crop_size ?? said?.size);
  const mean = said?.do_normalize === false ? [0, 0, 0] : said?.image_mean;
  const deviation = said?.do_normalize === false ? [1, 1, 1] : said?.image_std;
  if (side === undefined || mean === undefined || deviation === undefined) {
    const wanted = {
      kind: 'pictures',
      numbers: 512,
      side: side ?? 224,
      mean: [127.5, 127.5, 127.5],
      deviation: [127.5, 127.5, 127.5],
    };
    throw new InputError(
      `The encoder ${file} does not say ${side === undefined ? 'how large its pictures are' : 'how colours are scaled'}. Put its preprocessor_config.json beside it, ` +
        `or a file encoder.json such as ${JSON.stringify(wanted)}: numbers of a vector, pixels of a side, and the mean and deviation of each colour from 0 to 255.`,
    );
  }
  const factor = said?.do_rescale === false ? 1 : (said?.rescale_factor ?? 1 / 255);
  const shared = {
    side,
    mean: mean.map((value) => value / factor),
    deviation: deviation.map((value) => value / factor),
    ...(layout === undefined ? {} : { layout }),
  };
  const grey = new Uint8Array(3 * side * side).fill(128);
  const made = await probe(file, session, pictureFeeds(session, grey, shared));
  const numbers = made.get(2) ?? made.get(4) ?? made.get(3);
  if (numbers === undefined) throw new InputError(`The encoder ${file} makes no vectors of pictures.`);
  const settings: PictureEncoderSettings = { ...base, kind: 'pictures', numbers, ...shared };
  return settle(file, settings, data);
}

/** Lengths of the vectors that the network makes, by the axes of the output they are in. */
async function probe(
  file: string,
  session: OnnxSession,
  feeds: Parameters<OnnxSession['run']>[0],
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const others: string[] = [];
  for (const { name, type, shape: told } of session.outputs) {
    if (type !== 'float32') {
      others.push(`${name} (${type === '' ? 'no tensor' : type})`);
      continue;
    }
    const { shape } = await explain(file, () => session.run(feeds, name));
    const axes = shape.length;
    const length = axes === 4 && shape[2] === 1 && shape[3] === 1 ? shape[1] : axes === 4 ? undefined : shape[axes - 1];
    // The last time, it is found by its declared axes.
    if (length !== undefined && told.length === axes && !found.has(axes)) found.set(axes, length);
  }
  if (found.size === 0 && others.length > 0) {
    throw new InputError(
      `The encoder ${file} makes no numbers of single precision (float32): its outputs are ${others.join(', ')}. Export it as float32.`,
    );
  }
  return found;
}

async function explain<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`The encoder ${file} cannot be used: ${why}.`, { cause });
  }
}

/** @throws InputError where what encoder.json says does not fit. */
function settle(file: string, said: unknown, data: readonly string[]): Promise<Encoder> {
  const parsed = encoderSettingsSchema.safeParse(said);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue.path.join('.');
    throw new InputError(
      `The encoder.json beside ${file} does not fit: ${place === '' ? '' : `${place}: `}${issue.message}.`,
    );
  }
  return finish(file, parsed.data, data);
}

async function finish(file: string, settings: EncoderSettings, data: readonly string[]): Promise<Encoder> {
  const folder = dirname(file);
  const tokenizer = settings.kind === 'text' ? await hashEncoderFile(join(folder, settings.tokenizer)) : '';
  return { settings, folder, key: encoderKey(settings, [tokenizer, ...data]) };
}

/** SHA-256 of the files that hold weights beside the network's own: model.onnx.data, model.onnx_data. */
async function hashData(file: string): Promise<string[]> {
  const beside = (await readdir(dirname(file)).catch(() => [])).filter(
    (name) =>
      name !== basename(file) && /^[._]data/.test(name.slice(basename(file).length)) && name.startsWith(basename(file)),
  );
  return Promise.all(beside.sort().map((name) => hashEncoderFile(join(dirname(file), name))));
}

/** "bge-small/model.onnx": files are called model.onnx more often than not. */
function nameOf(file: string): string {
  const folder = basename(dirname(file)) === 'onnx' ? dirname(dirname(file)) : dirname(file);
  return `${basename(folder)}/${basename(file)}`.slice(-200);
}

/**
 * A file in the folder, or in the one above where the network lies in a folder `onnx`. Links are followed: caches of
 * models are full of them, and the analyst has named this one.
 */
async function findBeside(folder: string, name: string): Promise<string | undefined> {
  for (const place of placesOf(folder)) {
    const stats = await stat(join(place, name)).catch(() => undefined);
    if (stats?.isFile() === true && stats.size <= largestText) return join(place, name);
  }
  return undefined;
}

async function readBeside<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const file = await findBeside(folder, name);
  if (file === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new InputError(`${file} is not as it should be, and says how the encoder is used.`, { cause });
  }
}

function placesOf(folder: string): readonly string[] {
  return basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder];
}
