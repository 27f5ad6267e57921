import { describe, expect, it } from 'vitest';
import { createFloat32Rows } from '../../base/featureRows';
import { createRandom } from '../../base/random';
import { CandidateRanker } from './candidateRanker';
import { DuplicateFinder } from './duplicateRows';
import { findExactNeighbours } from './exactNeighbours';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const [n, d, k] = [120, 5, 6];

describe('CandidateRanker', () => {
  const random = createRandom(9);
  const data = Float64Array.from({ length: n * d }, () => Math.fround(random.normal()));
  // Rows 10, 50 and 90 are the same, and 11 and 91.
  for (const [from, to] of [
    [10, 50],
    [10, 90],
    [11, 91],
  ]) {
    data.copyWithin(to * d, from * d, (from + 1) * d);
  }
  const matrix = { rows: n, columns: d, data };
  const finder = new DuplicateFinder(n);
  finder.add(data, 0, n);
  const duplicates = finder.finish();
  const references = Int32Array.from({ length: n - 10 }, (_, i) => i + 5);
  const queries = Int32Array.from({ length: 60 }, (_, i) => 2 * i + 1);

  it.each([
    ['in memory', matrix, undefined, false],
    ['in memory, at once', matrix, undefined, true],
    ['stored, all held', createFloat32Rows(Float32Array.from(data), n, d), undefined, false],
    ['stored, 7 rows held at a time', createFloat32Rows(Float32Array.from(data), n, d), 7 * d * 4, false],
    ['stored, half of them held at a time', createFloat32Rows(Float32Array.from(data), n, d), 2 * n * d, false],
    ['stored, at once in no order', createFloat32Rows(Float32Array.from(data), n, d), undefined, true, false],
    ['stored, 7 rows held at a time, at once', createFloat32Rows(Float32Array.from(data), n, d), 7 * d * 4, true],
  ])('ranks candidates as the exact search does: %s', (_, features, residentBytes, isAtOnce, isOrdered = true) => {
    const request = { features, references, queries, k };
    const expected = findExactNeighbours({ ...request, features: matrix }, never);
    const ranker = new CandidateRanker(request, duplicates, references.length, { residentBytes });
    if (isAtOnce) {
      const all = new Int32Array(queries.length * references.length).fill(-1);
      queries.forEach((_query, q) => all.set(references, q * references.length));
      const order = isOrdered ? queries.map((_query, q) => q).reverse() : null;
      ranker.offerAll(all, order, () => undefined);
    } else {
      queries.forEach((_query, q) => ranker.offer(q, references.slice().reverse()));
    }
    const shares: number[] = [];
    const table = ranker.finish((share) => shares.push(share));
    expect(table.rows).toEqual(expected.rows);
    expect(table.squaredDistances).toEqual(expected.squaredDistances);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('knows duplicates without being told, and when they are enough', () => {
    const request = { features: matrix, references, queries: Int32Array.of(10, 91, 20), k: 2 };
    const ranker = new CandidateRanker(request, duplicates, 1);
    expect([0, 1, 2].map((q) => ranker.isComplete(q))).toEqual([true, false, false]);
    ranker.offer(1, Int32Array.of(30));
    const { rows, squaredDistances } = ranker.finish(() => undefined);
    expect([...rows]).toEqual([50, 90, 11, 30, -1, -1]);
    expect([...squaredDistances.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(squaredDistances[3]).toBeGreaterThan(0);
  });
});
