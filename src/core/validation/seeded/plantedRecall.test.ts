import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { measurePlantedRecall } from './plantedRecall';

const rows = Int32Array.from({ length: 8 }, (_, row) => row);

describe('measurePlantedRecall', () => {
  it('agrees with average precision as it is defined', () => {
    const scores = [9, 8, 7, 6, 5, 4, 3, Number.NaN];
    const { found, averagePrecision } = measurePlantedRecall(
      scores,
      rows,
      new Set([0, 2, 7]),
      [0, 0.125, 0.3125, 0.5, 1],
    );
    expect(averagePrecision).toBeCloseTo((1 + 2 / 3 + 3 / 8) / 3, 12);
    expect(found).toEqual([0, 1 / 3, 0.5, 2 / 3, 1].map((share) => expect.closeTo(share, 12) as number));
  });

  it('expects of equal scores what a random order gives', () => {
    const random = createRandom(4);
    const scores = [3, 2, 2, 2, 2, 1, 1, 1];
    const planted = new Set([1, 3, 6]);
    const shares = [0.25, 0.5, 0.75];
    const exact = measurePlantedRecall(scores, rows, planted, shares);
    const trials = 20_000;
    let precision = 0;
    const found = shares.map(() => 0);
    for (let trial = 0; trial < trials; trial++) {
      const noisy = scores.map((score) => score + 0.5 * random.uniform());
      const one = measurePlantedRecall(noisy, rows, planted, shares);
      precision += one.averagePrecision / trials;
      one.found.forEach((share, k) => (found[k] += share / trials));
    }
    expect(exact.averagePrecision).toBeCloseTo(precision, 2);
    exact.found.forEach((share, k) => expect(share).toBeCloseTo(found[k], 2));
  });

  it('is nothing where nothing was planted', () => {
    expect(measurePlantedRecall([1, 2, 3, 4, 5, 6, 7, 8], rows, new Set(), [0.5, 1])).toEqual({
      found: [0, 0],
      averagePrecision: 0,
    });
  });
});
