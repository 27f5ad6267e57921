import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../src/core/base/errors';
import type { StoredRows } from '../../src/core/base/featureRows';
import { createFloat32Rows } from '../../src/core/base/featureRows';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import type { LinearAlgebra, RowBlocks } from '../../src/core/linalg/linearAlgebra';
import { multiplyHessianMany } from '../../src/core/models/curvature/headHessian';
import { evaluateHead } from '../../src/core/models/evaluateHead';
import { softmaxPointOf } from '../../src/core/models/softmaxPoint';
import { problemOf, relativeDistance } from '../../src/core/testing/testData';

/**
 * Shapes that meet the edges of every backend's blocks: below one, one more than one, many; one column; odd numbers.
 */
const shapes = [
  [1, 1],
  [3, 1],
  [8193, 1],
  [5, 3],
  [257, 7],
  [513, 31],
  [9001, 31],
  [1500, 65],
  [530, 515],
] as const;

/**
 * Large enough for single precision on every backend that has it: wide, with column panels; and narrow, several
 * matrices at once.
 */
const largeShapes = [
  [2100, 515, 1],
  [8300, 65, 15],
] as const;

export interface Conformance {
  readonly create: () => LinearAlgebra | Promise<LinearAlgebra>;
  /** Allowed error of the exact operations, relative to the largest possible size of the sum. */
  readonly exact: number;
  /** The same for the fast ones. */
  readonly fast: number;
  /** Tensors alive in the backend: must be the same before and after. */
  readonly tensorCount: () => number | Promise<number>;
}

export function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** A = BBᵀ/m + I, order p. */
export function positiveDefinite(size: number, seed: number): Matrix {
  const linalg = createFloat64LinearAlgebra();
  const b = randomMatrix(size + 5, size, seed);
  const [gram] = linalg.weightedGrams(linalg.loadRows(b), [new Float64Array(b.rows).fill(1 / b.rows)]);
  for (let i = 0; i < size; i++) gram.data[i * size + i] += 1;
  return gram;
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>, scale: (i: number) => number): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i] - b[i]) / scale(i);
    // NaN must fail too, and Math.max would keep it quiet in a later comparison.
    if (!(error <= largest)) largest = error;
  }
  return largest;
}

function asymmetricEntries({ rows: size, data }: Matrix): number {
  let count = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) if (data[i * size + j] !== data[j * size + i]) count++;
  return count;
}

/** Rows on disk, as far as a backend can tell: copied out by ranges, never as a whole. */
function storedRows({ rows, columns, data }: Matrix, element: StoredRows['element']): StoredRows {
  return {
    rows,
    columns,
    element,
    read: (from, count, out) => {
      expect(count * columns).toBeLessThan(data.length);
      out.set(data.subarray(from * columns, (from + count) * columns));
    },
  };
}

/** Every operation on the same rows, in a fixed order. */
export function everyProduct(linalg: LinearAlgebra, rows: RowBlocks): Float64Array[] {
  const { rows: n, columns: d } = rows;
  const weights = [0, 1].map((seed) => randomMatrix(n, 1, 60 + seed).data);
  const square = randomMatrix(d, d, 62);
  const factor = linalg.cholesky(positiveDefinite(d, 63));
  const wide = randomMatrix(d, 130, 64);
  const part = rows.range(7, n - 20);
  return [
    ...linalg.weightedGrams(rows, weights).map((gram) => gram.data),
    ...linalg.quadraticForms(rows, [square]),
    linalg.inverseForms(rows, factor),
    linalg.multiply(rows, wide).data,
    linalg.multiplyFast(rows, wide).data,
    linalg.transposeMultiply(rows, { rows: n, columns: 1, data: weights[0] }).data,
    linalg.transposeMultiplyFast(rows, { rows: n, columns: 1, data: weights[0] }).data,
    linalg.multiplyThrough(rows, wide, 130, (z, v) => v.set(z)).data,
    linalg.multiplyThroughFast(rows, wide, 130, (z, v) => v.set(z)).data,
    linalg.inverseForms(part, factor),
    linalg.multiply(part, wide).data,
    ...softmaxPasses(linalg, part),
  ];
}

function softmaxPasses(linalg: LinearAlgebra, rows: RowBlocks): Float64Array[] {
  const { rows: n, columns: d } = rows;
  const random = createRandom(65);
  const point = {
    classes: 5,
    probabilities: new Float32Array(5 * n).fill(0.2),
    labels: Int32Array.from({ length: n }, () => random.integer(5)),
    weights: randomMatrix(n, 1, 66).data.map(Math.abs),
  };
  const change = linalg.softmaxChange?.(rows, point, randomMatrix(5, d, 67));
  const curved = linalg.softmaxCurvature?.(rows, point, randomMatrix(10, d, 68));
  const forms = linalg.softmaxForms?.(rows, point, randomMatrix(10, d, 68));
  return change && curved && forms ? [change.gradient.data, Float64Array.of(change.loss), curved.data, forms] : [];
}

const norm = (values: Float64Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

/** Compares a backend with the plain float64 one on random data. */
export function describeConformance(name: string, options: Conformance): void {
  const reference = createFloat64LinearAlgebra();
  const create = async (): Promise<LinearAlgebra> => options.create();

  describe(`${name} agrees with float64`, () => {
    it.each(shapes)('on %i×%i rows', async (n, d) => {
      const linalg = await create();
      const before = await options.tensorCount();
      const x = randomMatrix(n, d, n + d);
      const rows = linalg.loadRows(x);
      const plain = reference.loadRows(x);
      for (const m of [1, 5]) {
        const b = randomMatrix(d, m, 3);
        const v = randomMatrix(n, m, 4);
        const product = linalg.multiply(rows, b);
        expect([product.rows, product.columns]).toEqual([n, m]);
        expect(worst(product.data, reference.multiply(plain, b).data, () => d)).toBeLessThan(options.exact);
        const transposed = linalg.transposeMultiply(rows, v);
        expect([transposed.rows, transposed.columns]).toEqual([d, m]);
        expect(worst(transposed.data, reference.transposeMultiply(plain, v).data, () => n)).toBeLessThan(options.exact);
        const half = Math.floor(n / 2);
        const square = (z: Float64Array, out: Float64Array, from: number): void => {
          for (let at = 0; at < out.length; at++) out[at] = z[at] * ((from + Math.floor(at / m)) % 3);
        };
        const through = linalg.multiplyThrough(rows.range(half, n - half), b, m, square);
        expect([through.rows, through.columns]).toEqual([d, m]);
        const expectedThrough = reference.multiplyThrough(plain.range(half, n - half), b, m, square);
        expect(worst(through.data, expectedThrough.data, () => n * d)).toBeLessThan(options.exact);
        const fast = [
          linalg.transposeMultiplyFast(rows, v).data,
          linalg.multiplyThroughFast(rows.range(half, n - half), b, m, square).data,
        ];
        expect(worst(fast[0], transposed.data, () => n)).toBeLessThan(options.fast);
        expect(worst(fast[1], expectedThrough.data, () => n * d)).toBeLessThan(options.fast);
      }
      // Negative and zero weights occur: off-diagonal blocks of the softmax Hessian.
      const weights = Array.from({ length: 15 }, (_, k) => randomMatrix(n, 1, 10 + k).data.map((w) => (w > 1 ? 0 : w)));
      const used = d > 500 ? weights.slice(0, 3) : weights;
      const grams = linalg.weightedGrams(rows, used);
      const expected = reference.weightedGrams(plain, used);
      const sizes = reference.weightedGrams(
        plain,
        used.map((w) => w.map(Math.abs)),
      );
      grams.forEach((gram, g) => {
        const diagonal = (i: number): number => sizes[g].data[i * d + i];
        const scale = (at: number): number => Math.sqrt(diagonal(Math.floor(at / d)) * diagonal(at % d)) || 1;
        expect(worst(gram.data, expected[g].data, scale)).toBeLessThan(options.fast);
        expect(asymmetricEntries(gram)).toBe(0);
      });
      const forms = [0, 1, 2].map((seed) => randomMatrix(d, d, 40 + seed));
      const values = linalg.quadraticForms(rows, forms);
      const right = reference.quadraticForms(plain, forms);
      values.forEach((value, k) => {
        const size = (i: number): number => norm(x.data.subarray(i * d, (i + 1) * d)) ** 2 * Math.sqrt(d);
        expect(worst(value, right[k], size)).toBeLessThan(options.fast);
      });
      const a = positiveDefinite(d, 5);
      const inverseForms = linalg.inverseForms(rows, linalg.cholesky(a));
      const expectedForms = reference.inverseForms(plain, reference.cholesky(a));
      expect(worst(inverseForms, expectedForms, (i) => norm(x.data.subarray(i * d, (i + 1) * d)) ** 2)).toBeLessThan(
        options.fast,
      );
      rows.dispose();
      expect(await options.tensorCount()).toBe(before);
    });

    it.each(largeShapes)('in large products of %i×%i rows, uncentred columns included', async (n, d, count) => {
      const linalg = await create();
      const before = await options.tensorCount();
      const x = randomMatrix(n, d, 77);
      for (let i = 0; i < n; i++) for (let j = 0; j < d; j += 5) x.data[i * d + j] += 100;
      const rows = linalg.loadRows(x);
      const plain = reference.loadRows(x);
      const weights = Array.from({ length: count }, (_, k) => randomMatrix(n, 1, 80 + k).data.map(Math.abs));
      const grams = linalg.weightedGrams(rows, weights);
      const exactGrams = linalg.inFloat64.weightedGrams(rows, weights);
      const expected = reference.weightedGrams(plain, weights);
      const fromGrams = (all: readonly Matrix[]): number =>
        Math.max(
          ...all.map((gram, g) => {
            const diagonal = expected[g].data;
            const scale = (at: number): number =>
              Math.sqrt(diagonal[Math.floor(at / d) * (d + 1)] * diagonal[(at % d) * (d + 1)]);
            return worst(gram.data, diagonal, scale);
          }),
        );
      expect(fromGrams(grams)).toBeLessThan(options.fast);
      expect(fromGrams(exactGrams)).toBeLessThan(1e-13);
      if (linalg.precision === 'float32') {
        // The test means what it says only where single precision is at work.
        expect(fromGrams(grams)).toBeGreaterThan(1e-12);
      }
      // The last rows only: the plain backend takes its time for all.
      const some = n - 300;
      const last = plain.range(some, 300);
      const length = (i: number): number => norm(x.data.subarray((some + i) * d, (some + i + 1) * d));
      const forms = Array.from({ length: count }, (_, k) => randomMatrix(d, d, 90 + k));
      const rightForms = reference.quadraticForms(last, forms);
      linalg.quadraticForms(rows, forms).forEach((form, k) => {
        const error = worst(form.subarray(some), rightForms[k], (i) => length(i) ** 2 * Math.sqrt(d));
        expect(error).toBeLessThan(options.fast);
      });
      const a = positiveDefinite(d, 6);
      const factor = linalg.cholesky(a);
      const right = reference.inverseForms(last, reference.cholesky(a));
      const ofInverse = (values: Float64Array): number => worst(values.subarray(some), right, (i) => right[i]);
      expect(ofInverse(linalg.inverseForms(rows, factor))).toBeLessThan(options.fast);
      expect(ofInverse(linalg.inFloat64.inverseForms(rows, factor))).toBeLessThan(1e-12);
      if (count === 1) {
        const b = randomMatrix(d, 520, 8);
        const product = reference.multiply(last, b).data;
        const scale = (at: number): number => length(Math.floor(at / 520)) * Math.sqrt(d);
        expect(worst(linalg.multiplyFast(rows, b).data.subarray(some * 520), product, scale)).toBeLessThan(
          options.fast,
        );
        expect(worst(linalg.multiply(rows, b).data.subarray(some * 520), product, scale)).toBeLessThan(1e-13);
        const v = randomMatrix(n, 40, 9);
        const sums = linalg.transposeMultiply(rows, v).data;
        const columnLengths = Float64Array.from({ length: d }, (_, j) => {
          let squares = 0;
          for (let i = 0; i < n; i++) squares += x.data[i * d + j] ** 2;
          return Math.sqrt(squares * n);
        });
        const fastSums = linalg.transposeMultiplyFast(rows, v).data;
        expect(worst(fastSums, sums, (at) => columnLengths[Math.floor(at / 40)])).toBeLessThan(options.fast);
        const first = { rows: d, columns: 40, data: b.data.subarray(0, 40 * d) };
        const take = (z: Float64Array, out: Float64Array, from: number): void =>
          z.forEach((value, at) => (out[at] = v.data[40 * from + at] + 1e-3 * value));
        const through = linalg.multiplyThrough(rows, first, 40, take).data;
        const fastThrough = linalg.multiplyThroughFast(rows, first, 40, take).data;
        expect(worst(fastThrough, through, (at) => columnLengths[Math.floor(at / 40)])).toBeLessThan(options.fast);
        expect(linalg.inFloat64.transposeMultiplyFast(rows, v).data).toEqual(sums);
        expect(linalg.inFloat64.multiplyThroughFast(rows, first, 40, take).data).toEqual(through);
      }
      rows.dispose();
      expect(await options.tensorCount()).toBe(before);
    });

    it.each([
      [300, 7, 3],
      [4203, 515, 10],
    ])('in softmax passes over %i×%i rows of %i classes, from its own way where it has one', async (n, d, classes) => {
      const linalg = await create();
      if (linalg.softmaxChange === undefined || linalg.softmaxCurvature === undefined) return;
      const before = await options.tensorCount();
      const x = randomMatrix(n, d, 14);
      const rows = linalg.loadRows(x);
      const random = createRandom(15);
      const labels = Int32Array.from({ length: n }, () => random.integer(classes));
      const weights = Float64Array.from({ length: n }, (_, i) => [0, 1, 2.5][i % 3]);
      const problem = problemOf({ features: x, labels, classes }, reference, { kind: 'softmax', l2: 1e-3, weights });
      const anchor = evaluateHead(
        problem,
        randomMatrix(classes, d, 16).data.map((v) => v / Math.sqrt(d)),
        reference,
      );
      const point = softmaxPointOf(problem, anchor.logits);
      const withoutRidge = { ...problem, ridge: new Float64Array(d) };
      const start = evaluateHead(withoutRidge, anchor.theta, reference);
      for (const size of [1e-6, 1e-3, 3]) {
        const step = randomMatrix(classes, d, 17);
        for (let at = 0; at < step.data.length; at++) step.data[at] *= size / Math.sqrt(d);
        const moved = evaluateHead(
          withoutRidge,
          step.data.map((v, at) => anchor.theta[at] + v),
          reference,
        );
        const change = linalg.softmaxChange(rows, point, step);
        const expected = moved.gradient.map((value, at) => value - start.gradient[at]);
        expect(relativeDistance(change.gradient.data, expected)).toBeLessThan(Math.max(options.fast, 1e-14 / size));
        const loss = moved.objective - start.objective;
        expect(Math.abs(change.loss - loss)).toBeLessThan(1e-7 * size * n + 1e-13 * start.objective);
        expect(linalg.softmaxChange(rows, point, step)).toEqual(change);
      }
      const vectors = randomMatrix(3, classes * d, 18);
      const stacked = { rows: 3 * classes, columns: d, data: vectors.data };
      const curved = linalg.softmaxCurvature(rows, point, stacked).data;
      const products = multiplyHessianMany(withoutRidge, anchor.logits, vectors, reference).data;
      expect(relativeDistance(curved, products)).toBeLessThan(options.fast);
      const forms = linalg.softmaxForms?.(rows, point, stacked) ?? new Float64Array(0);
      const size = classes * d;
      const inner = Float64Array.from({ length: 3 }, (_, t) => {
        const own = products.subarray(t * size, (t + 1) * size);
        return own.reduce((sum, value, at) => sum + value * vectors.data[t * size + at], 0);
      });
      expect(relativeDistance(forms, inner)).toBeLessThan(options.fast);
      problem.rows.dispose();
      rows.dispose();
      expect(await options.tensorCount()).toBe(before);
    });

    it.each([
      [300, 7],
      [2100, 515],
    ])('in products with squares of %i×%i rows, from its own way where it has one', async (n, d) => {
      const linalg = await create();
      if (linalg.multiplySquares === undefined || linalg.transposeMultiplySquares === undefined) return;
      const before = await options.tensorCount();
      const x = randomMatrix(n, d, 11);
      const rows = linalg.loadRows(x);
      const plain = reference.loadRows(x);
      const sizes = Float64Array.from({ length: n }, (_, i) => norm(x.data.subarray(i * d, (i + 1) * d)) ** 2 * d);
      for (const seed of [12, 13]) {
        const t = randomMatrix(d, d, seed);
        const squares = reference.multiply(plain, t);
        for (let at = 0; at < squares.data.length; at++) squares.data[at] *= squares.data[at];
        const expected = reference.loadRows(squares);
        const b = randomMatrix(d, 3, 14);
        const v = randomMatrix(n, 3, 15);
        const half = Math.floor(n / 2);
        const rest = n - half;
        const lower = { rows: rest, columns: 3, data: v.data.subarray(3 * half) };
        // In single and in double precision, all rows and some of them, kept squares and new ones.
        for (const one of [linalg, linalg.inFloat64, linalg]) {
          const limit = one.precision === 'float64' ? options.exact : options.fast;
          const product = one.multiplySquares?.(rows, t, b).data ?? new Float64Array(0);
          const right = reference.multiply(expected, b).data;
          expect(worst(product, right, (at) => sizes[Math.floor(at / 3)])).toBeLessThan(limit);
          const part = one.multiplySquares?.(rows.range(half, rest), t, b).data ?? new Float64Array(0);
          expect(worst(part, right.subarray(3 * half), (at) => sizes[half + Math.floor(at / 3)])).toBeLessThan(limit);
          const sums = one.transposeMultiplySquares?.(rows.range(half, rest), t, lower).data ?? new Float64Array(0);
          const rightSums = reference.transposeMultiply(expected.range(half, rest), lower).data;
          expect(worst(sums, rightSums, () => n * d)).toBeLessThan(limit);
        }
      }
      rows.dispose();
      expect(await options.tensorCount()).toBe(before);
    });

    it.each(['float64', 'float32'] as const)(
      'gives rows stored as %s the same bits as rows in memory',
      async (element) => {
        const linalg = await create();
        const before = await options.tensorCount();
        const x = randomMatrix(4300, 515, 9);
        if (element === 'float32') x.data.forEach((value, at) => (x.data[at] = Math.fround(value)));
        const loaded = [
          linalg.loadRows(x),
          linalg.loadRows(storedRows(x, element)),
          ...(element === 'float32'
            ? [linalg.loadRows(createFloat32Rows(new Float32Array(x.data), x.rows, x.columns))]
            : []),
        ];
        const [inMemory, ...others] = loaded.map((rows) => everyProduct(linalg, rows));
        for (const products of others) {
          products.forEach((values, at) => expect(Buffer.compare(bytes(values), bytes(inMemory[at]))).toBe(0));
        }
        for (const rows of loaded) rows.dispose();
        expect(await options.tensorCount()).toBe(before);
      },
    );

    it.each([1, 2, 31, 300])('on factors and solves of order %i', async (p) => {
      const linalg = await create();
      const before = await options.tensorCount();
      const a = positiveDefinite(p, p);
      const spoiled = { ...a, data: a.data.slice() };
      for (let i = 0; i < p; i++) for (let j = i + 1; j < p; j++) spoiled.data[i * p + j] = Number.NaN;
      const factor = linalg.cholesky(spoiled);
      const expected = reference.cholesky(a);
      expect(worst(factor.lower.data, expected.lower.data, () => 1)).toBeLessThan(options.exact * 10);
      for (const m of [1, 4, p + 2]) {
        const b = randomMatrix(p, m, 8);
        const solved = linalg.choleskySolve(factor, b);
        expect([solved.rows, solved.columns]).toEqual([p, m]);
        expect(worst(solved.data, reference.choleskySolve(expected, b).data, () => 1)).toBeLessThan(options.exact * 10);
      }
      if (linalg.choleskyInverse !== undefined) {
        const inverse = linalg.choleskyInverse(factor);
        const identity = { rows: p, columns: p, data: new Float64Array(p * p) };
        for (let i = 0; i < p; i++) identity.data[i * p + i] = 1;
        const rightInverse = reference.choleskySolve(expected, identity);
        expect(worst(inverse.data, rightInverse.data, () => 1)).toBeLessThan(options.exact * 10);
        expect(asymmetricEntries(inverse)).toBe(0);
      }
      expect(await options.tensorCount()).toBe(before);
    });

    it('refuses a matrix that is not positive definite with a NumericalError, and loses no tensor', async () => {
      const linalg = await create();
      const before = await options.tensorCount();
      const indefinite = { rows: 2, columns: 2, data: Float64Array.of(1, 2, 2, 1) };
      expect(() => linalg.cholesky(indefinite)).toThrow(NumericalError);
      expect(() => linalg.cholesky({ rows: 1, columns: 1, data: Float64Array.of(Number.NaN) })).toThrow(NumericalError);
      expect(await options.tensorCount()).toBe(before);
    });

    it('gives the same bits every time', async () => {
      const x = randomMatrix(9001, 31, 5);
      const w = randomMatrix(9001, 3, 6);
      const runs: Float64Array[][] = [];
      for (let run = 0; run < 3; run++) {
        const linalg = await create();
        const rows = linalg.loadRows(x);
        const weights = [0, 1, 2, 0, 1, 2].map((k) => w.data.subarray(k * 9001, (k + 1) * 9001));
        const grams = linalg.weightedGrams(rows, weights);
        const gram = grams[2];
        const [form] = linalg.quadraticForms(rows, grams);
        runs.push([gram.data, form, linalg.multiply(rows, gram).data, linalg.transposeMultiply(rows, w).data]);
        rows.dispose();
      }
      for (const run of runs)
        run.forEach((values, i) => expect(Buffer.compare(bytes(values), bytes(runs[0][i]))).toBe(0));
    });

    it('stops within the next block when onBlock throws, and loses no tensor', async () => {
      const linalg = await create();
      const before = await options.tensorCount();
      const x = randomMatrix(60_000, 8, 1);
      const rows = linalg.loadRows(x);
      const one = new Float64Array(60_000).fill(1);
      const square = randomMatrix(8, 8, 2);
      // Wide enough that the plain backend, which counts its work in milliseconds, reports several times as well.
      const wide = randomMatrix(8, 40, 3);
      const v = randomMatrix(60_000, 40, 4);
      // Enough of them that no backend leaves the work to the plain one.
      const many = <T>(item: T): T[] => Array.from({ length: 16 }, () => item);
      const operations: ((onBlock: (done: number) => void) => unknown)[] = [
        (onBlock) => linalg.weightedGrams(rows, many(one), onBlock),
        (onBlock) => linalg.quadraticForms(rows, many(square), onBlock),
        (onBlock) => linalg.multiplyFast(rows, wide, onBlock),
        (onBlock) => linalg.multiplyThrough(rows, wide, 40, (z, out) => out.set(z), onBlock),
        (onBlock) => linalg.multiply(rows, wide, onBlock),
        (onBlock) => linalg.transposeMultiply(rows, v, onBlock),
      ];
      for (const operation of operations) {
        let calls = 0;
        const stop = new Error('stop');
        expect(() =>
          operation((done) => {
            expect(done).toBeLessThan(60_000);
            if (++calls === 2) throw stop;
          }),
        ).toThrow(stop);
        expect(calls).toBe(2);
        const seen: number[] = [];
        operation((done) => seen.push(done));
        expect(seen.at(-1)).toBe(60_000);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }
      rows.dispose();
      expect(await options.tensorCount()).toBe(before);
    });

    it('refuses rows of another backend and rows that were disposed of', async () => {
      const linalg = await create();
      const x = randomMatrix(4, 2, 1);
      const otherRows: RowBlocks = { rows: 4, columns: 2, range: () => otherRows, dispose: () => undefined };
      expect(() => linalg.multiply(otherRows, x)).toThrow('another backend');
      const rows = linalg.loadRows(x);
      rows.dispose();
      expect(() => linalg.multiply(rows, randomMatrix(2, 2, 1))).toThrow('disposed');
    });
  });
}

export function bytes(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
