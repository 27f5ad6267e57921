import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { closeAll } from '../../closeAll';
import { writeFully } from '../../store/files/atomicFile';
import { openPlainFile } from '../../store/files/plainFile';

/**
 * A segment is a pair of files that only grow: `x.vectors`, float32 vectors one after the other, and `x.keys`, of each
 * vector the digest of what was encoded and a checksum of both. A vector is written before its key, so that whatever
 * ends a process between the two leaves a vector that nobody knows. A damaged vector does not agree with its checksum.
 */
const digestBytes = 32;
const checkBytes = 8;
const keyBytes = digestBytes + checkBytes;
const keysEnding = '.keys';
const vectorsEnding = '.vectors';

/** Vectors are read in runs of up to so many. */
const mostAtOnce = 512;

/** @returns the name of the segment that a file is the keys of; undefined for other files. */
export function segmentOf(fileName: string): string | undefined {
  return /^[0-9a-z]+-[0-9a-f]{16}\.keys$/.test(fileName) ? fileName.slice(0, -keysEnding.length) : undefined;
}

/** A name that sorts by time and that no other process takes. */
function newSegmentName(): string {
  return `${Date.now().toString(36)}-${randomBytes(8).toString('hex')}`;
}

export async function segmentSize(folder: string, name: string): Promise<{ bytes: number; usedMs: number }> {
  const [keys, vectors] = await Promise.all(
    [keysEnding, vectorsEnding].map((ending) => stat(join(folder, name + ending)).catch(() => undefined)),
  );
  return { bytes: (keys?.size ?? 0) + (vectors?.size ?? 0), usedMs: keys?.mtimeMs ?? 0 };
}

/** What cannot be removed stays; a process that is reading it goes on reading. */
export async function removeSegment(folder: string, name: string): Promise<void> {
  for (const ending of [keysEnding, vectorsEnding]) {
    await rm(join(folder, name + ending), { force: true }).catch(() => undefined);
  }
}

function checksum(digest: Uint8Array, vector: Uint8Array): Buffer {
  return createHash('sha256').update(digest).update(vector).digest().subarray(0, checkBytes);
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** A segment that is there, read by position. */
export class SegmentReader {
  /** In the order of the vectors, {@link keyBytes} each; a last one that is cut short is left out. */
  readonly #keys: Buffer;
  readonly #vectors: FileHandle;
  readonly #keysFile: string;
  #isNoted = false;

  private constructor(keysFile: string, keys: Buffer, vectors: FileHandle) {
    this.#keysFile = keysFile;
    this.#keys = keys;
    this.#vectors = vectors;
  }

  static async open(folder: string, name: string): Promise<SegmentReader> {
    const keysFile = join(folder, name + keysEnding);
    const keys = await readFile(keysFile);
    return new SegmentReader(keysFile, keys, await openPlainFile(join(folder, name + vectorsEnding)));
  }

  get count(): number {
    return Math.floor(this.#keys.length / keyBytes);
  }

  digest(position: number): Buffer {
    return this.#keys.subarray(position * keyBytes, position * keyBytes + digestBytes);
  }

  /**
   * Reads vectors of `width` numbers: `take(k, vector)` for the k-th of the positions, which ascend, unless it is
   * damaged. The vector is only valid during the call. Notes that the segment was used, for {@link segmentSize}.
   */
  async read(
    positions: readonly number[],
    width: number,
    take: (k: number, vector: Float32Array) => void,
  ): Promise<void> {
    await this.#noteUse();
    for (let from = 0; from < positions.length;) {
      let to = from + 1;
      while (to < positions.length && to - from < mostAtOnce && positions[to] === positions[to - 1] + 1) to++;
      await this.#readRun(positions[from], to - from, width, (k, vector) => take(from + k, vector));
      from = to;
    }
  }

  async close(): Promise<void> {
    await this.#vectors.close();
  }

  async #noteUse(): Promise<void> {
    if (this.#isNoted) return;
    this.#isNoted = true;
    const now = new Date();
    await utimes(this.#keysFile, now, now).catch(() => undefined);
  }

  async #readRun(
    first: number,
    count: number,
    width: number,
    take: (k: number, vector: Float32Array) => void,
  ): Promise<void> {
    const found = new Float32Array(count * width);
    const bytes = bytesOf(found);
    const read = await this.#vectors.read(bytes, 0, bytes.length, first * width * 4).catch(() => ({ bytesRead: 0 }));
    for (let k = 0; (k + 1) * width * 4 <= read.bytesRead; k++) {
      const at = (first + k) * keyBytes;
      const vector = found.subarray(k * width, (k + 1) * width);
      const expected = this.#keys.subarray(at + digestBytes, at + keyBytes);
      if (checksum(this.digest(first + k), bytesOf(vector)).equals(expected)) take(k, vector);
    }
  }
}

/** A new segment. */
export class SegmentWriter {
  readonly #keys: FileHandle;
  readonly #vectors: FileHandle;

  private constructor(keys: FileHandle, vectors: FileHandle) {
    this.#keys = keys;
    this.#vectors = vectors;
  }

  static async create(folder: string): Promise<SegmentWriter> {
    const name = newSegmentName();
    const vectors = await open(join(folder, name + vectorsEnding), 'wx', 0o600);
    try {
      return new SegmentWriter(await open(join(folder, name + keysEnding), 'wx', 0o600), vectors);
    } catch (error) {
      await vectors.close();
      throw error;
    }
  }

  /** Vectors of one length, as many as there are digests. */
  async append(digests: readonly Uint8Array[], vectors: Float32Array): Promise<void> {
    const width = vectors.length / digests.length;
    const keys = digests.map((digest, k) => {
      return Buffer.concat([digest, checksum(digest, bytesOf(vectors.subarray(k * width, (k + 1) * width)))]);
    });
    await writeFully(this.#vectors, bytesOf(vectors));
    await writeFully(this.#keys, Buffer.concat(keys));
  }

  async close(): Promise<void> {
    await closeAll([() => this.#vectors.close(), () => this.#keys.close()]);
  }
}
