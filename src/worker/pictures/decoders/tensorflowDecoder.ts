import type { Tensorflow } from '../../compute/native/tensorflowBinding';
import { onWhite } from '../pixels';
import type { PictureDecoder } from './decoder';

/** A JPEG decoder can leave out what is finer than so many pixels. */
const jpegRatios = [8, 4, 2] as const;
/** As Pillow's `thumbnail`: what is left out with so much to spare is hardly seen after antialiasing. */
const spare = 2;
/** One pixel; older TensorFlow knows no WebP. */
const smallestWebp = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');

/**
 * TensorFlow's own decoders. Not for GIF and animated WebP, of which it may decode all frames whatever is asked for,
 * and not for BMP, of which it knows no palettes.
 */
export function createTensorflowDecoder(tensorflow: Tensorflow): PictureDecoder {
  const readsWebp = succeeds(() => tensorflow.scope((ops) => ops.decodeImage(smallestWebp, 3)));
  return {
    takes: ({ kind, animated }) => kind === 'png' || kind === 'jpeg' || (kind === 'webp' && readsWebp && !animated),
    decode: async (bytes, { kind, width, height, alpha }, least) => {
      const holds = (ratio: number): boolean =>
        width >= spare * ratio * least.width && height >= spare * ratio * least.height;
      return tensorflow.scope((ops) => {
        const tensor =
          kind === 'jpeg' ? ops.decodeJpeg(bytes, jpegRatios.find(holds) ?? 1) : ops.decodeImage(bytes, alpha ? 4 : 3);
        const [rows, columns, channels] = tensor.shape as readonly [number, number, number];
        const data = ops.readBytes(tensor);
        return { width: columns, height: rows, data: channels === 4 ? onWhite(data, rows * columns) : data };
      });
    },
  };
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
