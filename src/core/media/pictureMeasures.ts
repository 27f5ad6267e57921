/** Colours of pixels, row by row, red, green, blue, 0–255. */
interface ColourPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What a picture looks like as a whole, of a small copy of it. */
export interface PictureMeasures {
  /** 0–1: brightness that one pixel in a hundred exceeds. */
  readonly brightest: number;
  /** 0–1: brightness that one pixel in twenty does not reach. */
  readonly darkest: number;
  /** Bits, 0–8: entropy of the grey levels. */
  readonly entropy: number;
  /**
   * Variance of the Laplacian of the grey levels over their own variance, ≥ 0: small = blurred, however dark the
   * picture is. NaN where all is one grey level.
   */
  readonly sharpness: number;
  /** 0–1: mean over pixels of the largest difference of two colours; 0 = grey throughout. */
  readonly colour: number;
}

/** Weights of the squares of red, green and blue in perceived brightness. Source: Finley, "HSP Color Model", 2006. */
const [redWeight, greenWeight, blueWeight] = [0.241, 0.691, 0.068];
/** Brightness is told apart in so many steps. */
const brightnessSteps = 4_096;
/** Grey levels vary less than this: there is no edge that could be sharp. */
const leastVariance = 1;

/** O(pixels). Brightness is right to 1/4096, the rest to rounding. */
export function measurePicture({ width, height, data }: ColourPixels): PictureMeasures {
  const pixels = width * height;
  const grey = new Uint8Array(pixels);
  const levels = new Uint32Array(256);
  const brightness = new Uint32Array(brightnessSteps + 1);
  const colour = readColours(data, grey, levels, brightness);
  const variance = varianceOfLevels(levels, pixels);
  return {
    brightest: percentile(brightness, pixels, 0.99),
    darkest: percentile(brightness, pixels, 0.05),
    entropy: entropyOf(levels, pixels),
    sharpness: variance < leastVariance ? Number.NaN : laplacianVariance(grey, width, height) / variance,
    colour: colour / (255 * pixels),
  };
}

/** Fills grey levels as Pillow's mode L has them, and both histograms. @returns the sum of colour differences */
function readColours(data: Uint8Array, grey: Uint8Array, levels: Uint32Array, brightness: Uint32Array): number {
  let colour = 0;
  for (let k = 0, at = 0; k < grey.length; k++, at += 3) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    const level = greyLevel(red, green, blue);
    grey[k] = level;
    levels[level]++;
    const perceived = Math.sqrt(redWeight * red * red + greenWeight * green * green + blueWeight * blue * blue) / 255;
    brightness[Math.round(brightnessSteps * Math.min(1, perceived))]++;
    colour += Math.max(red, green, blue) - Math.min(red, green, blue);
  }
  return colour;
}

/** ITU-R 601-2 luma, rounded as Pillow does. */
export function greyLevel(red: number, green: number, blue: number): number {
  return (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16;
}

/** The q-quantile between the two values nearest to it, as NumPy's default. */
function percentile(counts: Uint32Array, total: number, q: number): number {
  const place = q * (total - 1);
  const below = valueAt(counts, Math.floor(place));
  const above = valueAt(counts, Math.ceil(place));
  return (below + (place - Math.floor(place)) * (above - below)) / brightnessSteps;
}

function valueAt(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (let value = 0; value < counts.length; value++) {
    seen += counts[value];
    if (seen > rank) return value;
  }
  return counts.length - 1;
}

function entropyOf(levels: Uint32Array, pixels: number): number {
  let bits = 0;
  for (const count of levels) if (count > 0) bits -= (count / pixels) * Math.log2(count / pixels);
  return bits;
}

function varianceOfLevels(levels: Uint32Array, pixels: number): number {
  let sum = 0;
  let squares = 0;
  levels.forEach((count, level) => {
    sum += count * level;
    squares += count * level * level;
  });
  return squares / pixels - (sum / pixels) ** 2;
}

/** Of the pixels that are not on the border; NaN where there are none. */
function laplacianVariance(grey: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const value = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(0, width - 2) * Math.max(0, height - 2);
  return count === 0 ? Number.NaN : squares / count - (sum / count) ** 2;
}
