import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { createFloat32Rows } from '../../base/featureRows';
import { createRandom } from '../../base/random';
import { createTestContext } from '../../testing/testData';
import { createExactNeighbourSearch } from './exactNeighbours';

const search = createExactNeighbourSearch();

describe('exact neighbour search', () => {
  it('finds what trying all pairs finds, duplicates and ties included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 120 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer(),
        (n, d, k, seed) => {
          const random = createRandom(seed);
          // A coarse grid: many duplicates and ties.
          const data = Float64Array.from({ length: n * d }, () => random.integer(4) - 1.5);
          const references = Int32Array.from(Array.from({ length: n }, (_, i) => i).filter((i) => i % 3 !== 0));
          const queries = Int32Array.from({ length: n }, (_, i) => i);
          const inMemory: FeatureRows = { rows: n, columns: d, data };
          const features = seed % 2 === 0 ? inMemory : createFloat32Rows(Float32Array.from(data), n, d);
          const found = search.search({ features, references, queries, k }, createTestContext());
          const distance = (a: number, b: number): number => {
            let sum = 0;
            for (let j = 0; j < d; j++) sum += (data[a * d + j] - data[b * d + j]) ** 2;
            return sum;
          };
          for (let q = 0; q < n; q++) {
            const expected = Array.from(references)
              .filter((row) => row !== q)
              .sort((a, b) => distance(q, a) - distance(q, b) || a - b)
              .slice(0, k);
            const rows = Array.from(found.rows.slice(q * k, (q + 1) * k));
            expect(rows.slice(0, expected.length)).toEqual(expected);
            expect(rows.slice(expected.length).every((row) => row === -1)).toBe(true);
            expected.forEach((row, at) => expect(found.squaredDistances[q * k + at]).toBe(distance(q, row)));
          }
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('gives duplicates the distance 0 far from the origin', () => {
    const data = Float64Array.from({ length: 40 }, (_, at) => 1e6 + Math.sin(at % 20));
    const found = search.search(
      { features: { rows: 2, columns: 20, data }, references: Int32Array.of(0, 1), queries: Int32Array.of(0, 1), k: 1 },
      createTestContext(),
    );
    expect(Array.from(found.rows)).toEqual([1, 0]);
    expect(Array.from(found.squaredDistances)).toEqual([0, 0]);
  });

  it('stops when asked to, reports its progress and refuses k = 0', () => {
    const data = new Float64Array(3000 * 8);
    const rows = Int32Array.from({ length: 3000 }, (_, i) => i);
    const request = { features: { rows: 3000, columns: 8, data }, references: rows, queries: rows, k: 3 };
    expect(() => search.search(request, createTestContext({ cancelAfter: 2 }))).toThrow(CancelledError);
    const done: number[] = [];
    search.search(request, createTestContext(), (queries) => done.push(queries));
    expect(done.length).toBeGreaterThan(5);
    expect(done[done.length - 1]).toBe(3000);
    expect(() => search.search({ ...request, k: 0 }, createTestContext())).toThrow(InputError);
  });
});
