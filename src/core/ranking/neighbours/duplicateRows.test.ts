import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { DuplicateFinder } from './duplicateRows';

function groups(data: Float64Array, rows: number, blockRows: number): number[][] {
  const d = data.length / rows;
  const finder = new DuplicateFinder(rows);
  for (let from = 0; from < rows; from += blockRows) {
    const count = Math.min(blockRows, rows - from);
    finder.add(data.subarray(from * d, (from + count) * d), from, count);
  }
  const duplicates = finder.finish();
  const found: number[][] = [];
  for (let row = 0; row < rows; row++) {
    if (duplicates.first(row) !== row) continue;
    const group: number[] = [];
    for (let at = row; at >= 0; at = duplicates.next(at)) group.push(at);
    found.push(group);
  }
  return found;
}

describe('DuplicateFinder', () => {
  it('groups the rows that are the same, in order', () => {
    const random = createRandom(4);
    const [n, d] = [600, 3];
    const data = Float64Array.from({ length: n * d }, () => (random.integer(5) - 2) / 3);
    const expected = new Map<string, number[]>();
    for (let i = 0; i < n; i++) {
      const key = data.subarray(i * d, (i + 1) * d).join();
      expected.set(key, [...(expected.get(key) ?? []), i]);
    }
    for (const blockRows of [1, 7, 600]) expect(groups(data, n, blockRows)).toEqual([...expected.values()]);
  });

  it('takes apart what differs in one bit, and 0 from nothing but −0', () => {
    expect(groups(Float64Array.of(0, 1, -0, 1, 5e-324, 1, 0, 1 + 2 ** -52), 4, 4)).toEqual([[0, 1], [2], [3]]);
  });

  it('does not collide on counting numbers', () => {
    const n = 200_000;
    expect(
      groups(
        Float64Array.from({ length: n }, (_, i) => i),
        n,
        n,
      ),
    ).toHaveLength(n);
  });
});
