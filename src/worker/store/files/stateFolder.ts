import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolderSync } from './makeFolder';
import { readSmallFileSync } from './plainFile';

/**
 * Where Assay keeps in mind small things of one person on one machine, as the XDG convention has it. All of it may be
 * deleted at any time.
 */
export function stateFolder(): string {
  const state = process.env['XDG_STATE_HOME'];
  return join(state === undefined || state === '' ? join(homedir(), '.local', 'state') : state, 'assay');
}

/** A random key of this person on this machine; undefined where it can be neither read nor made. */
function personalKey(): Buffer | undefined {
  const file = join(stateFolder(), 'key');
  const read = (): Buffer | undefined => {
    const text = readSmallFileSync(file);
    return /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  };
  try {
    return read();
  } catch {
    // Not there yet.
  }
  try {
    makeFolderSync(stateFolder(), 0o700);
    writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
    return read();
  } catch {
    // Another process was first, or there is no room for it.
    try {
      return read();
    } catch {
      return undefined;
    }
  }
}

/**
 * Proves later that a text was sealed by this person on this machine, and by nobody who sends files. undefined: it
 * cannot be.
 */
export function sealText(text: string): string | undefined {
  const key = personalKey();
  return key === undefined ? undefined : createHmac('sha256', key).update(text).digest('hex');
}

export function isSealed(text: string, seal: string | undefined): boolean {
  const own = seal === undefined ? undefined : sealText(text);
  if (own === undefined || seal === undefined || seal.length !== own.length) return false;
  return timingSafeEqual(Buffer.from(own), Buffer.from(seal));
}
