import { describe, expect, it } from 'vitest';
import { measurePicture } from './pictureMeasures';

function paint(width: number, height: number, colour: (x: number, y: number) => readonly number[]) {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), 3 * (y * width + x));
  return { width, height, data };
}

describe('measurePicture', () => {
  /*
   * Reference numbers by NumPy 2.4.6 and Pillow 13.0.0:
   *   y, x = np.mgrid[0:18, 0:24]
   *   a = np.stack([(7*x+13*y)%256, (x*y)%256, (255-5*x-3*y)%256], -1).astype(np.uint8)
   *   im = Image.fromarray(a); g = np.asarray(im.convert('L'), float); f = a.astype(float)
   *   b = np.sqrt(f**2 @ [.241, .691, .068]) / 255
   *   lap = g[1:-1,:-2] + g[1:-1,2:] + g[:-2,1:-1] + g[2:,1:-1] - 4*g[1:-1,1:-1]
   *   np.percentile(b, 99), np.percentile(b, 5), im.convert('L').entropy(), lap.var()/g.var(),
   *   (f.max(-1)-f.min(-1)).mean()/255
   */
  it('is what NumPy and Pillow compute', () => {
    const found = measurePicture(
      paint(24, 18, (x, y) => [(7 * x + 13 * y) % 256, (x * y) % 256, (((255 - 5 * x - 3 * y) % 256) + 256) % 256]),
    );
    expect(Math.abs(found.brightest - 0.8299231086207394)).toBeLessThan(1 / 4096);
    expect(Math.abs(found.darkest - 0.24647733701830019)).toBeLessThan(1 / 4096);
    expect(found.entropy).toBeCloseTo(7.038292879219998, 10);
    expect(found.sharpness).toBeCloseTo(2.3310757297409928, 10);
    expect(found.colour).toBeCloseTo(0.588162672476398, 10);
  });

  it('has no sharpness where there is one grey level, or no pixel inside', () => {
    expect(measurePicture(paint(9, 9, () => [40, 90, 10]))).toMatchObject({ sharpness: NaN, entropy: 0 });
    expect(measurePicture(paint(2, 2, (x) => [200 * x, 0, 0])).sharpness).toBeNaN();
  });

  it('does not call a picture less sharp because it is darker', () => {
    const scene = (light: number) =>
      measurePicture(paint(40, 40, (x, y) => Array(3).fill(light * (((x >> 2) + (y >> 2)) % 2 === 0 ? 200 : 40))));
    expect(scene(0.25).sharpness).toBeCloseTo(scene(1).sharpness, 6);
  });
});
