import type { Pixels } from './pixels';

/** Part of a picture, in pixels from its upper left corner; fractions of pixels count. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Weights of the input pixels of each output pixel, as whole numbers of 2⁻²². */
interface Weights {
  /** Weights of one output pixel in `values`. */
  readonly stride: number;
  readonly values: Int32Array;
  /** First input pixel of each output pixel, and how many there are. */
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
}

const weightBits = 22;
const half = 1 << (weightBits - 1);
/** Keys' cubic reaches two pixels to either side. */
const support = 2;
const keys = -0.5;

/** The largest size of the same shape whose longest side is at most `side`; smaller pictures stay as they are. */
export function fitSize({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(scale * width)), height: Math.max(1, Math.round(scale * height)) };
}

/** The largest part in the middle of a picture that has the shape of `target`: as Pillow's ImageOps.fit takes it. */
export function coverBox({ width, height }: Size, target: Size): Box {
  const shape = target.width / target.height;
  const [cropWidth, cropHeight] = width / height > shape ? [shape * height, height] : [width, width / shape];
  const left = (width - cropWidth) / 2;
  const top = (height - cropHeight) / 2;
  return { left, top, right: left + cropWidth, bottom: top + cropHeight };
}

/**
 * A picture, or a part of it, in another size by bicubic interpolation (Keys, a = −½) with antialiasing: the filter is
 * as much wider as the picture becomes smaller. Byte for byte what Pillow's `resize(…, BICUBIC)` gives: first across,
 * then down, each rounded to bytes, with weights of 22 bits. Cost: about four multiplications for each of the larger of
 * input and output pixels and each pass.
 */
export function resizePixels(source: Pixels, target: Size, part?: Box): Pixels {
  const { width, height } = source;
  const box = part ?? { left: 0, top: 0, right: width, bottom: height };
  const isWhole = (from: number, to: number, size: number, wanted: number): boolean =>
    from === 0 && to === size && size === wanted;
  const down = findWeights(height, box.top, box.bottom, target.height);
  let across = source;
  let firstRow = 0;
  if (!isWhole(box.left, box.right, width, target.width)) {
    // Only the rows that the second pass looks at.
    firstRow = down.firsts[0] as number;
    const last = target.height - 1;
    const endRow = (down.firsts[last] as number) + (down.counts[last] as number);
    const weights = findWeights(width, box.left, box.right, target.width);
    across = {
      width: target.width,
      height: endRow - firstRow,
      data: new Uint8Array(3 * target.width * (endRow - firstRow)),
    };
    for (let y = firstRow; y < endRow; y++)
      resizeRow(source.data, 3 * y * width, across.data, 3 * (y - firstRow) * target.width, weights);
  }
  if (isWhole(box.top, box.bottom, height, target.height)) return across;
  const data = new Uint8Array(3 * target.width * target.height);
  const rowBytes = 3 * target.width;
  for (let y = 0; y < target.height; y++) {
    const first = (down.firsts[y] as number) - firstRow;
    const values = down.values.subarray(y * down.stride, y * down.stride + (down.counts[y] as number));
    joinRows(across.data, first * rowBytes, values, data.subarray(y * rowBytes, (y + 1) * rowBytes));
  }
  return { ...target, data };
}

/** Source: Pillow's Resample.c, precompute_coeffs and normalize_coeffs_8bpc. */
function findWeights(inputs: number, from: number, to: number, outputs: number): Weights {
  const scale = (to - from) / outputs;
  const width = Math.max(1, scale);
  const reach = support * width;
  const stride = 2 * Math.ceil(reach) + 1;
  const values = new Int32Array(stride * outputs);
  const firsts = new Int32Array(outputs);
  const counts = new Int32Array(outputs);
  const exact = new Float64Array(stride);
  for (let output = 0; output < outputs; output++) {
    const centre = from + (output + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(inputs, Math.trunc(centre + reach + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = cubic((k + first - centre + 0.5) / width);
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) {
      const weight = (sum === 0 ? 0 : (exact[k] as number) / sum) * 2 ** weightBits;
      values[output * stride + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    firsts[output] = first;
    counts[output] = count;
  }
  return { stride, values, firsts, counts };
}

/** Keys' cubic convolution kernel. Source: R. Keys, IEEE Trans. ASSP 29 (1981), equation 4, for a general a. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((keys + 2) * x - (keys + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * keys;
  return 0;
}

function resizeRow(from: Uint8Array, start: number, to: Uint8Array, at: number, weights: Weights): void {
  const { stride, values, firsts, counts } = weights;
  for (let output = 0, place = at; output < firsts.length; output++, place += 3) {
    let [red, green, blue] = [half, half, half];
    let pixel = start + 3 * (firsts[output] as number);
    const base = output * stride;
    const end = base + (counts[output] as number);
    for (let k = base; k < end; k++, pixel += 3) {
      const weight = values[k] as number;
      red = (red + (from[pixel] as number) * weight) | 0;
      green = (green + (from[pixel + 1] as number) * weight) | 0;
      blue = (blue + (from[pixel + 2] as number) * weight) | 0;
    }
    to[place] = toByte(red);
    to[place + 1] = toByte(green);
    to[place + 2] = toByte(blue);
  }
}

/** One row of the output: weighted rows of the input, the first of them at `start`. */
function joinRows(from: Uint8Array, start: number, weights: Int32Array, to: Uint8Array): void {
  const length = to.length;
  for (let x = 0; x < length; x++) {
    let sum = half;
    for (let k = 0, at = start + x; k < weights.length; k++, at += length) {
      sum = (sum + (from[at] as number) * (weights[k] as number)) | 0;
    }
    to[x] = toByte(sum);
  }
}

function toByte(sum: number): number {
  const value = sum >> weightBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
