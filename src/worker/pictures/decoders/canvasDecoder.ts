import { moduleRequire } from '../../moduleRequire';
import { onWhite, type Pixels } from '../pixels';
import type { PictureDecoder } from './decoder';

interface Drawable {
  readonly width: number;
  readonly height: number;
}

interface Paper {
  clearRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: Drawable, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

/** What @napi-rs/canvas exports, as far as it is used here: it is looked for at run time. */
interface Canvas {
  loadImage(bytes: Buffer): Promise<Drawable>;
  createCanvas(width: number, height: number): { getContext(kind: '2d'): Paper };
}

/** Pixels that are copied at a time: all of a large picture would be in memory four times. */
const stripPixels = 2 ** 20;
const upright = 1;

/**
 * Skia, by @napi-rs/canvas: every kind, everywhere, at a third of TensorFlow's speed for JPEG.
 * @throws Error where the package is missing on this machine.
 */
export function createCanvasDecoder(): PictureDecoder {
  const canvas = moduleRequire()('@napi-rs/canvas') as Canvas; // What is required by name has no type.
  return {
    takes: () => true,
    async decode(bytes, { orientation }) {
      let file = bytes;
      if (orientation !== null && orientation.value !== upright) {
        // It would turn some kinds of files by itself.
        file = Buffer.from(bytes);
        file[orientation.at] = upright;
      }
      return readPixels(canvas, await canvas.loadImage(file));
    },
  };
}

function readPixels(canvas: Canvas, image: Drawable): Pixels {
  const { width, height } = image;
  const data = new Uint8Array(3 * width * height);
  const rows = Math.min(height, Math.max(1, Math.floor(stripPixels / width)));
  const paper = canvas.createCanvas(width, rows).getContext('2d');
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    paper.clearRect(0, 0, width, rows);
    paper.drawImage(image, 0, -top);
    const { data: rgba } = paper.getImageData(0, 0, width, count);
    data.set(onWhite(rgba, width * count), 3 * width * top);
  }
  return { width, height, data };
}
