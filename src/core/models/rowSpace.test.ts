import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { findRowSpace } from './rowSpace';

const linalg = createFloat64LinearAlgebra();

/** Rows of any size, some copies and sums of others, the last column constant. */
function wideRows(n: number, d: number, seed: number): Matrix {
  const random = createRandom(seed);
  const data = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const size = 10 ** (6 * random.uniform() - 3);
    const kind = i < 2 ? 1 : random.uniform();
    for (let j = 0; j < d; j++) {
      data[i * d + j] =
        j === d - 1
          ? 1
          : kind < 0.15
            ? data[(i - 1) * d + j]
            : kind < 0.3
              ? data[(i - 1) * d + j] - 2 * data[(i - 2) * d + j]
              : size * random.normal();
    }
  }
  return { rows: n, columns: d, data };
}

/** Inner products of rows over the first columns. */
function products({ rows: n, columns: d, data }: Matrix, columns: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < columns; j++) out[i * n + k] += data[i * d + j] * data[k * d + j];
  return out;
}

describe('findRowSpace', () => {
  it('keeps the inner products of rows, whatever their sizes, copies and combinations', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 90 }), fc.integer({ min: 1, max: 40 }), fc.nat(1000), (n, more, seed) => {
        const x = wideRows(n, n + more + 1, seed);
        const space = findRowSpace({ features: x, unpenalised: [x.columns - 1], weights: new Float64Array(n) }, linalg);
        expect(space).not.toBeNull();
        if (space === null) return;
        const { features } = space;
        expect(features.columns).toBeLessThanOrEqual(n + 1);
        expect(space.unpenalised).toEqual([features.columns - 1]);
        const [asked, found] = [products(x, x.columns - 1), products(features, features.columns - 1)];
        for (let i = 0; i < n; i++) {
          expect(features.data[(i + 1) * features.columns - 1]).toBe(1);
          for (let k = 0; k < n; k++) {
            const size = Math.sqrt(asked[i * n + i] * asked[k * n + k]);
            expect(Math.abs(found[i * n + k] - asked[i * n + k])).toBeLessThan(1e-11 * size + Number.MIN_VALUE);
          }
        }
      }),
      { numRuns: 15, seed: 3 },
    );
  });

  it('gives logits by either coordinates, and finds the way back', () => {
    const x = wideRows(70, 91, 5);
    const space = findRowSpace({ features: x, unpenalised: [90], weights: new Float64Array(70) }, linalg);
    if (space === null) throw new Error('no row space');
    const width = space.features.columns;
    const random = createRandom(8);
    // A sum of rows, as every optimum is.
    const reduced = new Float64Array(2 * width);
    for (let t = 0; t < 2; t++)
      for (let i = 0; i < 70; i++) {
        const weight = random.normal() / Math.hypot(...x.data.subarray(i * 91, (i + 1) * 91));
        for (let j = 0; j < width; j++) reduced[t * width + j] += weight * space.features.data[i * width + j];
      }
    const theta = space.expand(reduced);
    const back = space.reduce(theta);
    for (let t = 0; t < 2; t++) {
      for (let i = 0; i < 70; i++) {
        let [a, b, size] = [0, 0, 0];
        for (let j = 0; j < 91; j++) a += x.data[i * 91 + j] * theta[t * 91 + j];
        for (let j = 0; j < width; j++) b += space.features.data[i * width + j] * reduced[t * width + j];
        for (let j = 0; j < width; j++) size += space.features.data[i * width + j] ** 2;
        expect(Math.abs(a - b)).toBeLessThan(1e-12 * Math.sqrt(size * width));
      }
    }
    back.forEach((value, at) => expect(value).toBeCloseTo(reduced[at], 10));
  });

  it('takes the span of the training rows where all rows are as many as the features', () => {
    const x = wideRows(40, 30, 6);
    const weights = new Float64Array(40).fill(1, 0, 12);
    const options = { features: x, unpenalised: [29], weights };
    expect(findRowSpace(options, linalg)?.features.columns).toBeLessThanOrEqual(13);
    expect(findRowSpace({ ...options, wholeSpan: true }, linalg)).toBeNull();
    expect(findRowSpace({ ...options, weights: weights.fill(1) }, linalg)).toBeNull();
  });

  it('leaves rows without any feature alone', () => {
    const x = { rows: 3, columns: 5, data: new Float64Array(15) };
    expect(findRowSpace({ features: x, unpenalised: [], weights: new Float64Array(3) }, linalg)).toBeNull();
  });
});
