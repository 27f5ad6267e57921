import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeAll } from '../../closeAll';
import { createTurns } from '../../eventLoop';
import { makeFolderSync } from '../../store/files/makeFolder';
import { removeSegment, segmentOf, SegmentReader, segmentSize, SegmentWriter } from './segment';

/** Vectors of all encoders together take at most about so much; those that were not used for longest go first. */
const mostBytes = 8 * 2 ** 30;
/** Segments of an encoder from which on those that nobody has used for an hour become one. */
const mostSegments = 16;
const quietMs = 3600 * 1000;
const mergedAtOnce = 256;

interface VectorCacheOptions {
  /** Of all encoders; made when there is something to keep. */
  readonly folder: string;
  /** {@link Encoder.key}: vectors of other encoders, or by other settings, are elsewhere. */
  readonly key: string;
  /** Length of a vector. */
  readonly numbers: number;
  readonly mostBytes?: number;
  readonly quietMs?: number;
}

/**
 * Vectors by the SHA-256 of what was encoded, on disk. All of it may be deleted at any time, and whatever is damaged is
 * as if it were not there. Several processes may use it at once: each adds to segments of its own. An entry takes
 * 4·numbers + 40 bytes on disk, and some 100 in memory.
 */
export class VectorCache {
  readonly #options: VectorCacheOptions;
  readonly #folder: string;
  readonly #readers: SegmentReader[] = [];
  /** Where a vector is: number of its segment and its position there, as segment · 2³² + position. */
  readonly #places = new Map<string, number>();
  #writer: SegmentWriter | undefined;
  #failure: unknown;

  private constructor(options: VectorCacheOptions) {
    this.#options = options;
    this.#folder = join(options.folder, options.key.slice(0, 32));
  }

  /** Reads what there is: 40 bytes of each entry. */
  static async open(options: VectorCacheOptions): Promise<VectorCache> {
    const cache = new VectorCache(options);
    const turn = createTurns();
    for (const name of await listSegments(cache.#folder)) {
      // Gone meanwhile, or not to be read.
      const reader = await SegmentReader.open(cache.#folder, name).catch(() => undefined);
      if (reader === undefined) continue;
      const segment = cache.#readers.push(reader) - 1;
      for (let position = 0; position < reader.count; position++) {
        cache.#places.set(nameOf(reader.digest(position)), segment * 2 ** 32 + position);
        await turn();
      }
    }
    return cache;
  }

  /** Why vectors are not kept: the disk is full, or the folder must not be written; undefined while they are. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Puts the vectors that are known into `out`, row k for the k-th digest. @returns places of those that are not */
  async find(digests: readonly Uint8Array[], out: Float32Array): Promise<number[]> {
    const { numbers } = this.#options;
    const found = new Uint8Array(digests.length);
    const wanted = new Map<SegmentReader, { readonly position: number; readonly k: number }[]>();
    digests.forEach((digest, k) => {
      const place = this.#places.get(nameOf(digest));
      if (place === undefined) return;
      const reader = this.#readers[Math.floor(place / 2 ** 32)];
      const list = wanted.get(reader) ?? [];
      wanted.set(reader, list);
      list.push({ position: place % 2 ** 32, k });
    });
    for (const [reader, list] of wanted) {
      list.sort((a, b) => a.position - b.position);
      await reader.read(
        list.map(({ position }) => position),
        numbers,
        (index, vector) => {
          const { k } = list[index];
          out.set(vector, k * numbers);
          found[k] = 1;
        },
      );
    }
    return digests.flatMap((_, k) => (found[k] === 1 ? [] : [k]));
  }

  /** Keeps vectors for later; where that fails, {@link failure} says why, and nothing more is kept. */
  async add(digests: readonly Uint8Array[], vectors: Float32Array): Promise<void> {
    if (this.#failure !== undefined || digests.length === 0) return;
    try {
      this.#writer ??= await this.#begin();
      await this.#writer.append(digests, vectors);
    } catch (error) {
      this.#failure = error;
    }
  }

  async close(): Promise<void> {
    await closeAll([() => this.#writer?.close(), ...this.#readers.map((reader) => () => reader.close())]);
  }

  async #begin(): Promise<SegmentWriter> {
    const { folder, mostBytes: most = mostBytes, quietMs: quiet = quietMs } = this.#options;
    makeFolderSync(this.#folder, 0o700);
    await removeOldest(folder, most);
    await mergeSegments(this.#folder, this.#options.numbers, quiet);
    return SegmentWriter.create(this.#folder);
  }
}

/** Size in bytes of the vectors of all encoders. */
export async function cacheSize(folder: string): Promise<number> {
  let bytes = 0;
  for (const { size } of await listAll(folder)) bytes += size;
  return bytes;
}

async function removeOldest(folder: string, most: number): Promise<void> {
  const all = await listAll(folder);
  let bytes = all.reduce((sum, { size }) => sum + size, 0);
  all.sort((a, b) => a.usedMs - b.usedMs);
  for (const { place, name, size } of all) {
    if (bytes <= most) return;
    await removeSegment(place, name);
    bytes -= size;
  }
}

async function listAll(
  folder: string,
): Promise<{ readonly place: string; readonly name: string; readonly size: number; readonly usedMs: number }[]> {
  const encoders = await readdir(folder).catch(() => []);
  const lists = await Promise.all(
    encoders.map(async (encoder) => {
      const place = join(folder, encoder);
      const names = await listSegments(place);
      return Promise.all(
        names.map(async (name) => {
          const { bytes, usedMs } = await segmentSize(place, name);
          return { place, name, size: bytes, usedMs };
        }),
      );
    }),
  );
  return lists.flat();
}

/** Every audit that encodes something leaves a segment: from time to time those that rest are copied into one. */
async function mergeSegments(folder: string, numbers: number, quiet: number): Promise<void> {
  const names = await listSegments(folder);
  if (names.length < mostSegments) return;
  const resting: string[] = [];
  for (const name of names) {
    if (Date.now() - (await segmentSize(folder, name)).usedMs >= quiet) resting.push(name);
  }
  if (resting.length < 2) return;
  const writer = await SegmentWriter.create(folder);
  try {
    for (const name of resting) await copySegment(folder, name, numbers, writer);
  } finally {
    await writer.close();
  }
  for (const name of resting) await removeSegment(folder, name);
}

async function copySegment(folder: string, name: string, numbers: number, writer: SegmentWriter): Promise<void> {
  const reader = await SegmentReader.open(folder, name).catch(() => undefined);
  if (reader === undefined) return;
  try {
    for (let from = 0; from < reader.count; from += mergedAtOnce) {
      const positions = Array.from({ length: Math.min(mergedAtOnce, reader.count - from) }, (_, k) => from + k);
      const digests: Uint8Array[] = [];
      const vectors = new Float32Array(positions.length * numbers);
      await reader.read(positions, numbers, (k, vector) => {
        vectors.set(vector, digests.length * numbers);
        digests.push(reader.digest(positions[k]));
      });
      if (digests.length > 0) await writer.append(digests, vectors.subarray(0, digests.length * numbers));
    }
  } finally {
    await reader.close();
  }
}

async function listSegments(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.flatMap((file) => segmentOf(file) ?? []).sort();
}

function nameOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('latin1');
}
