import { describe, expect, it } from 'vitest';
import { randomFourierFeatures } from './randomFeatures.mjs';
import { countWords } from './wordCounts.mjs';

describe('countWords', () => {
  it('counts the words that most texts have, case and single letters ignored', () => {
    const { words, counts } = countWords(['The cat, the cat!', 'THE dog a', 'über dog'], 3);
    expect(words).toEqual(['dog', 'the', 'cat']);
    expect(counts).toEqual([
      [0, 2, 2],
      [1, 1, 0],
      [1, 0, 0],
    ]);
  });
});

describe('randomFourierFeatures', () => {
  it('has inner products near the Gaussian kernel, and is the same for the same seed', () => {
    const rows = [
      [0, 0],
      [1, 0],
      [3, 4],
    ];
    const options = { features: 4000, bandwidth: 2, seed: 5 };
    const made = randomFourierFeatures(rows, options);
    const kernel = (i, j) => made[i].reduce((sum, value, at) => sum + value * made[j][at], 0);
    const distance = (i, j) => rows[i].reduce((sum, value, at) => sum + (value - rows[j][at]) ** 2, 0);
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 2],
    ]) {
      expect(Math.abs(kernel(i, j) - Math.exp(-distance(i, j) / 8))).toBeLessThan(0.05);
    }
    expect(randomFourierFeatures(rows, options)).toEqual(made);
  });
});
