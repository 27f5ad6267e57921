import { createHash } from 'node:crypto';
import type { CancellationSignal } from '../../core/job/jobContext';
import { vectorsFolder } from '../encoders/cache/cacheFolder';
import { VectorCache } from '../encoders/cache/vectorCache';
import { lookNumbers, measuredSide } from '../pictures/pictureLook';
import type { Pixels } from '../pictures/pixels';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import { untilCancelled } from './untilCancelled';

/** Counted up whenever the same file would get other numbers. */
const looksVersion = 1;

/** What is kept of the square that an encoder looks at, beside what is measured of the whole picture. */
export interface SquareNumbers {
  /** Tells these numbers from others: what is kept is known by it. */
  readonly name: string;
  /** Side of the square. */
  readonly side: number;
  /** Numbers of a square, written to `out` from `at` on. */
  readonly count: number;
  write(pixels: Pixels, out: Float32Array, at: number): void;
}

interface LooksOptions {
  /** Pictures are read by their paths below it. */
  readonly root: string;
  readonly threads: PictureReader;
  readonly square: SquareNumbers;
}

/** Pictures that were looked at, `width` numbers each: the look (pictureLook.ts), then those of the square. */
interface SeenPictures {
  /** Row-major; NaN for a picture that cannot be read. */
  readonly numbers: Float32Array;
  /** Squares of those that were decoded just now. */
  readonly squares: ReadonlyMap<number, Pixels>;
  /** What is wrong with each, or null. */
  readonly problems: readonly (string | null)[];
}

/**
 * Looks at pictures, and remembers by the SHA-256 of their files what it saw: another audit of the same files reads
 * them and decodes none.
 */
export class PictureLooks {
  readonly #options: LooksOptions;
  readonly #cache: VectorCache;

  private constructor(options: LooksOptions, cache: VectorCache) {
    this.#options = options;
    this.#cache = cache;
  }

  static async open(options: LooksOptions): Promise<PictureLooks> {
    const { name, side, count } = options.square;
    const made = `looks ${looksVersion} of ${measuredSide} pixels, ${count} ${name} of ${side} pixels`;
    const key = createHash('sha256').update(made).digest('hex');
    return new PictureLooks(
      options,
      await VectorCache.open({ folder: vectorsFolder(), key, numbers: lookNumbers + count }),
    );
  }

  get width(): number {
    return lookNumbers + this.#options.square.count;
  }

  /** Why looks are not kept for the next time; undefined while they are. */
  get keepingFailure(): unknown {
    return this.#cache.failure;
  }

  /** `onDone` counts pictures. @throws CancelledError */
  async see(
    paths: readonly string[],
    signal: CancellationSignal,
    onDone: (done: number) => void = () => undefined,
  ): Promise<SeenPictures> {
    const { square } = this.#options;
    const { width } = this;
    const numbers = new Float32Array(paths.length * width).fill(Number.NaN);
    const problems: (string | null)[] = paths.map(() => null);
    const squares = new Map<number, Pixels>();
    const digests = await untilCancelled(signal, (abort) => this.#digest(paths, problems, abort));
    const readable = paths.flatMap((_, k) => (digests[k] === null ? [] : [k]));
    const known = readable.map((k) => digests[k] as Uint8Array);
    const found = new Float32Array(readable.length * width);
    const unknown = await this.#cache.find(known, found);
    readable.forEach((k, i) => numbers.set(found.subarray(i * width, (i + 1) * width), k * width));
    let done = paths.length - unknown.length;
    onDone(done);
    await untilCancelled(signal, (abort) =>
      Promise.all(
        unknown.map(async (i) => {
          const k = readable[i];
          const at = k * width;
          const seen = await this.#read(paths[k], abort);
          if (typeof seen === 'string') {
            problems[k] = seen;
            numbers.fill(Number.NaN, at, at + width);
          } else {
            squares.set(k, seen.pixels);
            numbers.set(seen.look, at);
            square.write(seen.pixels, numbers, at + lookNumbers);
          }
          onDone(++done);
        }),
      ),
    );
    const fresh = unknown.filter((i) => squares.has(readable[i]));
    const made = new Float32Array(fresh.length * width);
    fresh.forEach((i, at) => made.set(numbers.subarray(readable[i] * width, (readable[i] + 1) * width), at * width));
    await this.#cache.add(
      fresh.map((i) => known[i]),
      made,
    );
    return { numbers, squares, problems };
  }

  /** The square of one picture again. @returns null where the file cannot be read any more */
  async square(path: string): Promise<Pixels | null> {
    const seen = await this.#read(path);
    return typeof seen === 'string' ? null : seen.pixels;
  }

  async close(): Promise<void> {
    await this.#cache.close();
  }

  async #digest(
    paths: readonly string[],
    problems: (string | null)[],
    signal: AbortSignal,
  ): Promise<(Uint8Array | null)[]> {
    const { root, threads } = this.#options;
    return Promise.all(
      paths.map(async (path, k) => {
        const read = await threads.read({ root, path }, { kind: 'digest' }, { signal });
        if (read.kind === 'picture') return read.digest;
        problems[k] = read.problem;
        return null;
      }),
    );
  }

  /** What an encoder sees of it, or what is wrong with it. */
  async #read(
    path: string,
    signal?: AbortSignal,
  ): Promise<{ readonly pixels: Pixels; readonly look: Float32Array } | string> {
    const { root, threads, square } = this.#options;
    const options = signal === undefined ? {} : { signal };
    const read = await threads.read({ root, path }, { kind: 'see', side: square.side }, options);
    return read.kind === 'picture' ? read : read.problem;
  }
}
