import { describe, expect, it } from 'vitest';
import { catchPoints, findNearest, insideOf } from './lasso';
import type { PointLayers } from './pointLayers';

const size = { width: 100, height: 100 };
/** One unit is a pixel; (0, 0) is in the middle. */
const camera = { x: 0, y: 0, scaleX: 1, scaleY: 1 };
/** Row 0 is not in the list; the others are at the places 0, 1, 2. */
const placeOfRow = Int32Array.of(-1, 0, 1, 2);
const layers: PointLayers = {
  rows: Int32Array.of(0, 1, 2, 3),
  x: Float32Array.of(0, 10, -10, 500),
  y: Float32Array.of(0, 10, 10, 0),
  colours: new Uint32Array(4),
  ends: [1, 4, 4, 4],
};

describe('points under a shape', () => {
  it('are marked by their place in the list; others are counted', () => {
    const caught = catchPoints(layers, { camera, size, hit: insideOf(size) }, placeOfRow, 3);
    expect([...caught.places]).toEqual([1, 1, 0]);
    expect(caught).toMatchObject({ listed: 2, beyond: 1 });
    // The left half: y is upwards in the plane, downwards on the canvas.
    const left = catchPoints(layers, { camera, size, hit: (x, y) => x < 50 && y < 50 }, placeOfRow, 3);
    expect([...left.places]).toEqual([0, 1, 0]);
  });

  it('finds the nearest one, of the list before others', () => {
    expect(findNearest(layers, { camera, size, at: { x: 60, y: 40 } }, 9)).toBe(1);
    expect(findNearest(layers, { camera, size, at: { x: 50, y: 50 } }, 9)).toBe(0);
    // As far from both: the one of the list.
    expect(findNearest(layers, { camera, size, at: { x: 54, y: 46 } }, 20)).toBe(1);
    expect(findNearest(layers, { camera, size, at: { x: 80, y: 80 } }, 9)).toBe(-1);
  });
});
