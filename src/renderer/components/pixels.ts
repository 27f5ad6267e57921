/** Red, green and blue of each pixel, row by row, 0–255. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 3·width·height bytes. */
  readonly data: Uint8Array;
}

/** A picture of grey levels from 0 (white) to `max` (black), row by row; levels that are missing are white. */
export function greyPixels(levels: readonly number[], width: number, height: number, max: number): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const ink = Math.min(1, Math.max(0, (levels[pixel] ?? 0) / max));
    data.fill(Math.round(255 * (1 - ink)), 3 * pixel, 3 * pixel + 3);
  }
  return { width, height, data };
}
