import type { Pixels } from './pixels';

/** Side of the square in the middle of a picture that is looked at. */
export const lookedAtSide = 32;
/** Side of the small picture whose colours are features. */
const smallSide = 8;
/** Levels of red, green and blue that the histogram tells apart. */
const levels = 4;
const pixelNumbers = 3 * smallSide ** 2;
const colourNumbers = levels ** 3;
/** Numbers of a picture. */
export const smallNumbers = pixelNumbers + colourNumbers;
/** Beside the pixels, for about as much of the variance of usual pictures. */
const colourWeight = 2;

/**
 * What a picture of {@link lookedAtSide} pixels a side looks like, without any network: its colours in 8 × 8 fields
 * (0–1), then square roots of the shares of 4 × 4 × 4 colours, whose differences are Hellinger distances. Writes
 * {@link smallNumbers} numbers from `at` on.
 */
export function describePixels({ data }: Pixels, out: Float32Array, at: number): void {
  out.fill(0, at, at + smallNumbers);
  const step = lookedAtSide / smallSide;
  const share = 1 / (255 * step ** 2);
  const colours = at + pixelNumbers;
  for (let y = 0, from = 0; y < lookedAtSide; y++) {
    for (let x = 0; x < lookedAtSide; x++, from += 3) {
      const field = at + 3 * (Math.floor(y / step) * smallSide + Math.floor(x / step));
      let colour = 0;
      for (let channel = 0; channel < 3; channel++) {
        const level = data[from + channel];
        out[field + channel] += share * level;
        colour = levels * colour + (level >> 6);
      }
      out[colours + colour]++;
    }
  }
  for (let k = colours; k < colours + colourNumbers; k++) out[k] = colourWeight * Math.sqrt(out[k] / lookedAtSide ** 2);
}
