import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { BestScores } from './bestScores';

describe('BestScores', () => {
  it('holds the best, ties by position, whatever the order of the offers', () => {
    const random = createRandom(2);
    const offers = Array.from({ length: 200 }, (_, position) => ({ position, score: random.integer(20) }));
    const expected = [...offers].sort((a, b) => b.score - a.score || a.position - b.position).slice(0, 9);
    for (const order of [offers, [...offers].reverse()]) {
      const best = new BestScores(3, 9);
      best.offer(1, 7, 100);
      best.clear(2);
      for (const { position, score } of order) if (score >= best.threshold(1)) best.offer(1, position, score);
      expect([...best.best(1)]).toEqual(expected.map(({ position }) => position));
      expect(best.threshold(1)).toBe(expected[8].score);
      expect([...best.best(0)]).toEqual([]);
      expect(best.threshold(2)).toBe(-Infinity);
    }
  });
});
