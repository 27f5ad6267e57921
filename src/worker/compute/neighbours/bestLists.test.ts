import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { BestLists, groupSize } from './bestLists';
import { selectLargest } from './scoreKernel';

const c = 5;
const [queries, groups, references] = [3, 4, 4 * groupSize - 7];

describe('BestLists', () => {
  const random = createRandom(8);
  // Few different scores, of either sign: many are equal.
  const scores = Float32Array.from({ length: queries * groups * groupSize }, () => random.integer(9) - 6.5);
  const positions = Int32Array.from({ length: references }, (_, r) => 1000 - 3 * r);
  const expected = [0, 1, 2].map((q) =>
    Array.from(positions, (position, r) => ({ position, score: scores[q * groups * groupSize + r] }))
      .sort((a, b) => b.score - a.score || a.position - b.position)
      .slice(0, c),
  );
  const offer = (lists: BestLists, order: number[], places: number[]): void => {
    const slices = new Float32Array(order.flatMap((w) => [...scores.subarray(w * groupSize, (w + 1) * groupSize)]));
    lists.offerSlices(slices, { wanted: Int32Array.from(order), groups, places: Int32Array.from(places), positions });
  };
  const create = (): BestLists => new BestLists(7, c, { scores: scores.length, references });
  const all = Array.from({ length: queries * groups }, (_, w) => w);

  it.each([
    ['in order', all],
    ['the other way round', [...all].reverse()],
  ])('keeps the best, ties by position, none beyond the references: %s', (_, order) => {
    const lists = create();
    expect([...lists.thresholds(Int32Array.of(6))]).toEqual([-Infinity]);
    // Offered twice: still once in the list.
    offer(lists, order, [6, 0, 3]);
    offer(lists, order, [6, 0, 3]);
    [6, 0, 3].forEach((place, q) => {
      expect([...lists.best(place)]).toEqual(expected[q].map(({ position }) => position));
      expect([...lists.thresholds(Int32Array.of(place))]).toEqual([expected[q][c - 1].score]);
    });
    expect(lists.best(1)).toHaveLength(0);
    const taken = lists.takePositions();
    expect([...taken.subarray(3 * c, 5 * c)]).toEqual([
      ...expected[2].map(({ position }) => position),
      ...Array(c).fill(-1),
    ]);
    lists.clear(7);
    expect(lists.best(6)).toHaveLength(0);
  });

  it('passes over what is below a raised threshold', () => {
    const lists = create();
    const best = expected[0][0].score;
    lists.raiseThresholds(Int32Array.of(6), Float32Array.of(best));
    offer(lists, all, [6, 0, 3]);
    expect([...lists.best(6)]).toEqual(
      expected[0].filter(({ score }) => score === best).map(({ position }) => position),
    );
  });
});

describe('selectLargest', () => {
  it('finds what sorting finds', () => {
    const random = createRandom(2);
    for (const count of [1, 2, 7, 100, 333]) {
      const numbers = Float32Array.from({ length: count }, () => random.integer(40));
      const sorted = [...numbers].sort((a, b) => b - a);
      for (const place of [1, count >> 1, count]) {
        if (place > 0) expect(selectLargest(numbers.slice(), place)).toBe(sorted[place - 1]);
      }
    }
  });
});
