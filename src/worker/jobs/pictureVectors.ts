import { createHash } from 'node:crypto';
import { CancelledError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { PictureVectors } from '../datasets/features/blocks/pictureEncoder';
import type { Encoder } from '../encoders/encoder';
import type { Encoders } from '../encoders/encoders';
import type { Pixels } from '../pictures/pixels';
import { describePixels, lookedAtSide, smallNumbers } from '../pictures/smallPixels';
import type { PictureReader } from '../pictures/thread/pictureThreads';

const lookEveryMs = 50;

type PictureEncoder = Encoder & { readonly settings: Extract<Encoder['settings'], { kind: 'pictures' }> };

/**
 * The encoder of pictures where set-up brought one; small pixels and colours where it did not. Pictures are read by
 * their paths below `root`.
 */
export async function openPictureVectors(
  root: string,
  { pictures, encoders }: { readonly pictures: PictureReader; readonly encoders: Encoders },
): Promise<PictureVectors> {
  const encoder = await encoders.find('pictures');
  return encoder?.settings.kind === 'pictures'
    ? openNetwork(root, pictures, encoders, { ...encoder, settings: encoder.settings })
    : openSmallPixels(root, pictures);
}

function openSmallPixels(root: string, threads: PictureReader): PictureVectors {
  return {
    method: { kind: 'pictures', by: 'their small pixels and colours', sha256: null, key: null, numbers: smallNumbers },
    keepingFailure: undefined,
    async encode(paths, signal, onDone) {
      const vectors = new Float32Array(paths.length * smallNumbers);
      let done = 0;
      const problems = await readSquares(root, threads, paths, lookedAtSide, signal, (pixels, k) => {
        if (pixels !== null) describePixels(pixels, vectors, k * smallNumbers);
        onDone(++done);
      });
      return { vectors, problems };
    },
    close: () => Promise.resolve(),
  };
}

/** Pictures are known by their pixels as the network gets them: equal ones are encoded once, whatever their files. */
async function openNetwork(
  root: string,
  threads: PictureReader,
  encoders: Encoders,
  encoder: PictureEncoder,
): Promise<PictureVectors> {
  const { name, sha256, numbers, side } = encoder.settings;
  const network = await encoders.open(encoder);
  return {
    method: { kind: 'pictures', by: `the encoder ${name}`, sha256, key: encoder.key, numbers },
    get keepingFailure() {
      return network.keepingFailure;
    },
    async encode(paths, signal, onDone) {
      const squares = new Map<number, Uint8Array>();
      const problems = await readSquares(root, threads, paths, side, signal, (pixels, k) => {
        if (pixels !== null) squares.set(k, pixels.data);
      });
      const rows = [...squares.keys()].sort((one, other) => one - other);
      const items = rows.map((row) => squares.get(row) as Uint8Array);
      const digests = items.map((pixels) => createHash('sha256').update(pixels).digest());
      const unread = paths.length - rows.length;
      const made = await network.encode({ digests, load: (k) => items[k] }, signal, (done) => onDone(unread + done));
      const vectors = new Float32Array(paths.length * numbers);
      rows.forEach((row, k) => vectors.set(made.subarray(k * numbers, (k + 1) * numbers), row * numbers));
      return { vectors, problems };
    },
    close: () => network.close(),
  };
}

/** Squares of pictures, in no order; null for one that cannot be read. @returns what is wrong with each, or null */
async function readSquares(
  root: string,
  threads: PictureReader,
  paths: readonly string[],
  side: number,
  signal: CancellationSignal,
  take: (pixels: Pixels | null, k: number) => void,
): Promise<(string | null)[]> {
  return untilCancelled(signal, (abort) =>
    Promise.all(
      paths.map(async (path, k) => {
        const read = await threads.read({ root, path }, { kind: 'square', side }, { signal: abort });
        take(read.kind === 'picture' ? read.pixels : null, k);
        return read.kind === 'problem' ? read.problem : null;
      }),
    ),
  );
}

/** Threads wait for a browser's kind of signal, jobs have another. */
async function untilCancelled<T>(signal: CancellationSignal, work: (abort: AbortSignal) => Promise<T>): Promise<T> {
  if (signal.cancelled) throw new CancelledError();
  const abort = new AbortController();
  const watch = setInterval(() => signal.cancelled && abort.abort(), lookEveryMs);
  try {
    return await work(abort.signal);
  } finally {
    clearInterval(watch);
  }
}
