import { describe, expect, it } from 'vitest';
import { closeness, extentOf, fitCamera, pan, toPlane, toScreen, zoom } from './camera';

const size = { width: 400, height: 300 };
const extent = { left: -1, right: 3, bottom: 0, top: 2 };

describe('the camera of the map', () => {
  it('finds the extent of the points that have a place', () => {
    expect(extentOf(Float32Array.of(1, 2, NaN, 5, -1, 0.5, Infinity, 9))).toEqual({
      left: -1,
      right: 1,
      bottom: 0.5,
      top: 2,
    });
    expect(extentOf(Float32Array.of(NaN, 1))).toBeNull();
    expect(extentOf(new Float32Array(0))).toBeNull();
  });

  it('shows all of it in the middle, with one scale or one for each axis', () => {
    const whole = fitCamera(extent, size, false);
    expect(whole.scaleX).toBe(whole.scaleY);
    for (const x of [-1, 3]) {
      for (const y of [0, 2]) {
        const at = toScreen({ x, y }, whole, size);
        expect(at.x).toBeGreaterThanOrEqual(20);
        expect(at.x).toBeLessThanOrEqual(380);
        expect(at.y).toBeGreaterThanOrEqual(20);
        expect(at.y).toBeLessThanOrEqual(280);
      }
    }
    // Upwards is up.
    expect(toScreen({ x: 0, y: 2 }, whole, size).y).toBeLessThan(toScreen({ x: 0, y: 0 }, whole, size).y);
    const free = fitCamera(extent, size, true);
    expect(toScreen({ x: 3, y: 2 }, free, size)).toEqual({ x: 328, y: 72 });
    expect(Number.isFinite(fitCamera({ left: 1, right: 1, bottom: 1, top: 1 }, size, false).scaleX)).toBe(true);
  });

  it('finds the way back from the canvas', () => {
    const camera = pan(fitCamera(extent, size, true), 37, -12);
    const at = toScreen({ x: 0.3, y: 1.7 }, camera, size);
    const back = toPlane(at, camera, size);
    expect(back.x).toBeCloseTo(0.3, 10);
    expect(back.y).toBeCloseTo(1.7, 10);
  });

  it('moves by pixels, and zooms about a point that stays', () => {
    const whole = fitCamera(extent, size, false);
    const before = toScreen({ x: 1, y: 1 }, whole, size);
    const moved = toScreen({ x: 1, y: 1 }, pan(whole, 10, 5), size);
    expect(moved.x - before.x).toBeCloseTo(10, 8);
    expect(moved.y - before.y).toBeCloseTo(5, 8);
    const fixed = { x: 120, y: 80 };
    const under = toPlane(fixed, whole, size);
    const near = zoom(whole, 3, fixed, size, whole);
    expect(closeness(near, whole)).toBeCloseTo(3, 10);
    const after = toScreen(under, near, size);
    expect(after.x).toBeCloseTo(fixed.x, 8);
    expect(after.y).toBeCloseTo(fixed.y, 8);
    // Not without end.
    expect(closeness(zoom(whole, 1e9, fixed, size, whole), whole)).toBe(5_000);
    expect(closeness(zoom(whole, 1e-9, fixed, size, whole), whole)).toBeCloseTo(0.2, 10);
  });
});
