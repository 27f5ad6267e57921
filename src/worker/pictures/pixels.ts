/** A picture in memory: red, green and blue of each pixel, row by row, 0–255, on white where it is transparent. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 3·width·height bytes. */
  readonly data: Uint8Array;
}

/** Red, green, blue and opacity on white paper. Cost: one pass. */
export function onWhite(rgba: Uint8Array | Uint8ClampedArray, pixels: number): Uint8Array {
  const rgb = new Uint8Array(3 * pixels);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const opacity = rgba[from + 3] as number;
    const paper = 255 * (255 - opacity) + 127;
    rgb[to] = ((rgba[from] as number) * opacity + paper) / 255;
    rgb[to + 1] = ((rgba[from + 1] as number) * opacity + paper) / 255;
    rgb[to + 2] = ((rgba[from + 2] as number) * opacity + paper) / 255;
  }
  return rgb;
}

/** Orientations that swap width and height. */
export function isTurned(orientation: number): boolean {
  return orientation >= 5;
}

/**
 * The picture as it is to be seen, by EXIF's orientation (1–8): 2 mirrored, 3 turned by 180°, 4 upside down, 5–8 also
 * turned by 90°.
 */
export function orientPixels(pixels: Pixels, orientation: number): Pixels {
  if (orientation === 1) return pixels;
  const { width, height, data } = pixels;
  const turned = isTurned(orientation);
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const out = new Uint8Array(data.length);
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0, to = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++, to += 3) {
      const [across, down] = turned ? [y, x] : [x, y];
      const column = fromRight ? width - 1 - across : across;
      const row = fromBottom ? height - 1 - down : down;
      const from = 3 * (row * width + column);
      out[to] = data[from] as number;
      out[to + 1] = data[from + 1] as number;
      out[to + 2] = data[from + 2] as number;
    }
  }
  return { width: newWidth, height: newHeight, data: out };
}
