import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Encoder, EncoderKind } from '../../src/worker/encoders/encoder';
import { findEncoder } from '../../src/worker/encoders/findEncoder';

const root = resolve(__dirname, '../..');

/**
 * Why tests of encoders may be skipped on this machine: only when set-up says that it could not get them. `undefined`:
 * they must run.
 */
export function encodersSkipReason(): string | undefined {
  const file = resolve(root, 'node_modules/.assay/setup.json');
  if (!existsSync(file)) return undefined;
  const setup = JSON.parse(readFileSync(file, 'utf8')) as { encoders?: { source?: string; reason?: string } }; // Ours.
  if (setup.encoders?.source !== 'none') return undefined;
  return `set-up found no encoders: ${setup.encoders.reason ?? 'no reason given'}`;
}

/** The encoder that set-up brought to this checkout. */
export async function installedEncoder(kind: EncoderKind): Promise<Encoder> {
  const encoder = await findEncoder(root, kind);
  if (encoder === null) throw new Error(`There is no encoder of ${kind} in node_modules/.assay: run "npm run setup".`);
  return encoder;
}
