import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random';
import { drawBeta, drawBinomial, drawGamma, drawPoisson, summarizeDraws } from './drawCounts';

const count = 20_000;

function momentsOf(draw: () => number): { mean: number; variance: number } {
  const draws = Array.from({ length: count }, draw);
  const mean = draws.reduce((sum, one) => sum + one, 0) / count;
  return { mean, variance: draws.reduce((sum, one) => sum + (one - mean) ** 2, 0) / count };
}

describe('drawing counts', () => {
  const random = createRandom(5);

  it.each([
    [10, 0.3],
    [7, 0.95],
    [2_000, 0.004],
    [5_000, 0.4],
  ])('draws binomial numbers (%d, %d)', (trials, share) => {
    const { mean, variance } = momentsOf(() => drawBinomial(random, trials, share));
    const expected = trials * share * (1 - share);
    expect(Math.abs(mean - trials * share)).toBeLessThan(4 * Math.sqrt(expected / count));
    expect(variance / expected).toBeCloseTo(1, 1);
    expect(drawBinomial(random, trials, 0)).toBe(0);
    expect(drawBinomial(random, trials, 1)).toBe(trials);
  });

  it.each([0.5, 1, 7])('draws gamma numbers of shape %d', (shape) => {
    const { mean, variance } = momentsOf(() => drawGamma(random, shape));
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / count));
    expect(variance / shape).toBeCloseTo(1, 0.7);
  });

  it('draws beta numbers', () => {
    const { mean, variance } = momentsOf(() => drawBeta(random, 2.5, 7.5));
    expect(mean).toBeCloseTo(0.25, 2);
    expect(variance).toBeCloseTo((0.25 * 0.75) / 11, 3);
  });

  it.each([0, 0.7, 30, 900])('draws Poisson numbers of mean %d', (mean) => {
    const drawn = momentsOf(() => drawPoisson(random, mean));
    expect(Math.abs(drawn.mean - mean)).toBeLessThanOrEqual(4 * Math.sqrt(mean / count));
    if (mean > 0) expect(drawn.variance / mean).toBeCloseTo(1, 1);
  });
});

describe('summarizeDraws', () => {
  it('gives the mean and the middle 95 %', () => {
    const draws = Float64Array.from({ length: 1_000 }, (_, k) => (k * 7) % 1_000);
    expect(summarizeDraws(draws)).toEqual({ value: expect.closeTo(499.5, 6) as number, low: 24, high: 974 });
  });

  it('counts draws by their weights', () => {
    const { value, low, high } = summarizeDraws(Float64Array.of(1, 2, 3), Float64Array.of(0, 1, 1));
    expect([value, low, high]).toEqual([2.5, 2, 3]);
  });
});
