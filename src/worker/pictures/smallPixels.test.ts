import { describe, expect, it } from 'vitest';
import { describePixels, lookedAtSide, smallNumbers } from './smallPixels';

const side = lookedAtSide;
const paint = (colour: (x: number, y: number) => readonly number[]): Uint8Array =>
  Uint8Array.from({ length: 3 * side * side }, (_, k) => {
    const pixel = Math.floor(k / 3);
    return colour(pixel % side, Math.floor(pixel / side))[k % 3];
  });

describe('describePixels', () => {
  it('gives the mean colour of each field, then the shares of colours', () => {
    // Left half red, right half black; of the first field one pixel in sixteen is white.
    const data = paint((x, y) => (x === 0 && y === 0 ? [255, 255, 255] : x < side / 2 ? [255, 0, 0] : [0, 0, 0]));
    const out = new Float32Array(smallNumbers + 2).fill(7);
    describePixels({ width: side, height: side, data }, out, 1);
    const [red, green, blue, ...next] = out.subarray(1, 7);
    expect(red).toBeCloseTo(1, 5);
    expect(green).toBeCloseTo(1 / 16, 6);
    expect(blue).toBeCloseTo(1 / 16, 6);
    expect(next.map((value) => Number(value.toFixed(5)))).toEqual([1, 0, 0]);
    expect([...out.subarray(1 + 3 * 7, 1 + 3 * 8)]).toEqual([0, 0, 0]);
    const shares = [...out.subarray(1 + 192, 1 + 192 + 64)].map((root) => (root / 2) ** 2);
    // Black, red, white.
    expect(shares[0]).toBeCloseTo(0.5, 6);
    expect(shares[48]).toBeCloseTo(0.5 - 1 / side ** 2, 6);
    expect(shares[63]).toBeCloseTo(1 / side ** 2, 6);
    expect(shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
    expect([out[0], out[smallNumbers + 1]]).toEqual([7, 7]);
  });
});
