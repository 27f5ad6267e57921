import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { fitSharpness } from './fitSharpness';

const random = createRandom(3);
const classes = 3;
const shares = Float64Array.of(0.5, 0.3, 0.2);

function lossAt(scores: Float64Array, labels: Int32Array, sharpness: number): number {
  let loss = 0;
  labels.forEach((label, i) => {
    const powers = Array.from(shares, (share, c) => share * Math.exp(sharpness * scores[i * classes + c]));
    loss -= Math.log(powers[label] / powers.reduce((a, b) => a + b)) / labels.length;
  });
  return loss;
}

describe('fitSharpness', () => {
  it('finds the least loss', () => {
    const labels = Int32Array.from({ length: 300 }, () => random.integer(classes));
    const scores = Float64Array.from({ length: 900 }, (_, at) => {
      const own = labels[Math.floor(at / classes)] === at % classes ? 0.05 : 0;
      return own + 0.05 * random.normal();
    });
    const { sharpness, loss } = fitSharpness(scores, labels, shares);
    expect(loss).toBeCloseTo(lossAt(scores, labels, sharpness), 10);
    for (const factor of [0.97, 1.03]) expect(lossAt(scores, labels, factor * sharpness)).toBeGreaterThan(loss);
    expect(sharpness).toBeGreaterThan(4);
  });

  it('makes nothing of scores that say the opposite, and stays finite where they tell all', () => {
    const labels = Int32Array.of(0, 1, 2);
    const telling = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    expect(fitSharpness(telling, labels, shares).loss).toBeLessThan(1e-6);
    const opposite = telling.map((score) => -score);
    expect(fitSharpness(opposite, labels, shares).sharpness).toBeLessThan(1e-5);
  });
});
