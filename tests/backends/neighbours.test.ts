import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/core/base/errors';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import type { NeighbourRequest } from '../../src/core/ranking/neighbours';
import { hnswNeighbours } from '../../src/worker/compute/hnswNeighbours';
import { nativeNeighbours } from '../../src/worker/compute/nativeNeighbours';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';
import { measureRecall, scanNeighbours } from '../../src/worker/compute/scanNeighbours';
import { loadTensorflow } from '../../src/worker/compute/tensorflowBinding';
import type { Tensorflow } from '../../src/worker/compute/tensorflowBinding';
import { nativeSkipReason } from './installedTensorflow';
import { randomMatrix } from './portConformance';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
let loaded: Tensorflow | undefined;
const tensorflow = (): Tensorflow => (loaded ??= loadTensorflow());

/** Clusters of different sizes and places, some far from the middle for single precision. */
function blobs(rows: number, columns: number): Matrix {
  const { data } = randomMatrix(rows, columns, 17);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[i * columns + j] += (i % 7) * (j % 3) * 3;
  return { rows, columns, data };
}

function cancelAfter(checks: number): { signal: typeof never; asked: () => number } {
  let asked = 0;
  const throwIfCancelled = (): undefined => {
    if (++asked === checks) throw new CancelledError();
  };
  return { signal: { cancelled: false, throwIfCancelled }, asked: () => asked };
}

describe.skipIf(nativeSkipReason() !== undefined)('native neighbours', () => {
  it.each([
    [40, 3, 5],
    [700, 1, 10],
    [4100, 12, 30],
    [1500, 70, 7],
  ])('are those of the scan: %i×%i, k = %i', (n, d, k) => {
    const before = tensorflow().tensorCount();
    const request = { features: blobs(n, d), references: range(n >> 3, n), queries: range(0, n - 3), k };
    const found = nativeNeighbours(tensorflow(), request, never);
    const expected = scanNeighbours(request, never);
    expect(found.rows).toEqual(expected.rows);
    expect(found.squaredDistances).toEqual(expected.squaredDistances);
    expect(found).toMatchObject({ k, method: 'exact', recall: 1 });
    expect(tensorflow().tensorCount()).toBe(before);
  });

  it('find equal rows where there are more of them than neighbours wanted', () => {
    const distinct = blobs(50, 6);
    const data = new Float64Array(5000 * 6);
    for (let i = 0; i < 5000; i++) data.set(distinct.data.subarray((i % 50) * 6, (i % 50) * 6 + 6), i * 6);
    const request = {
      features: { rows: 5000, columns: 6, data },
      references: range(0, 5000),
      queries: range(0, 300),
      k: 30,
    };
    const found = nativeNeighbours(tensorflow(), request, never);
    expect(found.squaredDistances.every((distance) => distance === 0)).toBe(true);
    found.rows.forEach((row, at) => expect(row % 50).toBe(Math.floor(at / 30) % 50));
    expect(new Set(found.rows.subarray(0, 30)).size).toBe(30);
    expect(found.rows.subarray(0, 30)).not.toContain(0);
  });

  it('mark what is missing when there are fewer references than neighbours wanted, or none', () => {
    const features = blobs(6, 2);
    const request = { features, references: Int32Array.of(2, 4), queries: Int32Array.of(2, 5), k: 3 };
    const found = nativeNeighbours(tensorflow(), request, never);
    expect(found).toEqual(scanNeighbours(request, never));
    const none = nativeNeighbours(tensorflow(), { ...request, references: new Int32Array(0) }, never);
    expect([...none.rows]).toEqual([-1, -1, -1, -1, -1, -1]);
  });

  it('stop where they are cancelled and lose no tensor', () => {
    const before = tensorflow().tensorCount();
    const features = blobs(9000, 4);
    const request = { features, references: range(0, 9000), queries: range(0, 9000), k: 5 };
    const { signal, asked } = cancelAfter(8);
    expect(() => nativeNeighbours(tensorflow(), request, signal)).toThrow(CancelledError);
    expect(asked()).toBe(8);
    expect(tensorflow().tensorCount()).toBe(before);
  });
});

describe('HNSW neighbours', () => {
  const features = randomMatrix(6000, 20, 2);
  const request: NeighbourRequest = { features, references: range(0, 5500), queries: range(200, 6000), k: 30 };

  it('reach a recall of 0.95 at k = 30, and report what is true', () => {
    const seen: number[] = [];
    const found = hnswNeighbours(request, { signal: never, random: createRandom(1) }, (done) => seen.push(done));
    expect(found.method).toBe('approximate');
    const recall = measureRecall(
      request,
      found,
      Int32Array.from({ length: 500 }, (_, i) => i * 11),
      never,
    );
    expect(recall).toBeGreaterThan(0.95);
    expect(Math.abs(found.recall - recall)).toBeLessThan(0.01);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(5800);
    for (let q = 0; q < 5800; q += 37) {
      const own = [...found.rows.subarray(q * 30, q * 30 + 30)];
      expect(own).not.toContain(request.queries[q]);
      expect(new Set(own).size).toBe(30);
      expect(own.every((row) => row >= 0 && row < 5500)).toBe(true);
      const distances = [...found.squaredDistances.subarray(q * 30, q * 30 + 30)];
      expect(distances).toEqual([...distances].sort((a, b) => a - b));
    }
  });

  it('are the same every time', () => {
    const small = { ...request, references: range(0, 2000), queries: range(0, 1000) };
    const run = (): Int32Array => hnswNeighbours(small, { signal: never, random: createRandom(1) }).rows;
    expect(run()).toEqual(run());
  });

  it('stop where they are cancelled', () => {
    const { signal, asked } = cancelAfter(3);
    expect(() => hnswNeighbours(request, { signal, random: createRandom(1) })).toThrow(CancelledError);
    expect(asked()).toBe(3);
  });

  it('answer one query and few references', () => {
    const few = { features, references: Int32Array.of(1, 2, 3), queries: Int32Array.of(2), k: 5 };
    const found = hnswNeighbours(few, { signal: never, random: createRandom(1) });
    expect({ ...found, method: 'exact' }).toEqual(scanNeighbours(few, never));
    expect(found.recall).toBe(1);
  });
});

describe('createNeighbourSearch', () => {
  it('without TensorFlow gives the exact answer for small problems', () => {
    const request = { features: blobs(300, 5), references: range(0, 250), queries: range(0, 300), k: 6 };
    const context = { signal: never, random: createRandom(1), log: () => undefined };
    // The search computes with what it was made with, not with the port.
    const search = createNeighbourSearch(null);
    expect(search.search(request, context as unknown as Parameters<typeof search.search>[1])).toEqual(
      scanNeighbours(request, never),
    );
    expect(search.description).toMatch(/exact/);
  });
});
