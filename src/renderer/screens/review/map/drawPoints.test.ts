import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Drawing, drawPoints, makeDrawing, makeStamp } from './drawPoints';
import { packColour, unpack } from './mapColours';

/** What is used of the browser's. */
class TestImage {
  readonly data: Uint8ClampedArray;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}

beforeAll(() => {
  vi.stubGlobal('ImageData', TestImage);
  return () => vi.unstubAllGlobals();
});

/** The colour of a pixel of what shows. */
function pixelAt({ image, pixels, pad }: Drawing, x: number, y: number) {
  return unpack(pixels[(y + pad) * image.width + x + pad]);
}

const white = [255, 255, 255] as const;
const red = [200, 10, 20] as const;

function draw(x: number, y: number, smooth: boolean) {
  const drawing = makeDrawing(40, 30);
  drawPoints({
    drawing,
    layers: {
      rows: Int32Array.of(0),
      x: Float32Array.of(x),
      y: Float32Array.of(y),
      colours: Uint32Array.of(packColour(red)),
      ends: [1],
    },
    looks: [{ radius: 2, rings: [{ radius: 4, colour: packColour([0, 0, 255]) }] }],
    camera: { x: 0, y: 0, scaleX: 1, scaleY: 1 },
    ratio: 1,
    background: packColour(white),
    smooth,
  });
  return drawing;
}

describe('points of the map', () => {
  it('are discs where they stand, with a ring below', () => {
    const drawing = draw(5, 5, false);
    expect(pixelAt(drawing, 25, 10)).toEqual(red);
    expect(pixelAt(drawing, 25 + 4, 10)).toEqual([0, 0, 255]);
    expect(pixelAt(drawing, 25 + 7, 10)).toEqual(white);
    expect(pixelAt(drawing, 0, 0)).toEqual(white);
  });

  it('are cut at the edge, and are not there beyond it', () => {
    expect(pixelAt(draw(-21, 0, false), 0, 15)).toEqual(red);
    const far = draw(1e9, NaN, true);
    expect(new Set(far.pixels)).toEqual(new Set([packColour(white)]));
  });

  it('have smooth edges where they are few', () => {
    const shades = new Set(draw(0, 0, true).pixels);
    expect(shades.size).toBeGreaterThan(3);
    expect(new Set(draw(0, 0, false).pixels).size).toBe(3);
    // A point of half a pixel is still a point.
    expect(makeStamp(0.5, 10, false).whole).toHaveLength(1);
  });
});
