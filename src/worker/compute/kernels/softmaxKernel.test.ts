import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { withSoftmaxKernel } from './softmaxKernel';

const random = createRandom(4);

/** Probabilities of count×C logits, in double and as the kernel gets them. */
function softmax(logits: Float64Array, classes: number): Float64Array {
  const p = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    const row = logits.subarray(at, at + classes);
    const largest = Math.max(...row);
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    row.forEach((value, c) => (p[at + c] = Math.exp(value - largest) / sum));
  }
  return p;
}

const normals = (count: number, size: number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(size * random.normal()));

/** Probabilities as the kernel holds them, of logits of some size, and a change of them. */
interface Case {
  readonly classes: number;
  readonly count: number;
  readonly spread: number;
  readonly size: number;
}

const cases: readonly Case[] = [2, 3, 4, 10, 101].flatMap((classes) =>
  [1, 4, 7, 50].flatMap((count) =>
    [0, 3, 15].flatMap((spread) => [1e-6, 1e-2, 1, 12].map((size) => ({ classes, count, spread, size }))),
  ),
);

describe('the softmax kernel', () => {
  it('changes probabilities and losses with an error of 1e-6 of the change, times how large that of the logits is', () => {
    for (const { classes, count, spread, size } of cases) {
      const logits = normals(count * classes, spread);
      const p = softmax(logits, classes).map(Math.fround);
      const step = normals(count * classes, size);
      const labels = Int32Array.from({ length: count }, () => random.integer(classes));
      const weights = Float32Array.from({ length: count }, (_, i) => [1, 0, 2.5][i % 3]);
      withSoftmaxKernel(classes, 1, (kernel) => {
        expect(kernel.height).toBeGreaterThanOrEqual(count);
        kernel.z.set(step);
        kernel.p.set(p);
        kernel.labels.set(labels);
        kernel.weights.set(weights);
        kernel.change(count);
        for (let i = 0; i < count; i++) {
          // In double, from the same probabilities: p·(e^Δ/Σpe^Δ − 1).
          const own = Array.from({ length: classes }, (_, c) => p[i * classes + c]);
          const moves = Array.from({ length: classes }, (_, c) => step[i * classes + c]);
          const mean = own.reduce((sum, value, c) => sum + value * moves[c], 0);
          const grown = moves.map((value) => Math.expm1(value - mean));
          const s = own.reduce((sum, value, c) => sum + value * grown[c], 0);
          const change = own.map((value, c) => (weights[i] * value * (grown[c] - s)) / (1 + s));
          const scale = Math.max(...change.map(Math.abs), 1e-30);
          const worst = Math.max(...change.map((value, c) => Math.abs(value - kernel.z[i * classes + c])));
          expect(worst / scale).toBeLessThan(1e-6 * Math.max(1, size));
          const loss = Math.log1p(s) - (moves[labels[i]] - mean);
          const found = Math.log1p(kernel.sums[i]) - kernel.moved[i];
          expect(Math.abs(found - loss)).toBeLessThan(1e-6 * (Math.abs(mean) + Math.max(...moves.map(Math.abs))));
        }
      });
    }
  });

  it('goes to the limits of single precision without losing its way', () => {
    withSoftmaxKernel(3, 1, (kernel) => {
      kernel.p.set([1, 1e-30, 0, 0.5, 0.5, 0]);
      kernel.z.set([-300, 0, 0, 1e4, -1e4, 0]);
      kernel.labels.set([1, 0]);
      kernel.weights.set([1, 1]);
      kernel.change(2);
      const expected = [-1, 1, 0, 0.5, -0.5, 0];
      kernel.z.subarray(0, 6).forEach((value, at) => expect(value).toBeCloseTo(expected[at], 4));
    });
  });

  it('applies the curvature of a row to several vectors, near certainty too', () => {
    for (const { classes, count, spread } of cases) {
      for (const runs of [1, 3]) {
        const p = softmax(normals(count * classes, spread), classes).map(Math.fround);
        const z = normals(count * classes * runs, 2).map((value) => Math.fround(value + 5));
        withSoftmaxKernel(classes, runs, (kernel) => {
          kernel.z.set(z);
          kernel.p.set(p);
          kernel.weights.set(Float32Array.from({ length: count }, (_, i) => [1, 0, 2.5][i % 3]));
          kernel.curve(count);
          let worst = 0;
          for (let at = 0; at < count * runs; at++) {
            const i = Math.floor(at / runs);
            const own = p.subarray(i * classes, (i + 1) * classes);
            const likeliest = own.indexOf(Math.max(...own));
            const origin = z[at * classes + likeliest];
            const moved = Array.from({ length: classes }, (_, c) => z[at * classes + c] - origin);
            const mean = moved.reduce((sum, value, c) => sum + own[c] * value, 0);
            const curved = moved.map((value, c) => [1, 0, 2.5][i % 3] * own[c] * (value - mean));
            const scale = Math.max(...curved.map(Math.abs), 1e-30);
            curved.forEach((value, c) => {
              worst = Math.max(worst, Math.abs(value - kernel.z[at * classes + c]) / scale);
            });
          }
          expect(worst).toBeLessThan(2e-6);
        });
      }
    }
  });
});
