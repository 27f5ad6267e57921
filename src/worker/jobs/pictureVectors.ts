import { BugError, InputError } from '../../core/base/errors';
import { closeAll } from '../closeAll';
import type { PictureVectors } from '../datasets/features/blocks/pictureEncoder';
import type { Encoder } from '../encoders/encoder';
import type { Encoders } from '../encoders/encoders';
import { lookNumbers, smallAt } from '../pictures/pictureLook';
import { smallNumbers } from '../pictures/smallPixels';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import { PictureLooks } from './pictureLooks';

type PictureEncoder = Encoder & { readonly settings: Extract<Encoder['settings'], { kind: 'pictures' }> };

/**
 * What makes vectors of pictures, which are read by their paths below `root`: the encoder that set-up brought, or small
 * pixels and colours.
 */
export async function openPictureVectors(
  root: string,
  way: 'encoder' | 'pixels',
  { pictures, encoders }: { readonly pictures: PictureReader; readonly encoders: Encoders },
): Promise<PictureVectors> {
  if (way === 'pixels') return openSmallPixels(root, pictures);
  const encoder = await encoders.find('pictures');
  if (encoder?.settings.kind !== 'pictures') throw new BugError('There is no encoder of pictures to open.');
  return openNetwork(root, pictures, encoders, { ...encoder, settings: encoder.settings });
}

async function openSmallPixels(root: string, threads: PictureReader): Promise<PictureVectors> {
  const looks = await PictureLooks.open({ root, threads, side: null });
  return {
    method: { kind: 'pictures', by: 'their small pixels and colours', sha256: null, key: null, numbers: smallNumbers },
    get keepingFailure() {
      return looks.keepingFailure;
    },
    async encode(paths, signal, onDone) {
      const seen = await looks.see(paths, signal, onDone);
      const vectors = new Float32Array(paths.length * smallNumbers);
      paths.forEach((_, k) => {
        if (seen.problems[k] !== null) return;
        vectors.set(seen.looks.subarray(k * lookNumbers + smallAt, (k + 1) * lookNumbers), k * smallNumbers);
      });
      return { vectors, problems: seen.problems, looks: seen.looks };
    },
    close: () => looks.close(),
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
  const looks = await PictureLooks.open({ root, threads, side });
  const network = await encoders.open(encoder);
  return {
    method: { kind: 'pictures', by: `the encoder ${name}`, sha256, key: encoder.key, numbers },
    get keepingFailure() {
      return network.keepingFailure ?? looks.keepingFailure;
    },
    async encode(paths, signal, onDone) {
      const seen = await looks.see(paths, signal);
      const rows = paths.flatMap((_, k) => (seen.problems[k] === null ? [k] : []));
      const digests = rows.map(seen.squareDigest);
      const load = async (k: number): Promise<Uint8Array> => {
        const path = paths[rows[k]];
        const pixels = seen.squares.get(rows[k]) ?? (await looks.square(path));
        if (pixels === null) {
          throw new InputError(`The picture ${path} changed while it was read. Start the audit again.`);
        }
        return pixels.data;
      };
      const unread = paths.length - rows.length;
      const made = await network.encode({ digests, load }, signal, (done) => onDone(unread + done));
      const vectors = new Float32Array(paths.length * numbers);
      rows.forEach((row, k) => vectors.set(made.subarray(k * numbers, (k + 1) * numbers), row * numbers));
      return { vectors, problems: seen.problems, looks: seen.looks };
    },
    close: () => closeAll([() => network.close(), () => looks.close()]),
  };
}
