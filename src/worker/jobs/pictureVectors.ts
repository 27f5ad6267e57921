import { createHash } from 'node:crypto';
import type { AuditSettings } from '../../contract/audit';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { PictureVectors } from '../datasets/features/blocks/pictureEncoder';
import type { Encoder } from '../encoders/encoder';
import type { Encoders } from '../encoders/encoders';
import type { Pixels } from '../pictures/pixels';
import { describePixels, lookedAtSide, smallNumbers } from '../pictures/smallPixels';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import { untilCancelled } from './untilCancelled';

type PictureEncoder = Encoder & { readonly settings: Extract<Encoder['settings'], { kind: 'pictures' }> };

/**
 * What makes vectors of pictures, which are read by their paths below `root`: the encoder, or small pixels and colours;
 * `auto`: the encoder where set-up brought one.
 * @throws InputError when the encoder was asked for and there is none.
 */
export async function openPictureVectors(
  root: string,
  way: AuditSettings['pictures'],
  { pictures, encoders }: { readonly pictures: PictureReader; readonly encoders: Encoders },
): Promise<PictureVectors> {
  const encoder = way === 'pixels' ? null : await encoders.find('pictures');
  if (encoder?.settings.kind === 'pictures') {
    return openNetwork(root, pictures, encoders, { ...encoder, settings: encoder.settings });
  }
  if (way === 'encoder') {
    throw new InputError(
      'There is no encoder of pictures on this machine. Run "npm run setup" to get it, or take pictures by their pixels.',
    );
  }
  return openSmallPixels(root, pictures);
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
