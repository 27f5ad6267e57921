import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../core/base/errors';
import { createRandom } from '../../core/base/random';
import { measureRecall, scanNeighbours } from './scanNeighbours';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const random = createRandom(3);
const [n, d] = [200, 11];
const features = { rows: n, columns: d, data: Float64Array.from({ length: n * d }, () => random.normal()) };
const references = Int32Array.from({ length: 150 }, (_, i) => i);
const queries = Int32Array.of(3, 149, 150, 199);

describe('scanNeighbours', () => {
  it('finds what sorting all distances finds', () => {
    const found = scanNeighbours({ features, references, queries, k: 4 }, never);
    queries.forEach((query, q) => {
      const distance = (row: number): number => {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += (features.data[query * d + j] - features.data[row * d + j]) ** 2;
        return sum;
      };
      const expected = [...references].filter((row) => row !== query).sort((a, b) => distance(a) - distance(b));
      expect([...found.rows.subarray(q * 4, q * 4 + 4)]).toEqual(expected.slice(0, 4));
      for (let j = 0; j < 4; j++) expect(found.squaredDistances[q * 4 + j]).toBeCloseTo(distance(expected[j]), 12);
    });
  });

  it('breaks ties by row number and marks what is missing', () => {
    const same = { rows: 4, columns: 1, data: Float64Array.of(1, 1, 1, 2) };
    const all = Int32Array.of(0, 1, 2, 3);
    const found = scanNeighbours({ features: same, references: all, queries: Int32Array.of(3, 1), k: 5 }, never);
    expect([...found.rows]).toEqual([0, 1, 2, -1, -1, 0, 2, 3, -1, -1]);
    expect([...found.squaredDistances]).toEqual([1, 1, 1, Infinity, Infinity, 0, 0, 1, Infinity, Infinity]);
  });

  it('stops at the next query after it was cancelled', () => {
    let asked = 0;
    const signal = {
      cancelled: false,
      throwIfCancelled: () => {
        if (++asked === 2) throw new CancelledError();
      },
    };
    expect(() => scanNeighbours({ features, references, queries, k: 4 }, signal)).toThrow(CancelledError);
    expect(asked).toBe(2);
  });
});

describe('measureRecall', () => {
  it('is the share of true neighbours found, equals counting as found', () => {
    const request = { features, references, queries, k: 4 };
    const exact = scanNeighbours(request, never);
    const sample = Int32Array.of(0, 1, 2, 3);
    expect(measureRecall(request, exact, sample, never)).toBe(1);
    const spoiled = { squaredDistances: exact.squaredDistances.slice() };
    spoiled.squaredDistances.fill(1e9, 0, 4);
    spoiled.squaredDistances[5] = Infinity;
    expect(measureRecall(request, spoiled, sample, never)).toBe(11 / 16);
  });
});
