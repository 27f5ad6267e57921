import { describe, expect, it } from 'vitest';
import { createFloat32Rows } from '../../base/featureRows';
import { createRandom, drawNormals } from '../../base/random';
import { mostBins, quantiseFeatures } from './quantiseFeatures';

function column(values: readonly number[]) {
  return { rows: values.length, columns: 1, data: Float64Array.from(values) };
}

describe('quantised features', () => {
  it('give each value a bin of its own where there are few, and keep their order', () => {
    const found = quantiseFeatures(column([3, -1, 3, 0.5, 7]), Int32Array.of(0, 1, 2, 3));
    // 7 is no training row's: it joins the largest.
    expect(Array.from(found.bins)).toEqual([2, 0, 2, 1, 2]);
    expect(Array.from(found.centres.subarray(0, 3))).toEqual([-1, 0.5, 3]);
  });

  it('put about as many rows into each of 64 bins where there are more values', () => {
    const n = 6400;
    const values = drawNormals(createRandom(1), n);
    const { bins, centres } = quantiseFeatures({ rows: n, columns: 1, data: values }, Int32Array.from(values.keys()));
    const sizes = new Int32Array(mostBins);
    bins.forEach((bin) => sizes[bin]++);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(99);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(101);
    for (let i = 1; i < n; i++) {
      if (values[i] < values[i - 1]) expect(bins[i]).toBeLessThanOrEqual(bins[i - 1]);
      else expect(bins[i]).toBeGreaterThanOrEqual(bins[i - 1]);
    }
    expect(centres).toEqual(centres.slice().sort());
  });

  it('leave a value that half of the rows have in one bin', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i));
    const { bins } = quantiseFeatures(column(values), Int32Array.from(values.keys()));
    expect(bins.slice(0, 500).every((bin) => bin === 0)).toBe(true);
    expect(bins[500]).toBe(1);
    expect(bins[999]).toBeLessThan(mostBins);
  });

  it('are made in steps that can be interrupted, feature by feature and then by rows', () => {
    const steps: (readonly [number, number])[] = [];
    const features = { rows: 3, columns: 2, data: Float64Array.of(1, 2, 3, 4, 5, 6) };
    quantiseFeatures(features, Int32Array.of(0, 1, 2), (done, total) => steps.push([done, total]));
    expect(steps).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 3],
    ]);
  });

  it('leave out what is constant on the training rows, and are the same from elsewhere than memory', () => {
    const data = Float64Array.of(1, 5, 1, 1, 6, 1, 1, 7, 2);
    const rows = Int32Array.of(0, 1);
    const found = quantiseFeatures({ rows: 3, columns: 3, data }, rows);
    expect(found.columns).toBe(1);
    expect(Array.from(found.bins)).toEqual([0, 1, 1]);
    expect(quantiseFeatures(createFloat32Rows(Float32Array.from(data), 3, 3), rows)).toEqual(found);
  });
});
