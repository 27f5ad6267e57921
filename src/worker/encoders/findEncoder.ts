import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UnavailableError } from '../../core/base/errors';
import { readSmallFile } from '../store/files/plainFile';
import type { Encoder, EncoderKind, EncoderSettings } from './encoder';
import { encoderSettingsSchema } from './encoder';

/** To be raised when the same file and settings give other vectors than before. */
const methodVersion = 1;

/**
 * The encoder that set-up brought (scripts/setup/encoders.mjs); null where there is none. Reads its files once, some
 * 25 MB.
 * @throws UnavailableError when a file is not as it was reviewed.
 */
export async function findEncoder(applicationFolder: string, kind: EncoderKind): Promise<Encoder | null> {
  const folder = join(applicationFolder, 'node_modules', '.assay', 'encoders', kind);
  let text: string;
  try {
    text = await readSmallFile(join(folder, 'encoder.json'));
  } catch {
    return null;
  }
  return checkEncoder(folder, parse(text, folder));
}

async function checkEncoder(folder: string, settings: EncoderSettings): Promise<Encoder> {
  const found = await hashEncoderFile(join(folder, settings.model));
  if (found !== settings.sha256) throw damaged(folder);
  const tokenizer = settings.kind === 'text' ? await hashEncoderFile(join(folder, settings.tokenizer)) : '';
  return { settings, folder, key: encoderKey(settings, [tokenizer]) };
}

/** See `Encoder.key`. `files`: SHA-256 of the files that decide the vectors beside the model. */
export function encoderKey(settings: EncoderSettings, files: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([methodVersion, settings, ...files]))
    .digest('hex');
}

function parse(text: string, folder: string): EncoderSettings {
  try {
    return encoderSettingsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(folder, cause);
  }
}

/** @throws UnavailableError */
export async function hashEncoderFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw damaged(file, cause);
  }
  return hash.digest('hex');
}

function damaged(place: string, cause?: unknown): UnavailableError {
  return new UnavailableError(
    `The encoder in ${place} is damaged. Delete that folder and run "npm run setup", or audit without an encoder.`,
    { details: { place }, cause },
  );
}
