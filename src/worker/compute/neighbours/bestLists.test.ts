import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { groupSize } from '../kernels/groupKernel';
import { BestLists } from './bestLists';

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
  const create = (): BestLists => new BestLists(7, c, { scores: scores.length, references, raisingGroups: 256 });
  const all = Array.from({ length: queries * groups }, (_, w) => w);

  it.each([
    ['in order', all],
    ['the other way round', [...all].reverse()],
  ])('keeps the best, ties by position, none beyond the references: %s', (_, order) => {
    const lists = create();
    offer(lists, order, [6, 0, 3]);
    [6, 0, 3].forEach((place, q) => {
      expect([...lists.best(place)]).toEqual(expected[q].map(({ position }) => position));
      // What is as good as the worst of them may still belong to a better position.
      const worst = expected[q][c - 1].score;
      const maxima = Float32Array.of(worst - 1, worst, worst + 1, worst - 0.5, worst + 0.5);
      expect([...lists.chooseGroups(Int32Array.of(place), maxima)]).toEqual([1, 2, 4]);
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

  it('passes over what is below a raised limit', () => {
    const lists = create();
    const best = expected[0][0].score;
    // As many groups as a list is long say that there is something as good.
    lists.raiseLimits(Int32Array.of(6), [new Float32Array(2).fill(best), new Float32Array(c - 2).fill(best)]);
    offer(lists, all, [6, 0, 3]);
    expect([...lists.best(6)]).toEqual(
      expected[0].filter(({ score }) => score === best).map(({ position }) => position),
    );
    const wanted = lists.chooseGroups(Int32Array.of(6, 1), Float32Array.of(best - 1, best, -9, best, -9, best - 1));
    expect([...wanted]).toEqual([1, 3, 4, 5]);
  });

  it.each([5, 40, 64])('raises limits to about the best of the c-th best of %i groups, never beyond', (count) => {
    const lists = create();
    const maxima = [
      Float32Array.from({ length: count }, () => random.normal()),
      // A few far away ones; one far better; all the same.
      Float32Array.from({ length: count }, (_, g) => (g % 9 === 0 ? -1e30 : -20 + random.normal())),
      Float32Array.from({ length: count }, (_, g) => (g === 1 ? 1000 : random.normal())),
      new Float32Array(count).fill(-3),
    ];
    const places = Int32Array.of(4, 1, 0, 6);
    const split = Math.ceil(count / 3);
    const parts = [
      [0, split],
      [split, count],
    ].map(([from, to]) => Float32Array.from(maxima.flatMap((row) => [...row.subarray(from, to)])));
    lists.raiseLimits(places, parts);
    const found = maxima.map((row, i) => lists.chooseGroups(places.subarray(i, i + 1), row).length);
    maxima.forEach((row, i) => {
      const isEqual = new Set(row).size === 1;
      expect(found[i]).toBeGreaterThanOrEqual(c);
      if (i !== 1 && !isEqual) expect(found[i]).toBeLessThanOrEqual(c + 1);
    });
    // Fewer groups than a list is long say nothing.
    const other = create();
    other.raiseLimits(Int32Array.of(2), [new Float32Array(c - 1).fill(9)]);
    expect(other.chooseGroups(Int32Array.of(2), Float32Array.of(-1e30))).toHaveLength(1);
  });
});
