import { expect, it } from 'vitest';
import { CopySets, joinEqual, joinNear } from './copySets';

it('rows are copies through others, and the first row stands for them', () => {
  const sets = new CopySets(6);
  sets.join(4, 2);
  sets.join(2, 5);
  sets.join(1, 1);
  expect([...sets.sets()]).toEqual([-1, -1, 2, -1, 2, 2]);
  expect([sets.areJoined(4, 5), sets.areJoined(4, 3)]).toEqual([true, false]);
});

it('equal keys are joined, null is no key', () => {
  const sets = new CopySets(5);
  const { exact, score, firsts } = joinEqual(['a', null, 'b', 'a', null], sets);
  expect([...sets.sets()]).toEqual([0, -1, -1, 0, -1]);
  expect([...exact]).toEqual([1, 0, 0, 1, 0]);
  expect([...score]).toEqual([1, NaN, 0, 1, NaN]);
  expect([...firsts]).toEqual([0, 2]);
});

it('compares rows that share a key with one row of each set', () => {
  const sets = new CopySets(4);
  const score = new Float64Array(4);
  const compared: number[][] = [];
  joinNear(
    {
      rows: Int32Array.of(0, 1, 2, 3),
      bands: 2,
      keyOf: (row) => (row === 3 ? 1 : 0),
      similarityOf: (row, earlier) => {
        compared.push([row, earlier]);
        return row === 2 ? 0.2 : 0.75;
      },
      limit: 0.5,
    },
    sets,
    score,
  );
  expect([...sets.sets()]).toEqual([0, 0, -1, -1]);
  // Half way from the limit to 1: half way from ½ to 0.99. What is no copy is scored for its likeness as well.
  expect([...score]).toEqual([0.745, 0.745, 0.2, 0]);
  expect(compared).toEqual([
    [1, 0],
    // Row 1 does not stand beside 0 any more.
    [2, 0],
    [2, 0],
  ]);
});
