import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheSize, VectorCache } from './vectorCache';

const numbers = 5;
const key = 'ab'.repeat(32);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function digestOf(k: number): Uint8Array {
  return createHash('sha256').update(String(k)).digest();
}

function vectorsOf(items: readonly number[]): Float32Array {
  return Float32Array.from(items.flatMap((k) => Array.from({ length: numbers }, (_, j) => Math.fround(k + j / 7))));
}

async function withCache<T>(
  use: (cache: VectorCache) => Promise<T>,
  options: { mostBytes?: number; quietMs?: number; key?: string } = {},
): Promise<T> {
  const cache = await VectorCache.open({ folder, key, numbers, ...options });
  try {
    return await use(cache);
  } finally {
    await cache.close();
  }
}

async function keep(items: readonly number[], options: { mostBytes?: number; quietMs?: number } = {}): Promise<void> {
  await withCache((cache) => cache.add(items.map(digestOf), vectorsOf(items)), options);
}

/** Items that are found; each with its own vector. */
async function found(items: readonly number[], options: { key?: string } = {}): Promise<number[]> {
  return withCache(async (cache) => {
    const out = new Float32Array(items.length * numbers);
    const missing = new Set(await cache.find(items.map(digestOf), out));
    const there = items.filter((_, k) => !missing.has(k));
    there.forEach((item) => {
      const k = items.indexOf(item);
      expect(out.slice(k * numbers, (k + 1) * numbers)).toEqual(vectorsOf([item]));
    });
    return there;
  }, options);
}

function filesOf(ending: string): string[] {
  const place = join(folder, key.slice(0, 32));
  return readdirSync(place)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(place, name));
}

describe('VectorCache', () => {
  it('finds what was added in any order, over segments, and nothing of another encoder', async () => {
    await keep([1, 2, 3, 4, 5, 6]);
    await keep([10, 11]);
    expect(await found([11, 4, 99, 3, 1, 10, 6])).toEqual([11, 4, 3, 1, 10, 6]);
    expect(await found([1, 2], { key: 'cd'.repeat(32) })).toEqual([]);
    expect(await cacheSize(folder)).toBe(8 * (4 * numbers + 40));
  });

  it('takes an entry that any byte of is damaged for one that is not there, and no other', async () => {
    const items = [1, 2, 3, 4];
    await keep(items);
    for (const [ending, bytes] of [['.keys', 40] as const, ['.vectors', 4 * numbers] as const]) {
      const [file] = filesOf(ending);
      const whole = readFileSync(file);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const damaged = Buffer.from(whole);
          damaged[at] ^= change;
          writeFileSync(file, damaged);
          expect(await found(items)).toEqual(items.filter((_, k) => k !== Math.floor(at / bytes)));
        }),
        { seed: 7, numRuns: 40 },
      );
      writeFileSync(file, whole);
    }
  });

  it('goes on behind files that end anywhere', async () => {
    await keep([1, 2, 3]);
    truncateSync(filesOf('.vectors')[0], 2 * 4 * numbers + 3);
    expect(await found([1, 2, 3])).toEqual([1, 2]);
    truncateSync(filesOf('.keys')[0], 40 + 13);
    expect(await found([1, 2, 3])).toEqual([1]);
    await keep([2, 3]);
    expect(await found([1, 2, 3])).toEqual([1, 2, 3]);
  });

  it('takes what was not used for longest away when there is no room', async () => {
    await keep([1, 2, 3]);
    const old = new Date(Date.now() - 1e6);
    filesOf('.keys').forEach((file) => utimesSync(file, old, old));
    await keep([4, 5]);
    await keep([6], { mostBytes: 3 * (4 * numbers + 40) });
    expect(await found([1, 2, 3, 4, 5, 6])).toEqual([4, 5, 6]);
  });

  it('keeps what is asked for again, however long ago it was made', async () => {
    await keep([1, 2]);
    await keep([3, 4]);
    const old = new Date(Date.now() - 1e6);
    filesOf('.keys').forEach((file) => utimesSync(file, old, old));
    expect(await found([1])).toEqual([1]);
    await keep([5], { mostBytes: 2 * (4 * numbers + 40) });
    expect(await found([1, 2, 3, 4, 5])).toEqual([1, 2, 5]);
  });

  it('makes one of many segments', async () => {
    const items = Array.from({ length: 16 }, (_, k) => k);
    for (const item of items) await keep([item]);
    await keep([100], { quietMs: 0 });
    expect(filesOf('.keys')).toHaveLength(2);
    expect(await found([...items, 100])).toEqual([...items, 100]);
  });

  it('says when nothing can be kept, and is of use all the same', async () => {
    await keep([1]);
    const place = join(folder, key.slice(0, 32));
    rmSync(place, { recursive: true });
    writeFileSync(place, 'a file in the way');
    await withCache(async (cache) => {
      await cache.add([digestOf(2)], vectorsOf([2]));
      expect(cache.failure).toBeInstanceOf(Error);
      expect(await cache.find([digestOf(2)], new Float32Array(numbers))).toEqual([0]);
    });
  });
});
