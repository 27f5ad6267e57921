import { createHash } from 'node:crypto';
import { BugError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import { vectorsFolder } from '../cacheFolders';
import { closeAll } from '../closeAll';
import { VectorCache } from '../encoders/cache/vectorCache';
import { digestNumbers, lookNumbers, readDigest, writeDigest } from '../pictures/pictureLook';
import type { Pixels } from '../pictures/pixels';
import { sideToDecode } from '../pictures/readPicture';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import { untilCancelled } from './untilCancelled';

/** Counted up whenever the same file would get other numbers. */
const looksVersion = 2;

interface LooksOptions {
  /** Pictures are read by their paths below it. */
  readonly root: string;
  readonly threads: PictureReader;
  /** Side of the square that an encoder looks at; null where none does. */
  readonly side: number | null;
}

/** Pictures that were looked at. */
interface SeenPictures {
  /** `lookNumbers` each (pictureLook.ts), row-major; NaN for a picture that cannot be read. */
  readonly looks: Float32Array;
  /** SHA-256 of the square of a picture that can be read. @throws BugError where there are no squares */
  squareDigest(k: number): Uint8Array;
  /** Squares of those that were decoded just now. */
  readonly squares: ReadonlyMap<number, Pixels>;
  /** What is wrong with each, or null. */
  readonly problems: readonly (string | null)[];
}

/**
 * Looks at pictures, and remembers by the SHA-256 of their files what it saw: another audit of the same files, or
 * another way of taking pictures in the same, reads them and decodes none.
 */
export class PictureLooks {
  readonly #options: LooksOptions;
  readonly #looks: VectorCache;
  /** What is the same in equal squares; null where there are none. */
  readonly #squares: VectorCache | null;

  private constructor(options: LooksOptions, looks: VectorCache, squares: VectorCache | null) {
    this.#options = options;
    this.#looks = looks;
    this.#squares = squares;
  }

  static async open(options: LooksOptions): Promise<PictureLooks> {
    const { side } = options;
    const made = `looks ${looksVersion} of pictures decoded with ${sideToDecode(side)} pixels`;
    const looks = await openCache(made, lookNumbers);
    const squares = side === null ? null : await openCache(`${made}, squares of ${side}`, digestNumbers);
    return new PictureLooks(options, looks, squares);
  }

  /** Why looks are not kept for the next time; undefined while they are. */
  get keepingFailure(): unknown {
    return this.#looks.failure ?? this.#squares?.failure;
  }

  /** `onDone` counts pictures. @throws CancelledError */
  async see(
    paths: readonly string[],
    signal: CancellationSignal,
    onDone: (done: number) => void = () => undefined,
  ): Promise<SeenPictures> {
    const looks = new Float32Array(paths.length * lookNumbers).fill(Number.NaN);
    const marks = new Float32Array(this.#squares === null ? 0 : paths.length * digestNumbers);
    const problems: (string | null)[] = paths.map(() => null);
    const squares = new Map<number, Pixels>();
    const digests = await untilCancelled(signal, (abort) => this.#digest(paths, problems, abort));
    const readable = paths.flatMap((_, k) => (digests[k] === null ? [] : [k]));
    const known = readable.map((k) => digests[k] as Uint8Array);
    const newLooks = await findIn(this.#looks, known, readable, looks, lookNumbers);
    const newSquares = this.#squares === null ? [] : await findIn(this.#squares, known, readable, marks, digestNumbers);
    const unknown = [...new Set([...newLooks, ...newSquares])];
    let done = paths.length - unknown.length;
    onDone(done);
    await untilCancelled(signal, (abort) =>
      Promise.all(
        unknown.map(async (k) => {
          const seen = await this.#read(paths[k], abort);
          if (typeof seen === 'string') {
            problems[k] = seen;
            looks.fill(Number.NaN, k * lookNumbers, (k + 1) * lookNumbers);
          } else {
            looks.set(seen.look, k * lookNumbers);
            if (seen.pixels !== null) {
              squares.set(k, seen.pixels);
              writeDigest(createHash('sha256').update(seen.pixels.data).digest(), marks, k * digestNumbers);
            }
          }
          onDone(++done);
        }),
      ),
    );
    const isRead = (k: number): boolean => problems[k] === null;
    await addTo(this.#looks, newLooks.filter(isRead), digests, looks, lookNumbers);
    if (this.#squares !== null) await addTo(this.#squares, newSquares.filter(isRead), digests, marks, digestNumbers);
    return {
      looks,
      squareDigest: (k) => {
        if (this.#squares === null) throw new BugError('Nobody looks at squares of these pictures.');
        return readDigest(marks, k * digestNumbers);
      },
      squares,
      problems,
    };
  }

  /** The square of one picture again. @returns null where there is none, or the file cannot be read any more */
  async square(path: string): Promise<Pixels | null> {
    const seen = await this.#read(path);
    return typeof seen === 'string' ? null : seen.pixels;
  }

  async close(): Promise<void> {
    await closeAll([() => this.#looks.close(), () => this.#squares?.close()]);
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

  /** What is seen of it, or what is wrong with it. */
  async #read(
    path: string,
    signal?: AbortSignal,
  ): Promise<{ readonly pixels: Pixels | null; readonly look: Float32Array } | string> {
    const { root, threads, side } = this.#options;
    const options = signal === undefined ? {} : { signal };
    const file = { root, path };
    if (side === null) {
      const read = await threads.read(file, { kind: 'look' }, options);
      return read.kind === 'picture' ? { look: read.look, pixels: null } : read.problem;
    }
    const read = await threads.read(file, { kind: 'see', side }, options);
    return read.kind === 'picture' ? read : read.problem;
  }
}

async function openCache(made: string, numbers: number): Promise<VectorCache> {
  return VectorCache.open({ folder: vectorsFolder(), key: createHash('sha256').update(made).digest('hex'), numbers });
}

/** Puts what is known of the pictures `readable` into their places in `out`. @returns those of them that are not */
async function findIn(
  cache: VectorCache,
  digests: readonly Uint8Array[],
  readable: readonly number[],
  out: Float32Array,
  width: number,
): Promise<number[]> {
  const found = new Float32Array(readable.length * width);
  const unknown = await cache.find(digests, found);
  readable.forEach((k, i) => out.set(found.subarray(i * width, (i + 1) * width), k * width));
  return unknown.map((i) => readable[i]);
}

async function addTo(
  cache: VectorCache,
  pictures: readonly number[],
  digests: readonly (Uint8Array | null)[],
  numbers: Float32Array,
  width: number,
): Promise<void> {
  const made = new Float32Array(pictures.length * width);
  pictures.forEach((k, at) => made.set(numbers.subarray(k * width, (k + 1) * width), at * width));
  await cache.add(
    pictures.map((k) => digests[k] as Uint8Array),
    made,
  );
}
