import { describe, expect, it, vi } from 'vitest';
import { CancelledError, InputError } from '../../src/core/base/errors';
import type { StoredRows } from '../../src/core/base/featureRows';
import { createFloat32Rows } from '../../src/core/base/featureRows';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { CandidateRanker } from '../../src/core/ranking/neighbours/candidateRanker';
import { findExactNeighbours } from '../../src/core/ranking/neighbours/exactNeighbours';
import { measureRecall } from '../../src/core/ranking/neighbours/measureRecall';
import type { NeighbourContext, NeighbourRequest, Neighbours } from '../../src/core/ranking/neighbours/neighbours';
import type { NeighbourTable } from '../../src/core/ranking/neighbours/neighbourTable';
import { createNativeLinearAlgebra } from '../../src/worker/compute/native/nativeLinearAlgebra';
import type { Tensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { findInCells, prepareCells } from '../../src/worker/compute/neighbours/cellNeighbours';
import { CellSearcher } from '../../src/worker/compute/neighbours/cellSearcher';
import { findInGraph } from '../../src/worker/compute/neighbours/hnswNeighbours';
import { findExactNatively } from '../../src/worker/compute/neighbours/nativeExact';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';
import { nativeSkipReason } from './installedTensorflow';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
const ignore = (): void => undefined;
const withoutNative = nativeSkipReason() !== undefined;
let loaded: Tensorflow | undefined;
const tensorflow = (): Tensorflow => (loaded ??= loadTensorflow());

function context(signal: NeighbourContext['signal'] = never, native = false): NeighbourContext {
  const linalg = native ? createNativeLinearAlgebra(tensorflow()) : createFloat64LinearAlgebra();
  return { signal, random: createRandom(1), log: ignore, linalg };
}

/**
 * Rows that are single-precision numbers: seven clusters of different places in 12 dimensions, seen in `columns`
 * columns with a little noise, and every 50th row twice.
 */
function clusters(rows: number, columns: number, seed = 17): Matrix {
  const random = createRandom(seed);
  const latent = Math.min(12, columns);
  const map = Float64Array.from({ length: latent * columns }, () => random.normal());
  const centres = Float64Array.from({ length: 7 * latent }, () => 2 * random.normal());
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    if (i % 50 === 49) {
      data.copyWithin(i * columns, (i - 30) * columns, (i - 29) * columns);
      continue;
    }
    const cluster = random.integer(7);
    for (let a = 0; a < latent; a++) {
      const z = centres[cluster * latent + a] + random.normal();
      for (let j = 0; j < columns; j++) data[i * columns + j] += z * map[a * columns + j];
    }
    for (let j = 0; j < columns; j++) data[i * columns + j] += 3 * (j % 3) + 0.1 * random.normal();
  }
  return { rows, columns, data: Float64Array.from(Float32Array.from(data)) };
}

/** The same rows as a file would give them, and whether they were read in runs. */
function stored({ rows, columns, data }: Matrix): StoredRows & { readonly reads: number[] } {
  const inner = createFloat32Rows(Float32Array.from(data), rows, columns);
  const reads: number[] = [];
  return {
    ...inner,
    reads,
    read: (from, count, out) => {
      reads.push(count);
      inner.read(from, count, out);
    },
  };
}

/** Few distinct rows, each very often: more duplicates than neighbours wanted. */
function categories(rows: number): Matrix {
  const data = Float64Array.from({ length: rows * 6 }, (_, at) => (Math.floor(at / 6) * (1 + (at % 6))) % 7);
  return { rows, columns: 6, data };
}

const pick = ({ rows, squaredDistances }: NeighbourTable): Pick<Neighbours, 'rows' | 'squaredDistances'> => ({
  rows,
  squaredDistances,
});

function cancelAfter(checks: number): { signal: typeof never; asked: () => number } {
  let asked = 0;
  const throwIfCancelled = (): undefined => {
    if (++asked === checks) throw new CancelledError();
  };
  return { signal: { cancelled: false, throwIfCancelled }, asked: () => asked };
}

/** Whether two answers are the same bit by bit; toEqual takes seconds for arrays of this length. */
function expectSame(found: Neighbours, expected: Neighbours): void {
  const bytes = ({ buffer }: Int32Array | Float32Array): Buffer => Buffer.from(buffer);
  expect(found.rows.findIndex((row, at) => row !== expected.rows[at])).toBe(-1);
  expect(bytes(found.rows).equals(bytes(expected.rows))).toBe(true);
  expect(bytes(found.squaredDistances).equals(bytes(expected.squaredDistances))).toBe(true);
  expect([found.k, found.method, found.recall]).toEqual([expected.k, expected.method, expected.recall]);
}

/** What every answer promises, right or approximate. */
function expectWellFormed(request: NeighbourRequest, found: Neighbours): void {
  const { features, references, queries, k } = request;
  const isReference = new Set(references);
  const matrix = features as Matrix; // Only asked with rows in memory.
  for (let q = 0; q < queries.length; q += 7) {
    const rows = [...found.rows.subarray(q * k, (q + 1) * k)].filter((row) => row >= 0);
    expect(new Set(rows).size).toBe(rows.length);
    let before = { distance: -1, row: -1 };
    rows.forEach((row, at) => {
      expect(row !== queries[q] && isReference.has(row)).toBe(true);
      let distance = 0;
      for (let j = 0; j < matrix.columns; j++) {
        distance += (matrix.data[row * matrix.columns + j] - matrix.data[queries[q] * matrix.columns + j]) ** 2;
      }
      const given = found.squaredDistances[q * k + at];
      expect(Math.abs(given - distance)).toBeLessThanOrEqual(1e-6 * distance);
      expect(given > before.distance || (given === before.distance && row > before.row)).toBe(true);
      before = { distance: given, row };
    });
  }
}

type Find = (request: NeighbourRequest, context: NeighbourContext, onBlock?: (share: number) => void) => Neighbours;

const exactNative: Find = (request, given, onBlock = ignore) =>
  findExactNatively(tensorflow(), request, given, onBlock);
const cells: Find = (request, given, onBlock = ignore) => {
  const found = findInCells(tensorflow(), request, given, 0, onBlock);
  if (found === null) throw new Error('Exact search was not on offer.');
  return found;
};
const graph: Find = (request, given, onBlock = ignore) => findInGraph(request, given, onBlock);

describe.skipIf(withoutNative)('exact neighbours on native TensorFlow', () => {
  it.each([
    [40, 3, 5],
    [700, 1, 10],
    [4500, 12, 30],
    [2500, 90, 7],
  ])('are those of trying all pairs, in memory and stored: %i×%i, k = %i', (n, d, k) => {
    const before = tensorflow().tensorCount();
    const request = { features: clusters(n, d), references: range(n >> 3, n), queries: range(0, n - 3), k };
    const expected = findExactNeighbours(request, never);
    expectSame(exactNative(request, context()), expected);
    expectSame(exactNative({ ...request, features: stored(request.features) }, context()), expected);
    expect(tensorflow().tensorCount()).toBe(before);
  });
});

describe.skipIf(withoutNative)('neighbours in cells on native TensorFlow', () => {
  const rows = 9000;
  const features = clusters(rows, 80);
  const request: NeighbourRequest = { features, references: range(300, rows), queries: range(0, rows - 300), k: 30 };

  it('reach a recall of 0.95 and report what is true, alike in memory and stored, every time', () => {
    const before = tensorflow().tensorCount();
    const shares: number[] = [];
    const found = cells(request, context(never, true), (share) => shares.push(share));
    const every = range(0, rows - 300).filter((q) => q % 8 === 0);
    const truth = findExactNeighbours({ ...request, queries: every }, never);
    const recall = measureRecall(found, truth, every);
    expect(recall).toBeGreaterThan(0.95);
    expect(Math.abs(found.recall - recall)).toBeLessThan(0.02);
    expect(found.method).toBe('approximate');
    expectWellFormed(request, found);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expectSame(cells(request, context(never, true)), found);
    const file = stored(features);
    expectSame(cells({ ...request, features: file }, context(never, true)), found);
    // The sample of queries, its candidates and runs of 32 rows are read by themselves; everything else in long runs.
    const long = file.reads.filter((count) => count >= 1000).reduce((sum, count) => sum + count, 0);
    // Once to project, once to measure: all rows fit into the room for them.
    expect(long).toBe(2 * rows);
    expect(file.reads.length).toBeLessThan(128 * 45);
    expect(tensorflow().tensorCount()).toBe(before);
  });

  it('are found in a few of the cells as well, alike in memory and stored', () => {
    const before = tensorflow().tensorCount();
    const manyCells = (count: number): number => Math.round(1.5 * Math.sqrt(count));
    const search = (given: NeighbourRequest): Neighbours => {
      const prepared = prepareCells(tensorflow(), given, context(never, true), () => ignore, manyCells);
      const { projected, index, truth, known } = prepared;
      expect(index.cells).toBe(manyCells(given.references.length));
      const plan = { columns: 16, probes: Math.round(index.cells / 12), candidates: 34, recall: 0, seconds: 0 };
      const ranker = new CandidateRanker(given, projected.duplicates, plan.candidates + 1);
      new CellSearcher(tensorflow(), given, projected, index, never).search(plan, ranker, ignore);
      const answer = { k: 30, ...pick(ranker.finish(ignore)) };
      return { ...answer, method: 'approximate', recall: measureRecall(answer, known, truth.sample) };
    };
    const found = search(request);
    expect(found.recall).toBeGreaterThan(0.95);
    // So few cells do not hold everything.
    expect(found.recall).toBeLessThan(1);
    expectWellFormed(request, found);
    expectSame(search({ ...request, features: stored(features) }), found);
    expect(tensorflow().tensorCount()).toBe(before);
  });

  it('give up where exact search is cheaper', () => {
    const small = { ...request, references: range(0, 3000), queries: range(0, 500) };
    expect(findInCells(tensorflow(), small, context(never, true), 100, ignore)).toBeNull();
  });
});

describe('neighbours by a graph', () => {
  const features = clusters(5000, 40);
  const request: NeighbourRequest = { features, references: range(0, 4500), queries: range(200, 5000), k: 30 };

  it('reach a recall of 0.95 and report what is true, alike in memory and stored, every time', () => {
    const shares: number[] = [];
    const found = graph(request, context(), (share) => shares.push(share));
    const every = range(0, 4800).filter((q) => q % 8 === 0);
    const truth = findExactNeighbours({ ...request, queries: every.map((q) => q + 200) }, never);
    const recall = measureRecall(found, truth, every);
    expect(recall).toBeGreaterThan(0.95);
    expect(Math.abs(found.recall - recall)).toBeLessThan(0.02);
    expect(found.method).toBe('approximate');
    expectWellFormed(request, found);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expectSame(graph({ ...request, features: stored(features) }, context()), found);
  });
});

describe.each([
  ['exact, native', exactNative, true],
  ['cells', cells, true],
  ['graph', graph, false],
] as const)('neighbours, %s', (_, find, native) => {
  const given = (signal: NeighbourContext['signal'] = never): NeighbourContext => context(signal, native);

  it.skipIf(native && withoutNative)(
    'are the duplicates with the lowest numbers where there are more than wanted',
    () => {
      const features = categories(5000);
      const request = { features, references: range(700, 5000), queries: range(0, 5000), k: 30 };
      const found = find(request, given());
      expect(found.squaredDistances.every((distance) => distance === 0)).toBe(true);
      for (const query of [0, 6, 700, 711, 4999]) {
        const expected = [...range(700, 5000)].filter((row) => row !== query && (row - query) % 7 === 0).slice(0, 30);
        expect([...found.rows.subarray(query * 30, query * 30 + 30)]).toEqual(expected);
      }
    },
  );

  it.skipIf(native && withoutNative)('put duplicates first among others, the lowest numbers first', () => {
    const features = clusters(3000, 20);
    const request = { features, references: range(0, 3000), queries: range(0, 3000), k: 5 };
    const found = find(request, given());
    for (const row of [49, 99, 2999]) {
      expect([found.rows[row * 5], found.squaredDistances[row * 5]]).toEqual([row - 30, 0]);
      expect([found.rows[(row - 30) * 5], found.squaredDistances[(row - 30) * 5]]).toEqual([row, 0]);
      expect(found.squaredDistances[row * 5 + 1]).toBeGreaterThan(0);
    }
  });

  it.skipIf(native && withoutNative)('mark what is missing: fewer references than wanted, one query', () => {
    const features = clusters(60, 40);
    const request = { features, references: Int32Array.of(2, 4, 7), queries: Int32Array.of(4, 50), k: 5 };
    const expected = findExactNeighbours(request, never);
    for (const rows of [features, stored(features)]) {
      expect({ ...find({ ...request, features: rows }, given()), method: 'exact' }).toEqual(expected);
    }
    const single = { ...request, queries: Int32Array.of(50), k: 1 };
    expect({ ...find(single, given()), method: 'exact' }).toEqual(findExactNeighbours(single, never));
  });

  it.skipIf(native && withoutNative)('stop where they are cancelled, wherever that is', () => {
    const features = clusters(4600, 40);
    const request = { features, references: range(0, 4600), queries: range(0, 600), k: 5 };
    const all = cancelAfter(Infinity);
    find(request, given(all.signal));
    expect(all.asked()).toBeGreaterThan(5);
    const before = native ? tensorflow().tensorCount() : 0;
    for (const share of [0.05, 0.3, 0.6, 0.95]) {
      const checks = Math.ceil(share * all.asked());
      const { signal, asked } = cancelAfter(checks);
      expect(() => find(request, given(signal))).toThrow(CancelledError);
      expect(asked()).toBe(checks);
    }
    if (native) expect(tensorflow().tensorCount()).toBe(before);
  });
});

describe('createNeighbourSearch', () => {
  const request = { features: clusters(300, 5), references: range(0, 250), queries: range(0, 300), k: 6 };

  it.each([false, true])('gives the exact answer for small problems, native %s', (native) => {
    if (native && withoutNative) return;
    const done: number[] = [];
    const search = createNeighbourSearch(native ? tensorflow() : null);
    expectSame(
      search.search(request, context(never, native), (queries) => done.push(queries)),
      findExactNeighbours(request, never),
    );
    expect(done.at(-1)).toBe(300);
    expect(search.description).toMatch(/exact/);
  });

  it.skipIf(withoutNative)('asks TensorFlow only where there are rows enough for it', () => {
    const scope = vi.spyOn(tensorflow(), 'scope');
    try {
      const search = createNeighbourSearch(tensorflow());
      search.search(request, context(never, true));
      expect(scope).not.toHaveBeenCalled();
      const more = { features: clusters(2600, 5), references: range(0, 2500), queries: range(0, 2600), k: 6 };
      const found = search.search(more, context(never, true));
      expect(scope).toHaveBeenCalled();
      expectSame(found, findExactNeighbours(more, never));
    } finally {
      scope.mockRestore();
    }
  });

  it('answers with nothing where there is nothing, and refuses k = 0', () => {
    for (const search of withoutNative
      ? [createNeighbourSearch(null)]
      : [createNeighbourSearch(null), createNeighbourSearch(tensorflow())]) {
      const none = search.search({ ...request, references: new Int32Array(0), queries: range(0, 2), k: 2 }, context());
      expect([...none.rows]).toEqual([-1, -1, -1, -1]);
      expect([...none.squaredDistances]).toEqual([Infinity, Infinity, Infinity, Infinity]);
      expect(search.search({ ...request, queries: new Int32Array(0) }, context()).rows).toHaveLength(0);
      expect(() => search.search({ ...request, k: 0 }, context())).toThrow(InputError);
    }
  });
});
