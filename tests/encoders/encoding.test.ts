import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/core/base/errors';
import { VectorCache } from '../../src/worker/encoders/cache/vectorCache';
import type { Encoder } from '../../src/worker/encoders/encoder';
import { EncoderPool } from '../../src/worker/encoders/encoderPool';
import { ItemEncoder } from '../../src/worker/encoders/itemEncoder';
import { bundleThread } from '../backends/bundleThread';
import { encodersSkipReason, installedEncoder } from './installedEncoder';

const never = { cancelled: false, throwIfCancelled: () => undefined };

function itemsOf(texts: readonly string[]): Parameters<ItemEncoder['encode']>[0] {
  return { digests: texts.map((text) => createHash('sha256').update(text).digest()), load: (k) => texts[k] };
}

describe.skipIf(encodersSkipReason() !== undefined)('encoding in threads', () => {
  let threadPath: string;
  let encoder: Encoder;
  let folder: string;
  beforeAll(async () => {
    threadPath = await bundleThread('src/worker/encoders/encoderThread.ts');
    encoder = await installedEncoder('text');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-vectors-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function open(threads = 2): Promise<ItemEncoder> {
    const { numbers } = encoder.settings;
    const cache = await VectorCache.open({ folder, key: encoder.key, numbers });
    return new ItemEncoder(new EncoderPool({ threadPath, encoder, threads }), cache, numbers);
  }

  async function encode(texts: readonly string[], threads = 2): Promise<{ vectors: Float32Array; encoded: number }> {
    const items = await open(threads);
    try {
      const vectors = await items.encode(itemsOf(texts), never);
      return { vectors, encoded: items.encoded };
    } finally {
      await items.close();
    }
  }

  it('encodes nothing a second time, and of new rows only the new ones', async () => {
    const texts = Array.from({ length: 30 }, (_, k) => `Row ${k}`);
    const first = await encode([...texts, texts[3], texts[3]]);
    expect(first.encoded).toBe(30);
    expect(first.vectors.subarray(30 * 384, 31 * 384)).toEqual(first.vectors.subarray(3 * 384, 4 * 384));
    const again = await encode(texts);
    expect(again.encoded).toBe(0);
    expect(again.vectors).toEqual(first.vectors.slice(0, 30 * 384));
    const added = await encode(['new first', ...texts, 'new last']);
    expect(added.encoded).toBe(2);
    expect(added.vectors.slice(384, 31 * 384)).toEqual(again.vectors);
  });

  it('gives the same vectors whatever is encoded beside them, by one thread or two', async () => {
    const texts = Array.from({ length: 12 }, (_, k) => 'word '.repeat(1 + 7 * k));
    const { vectors } = await encode(texts);
    rmSync(folder, { recursive: true });
    const { vectors: alone } = await encode(texts.slice(7), 1);
    expect(alone).toEqual(vectors.slice(7 * 384));
  });

  it('stops soon when it is cancelled, keeps what was done, and goes on with the rest', async () => {
    const texts = Array.from({ length: 400 }, (_, k) => `${k} ${'and so on '.repeat(40)}`);
    const items = await open();
    let cancelled = false;
    let done = 0;
    const signal = {
      get cancelled() {
        return cancelled;
      },
      throwIfCancelled() {
        if (cancelled) throw new CancelledError();
      },
    };
    const encoding = items.encode(itemsOf(texts), signal, (now) => {
      done = now;
      if (now >= 8) cancelled = true;
    });
    await expect(encoding).rejects.toThrow(CancelledError);
    await items.close();
    expect(done).toBeLessThan(100);
    const rest = await encode(texts.slice(0, 16));
    expect(rest.encoded).toBeLessThanOrEqual(16 - 4);
  });

  it('says in words what is wrong with files that do not belong together', async () => {
    const pool = new EncoderPool({
      threadPath,
      encoder: { ...encoder, settings: { ...encoder.settings, numbers: 7 } },
      threads: 1,
    });
    const encoding = pool.encode(['a'], never, () => undefined);
    await expect(encoding).rejects.toThrow(
      'The encoder all-MiniLM-L6-v2 (int8) could not be loaded: it has no output of vectors with 7 numbers.',
    );
    await pool.close();
  });

  it('goes on where it was after it was killed', async () => {
    const count = 100;
    const entry = await bundleThread('tests/encoders/encode.entry.ts');
    const args = [entry, threadPath, folder, JSON.stringify(encoder), String(count)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let done = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      done = Number(line);
      if (done >= 24) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const lines = stdout.trim().split('\n');
    const second = JSON.parse(lines[lines.length - 1]) as { encoded: number; sum: string };
    expect(second.encoded).toBeLessThanOrEqual(count - done + 8);
    expect(second.encoded).toBeGreaterThan(0);
    rmSync(folder, { recursive: true });
    const { stdout: whole } = await promisify(execFile)(process.execPath, args);
    expect(whole).toContain(JSON.stringify({ encoded: count, sum: second.sum }));
  });
});
