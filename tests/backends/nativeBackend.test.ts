import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../src/core/base/errors';
import type { Matrix } from '../../src/core/base/matrix';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import { computeRowInfluence } from '../../src/core/influence/rows/rowInfluence';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { problemOf, relativeDistance, syntheticRows } from '../../src/core/testing/testData';
import { createNativeLinearAlgebra } from '../../src/worker/compute/native/nativeLinearAlgebra';
import type { Tensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { nativeSkipReason } from './installedTensorflow';
import { bytes, describeConformance, everyProduct, positiveDefinite, randomMatrix } from './portConformance';

const reason = nativeSkipReason();
let loaded: Tensorflow | undefined;
const tensorflow = (): Tensorflow => (loaded ??= loadTensorflow());

describe.skipIf(reason !== undefined)(`native TensorFlow${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  it('carries float64 to TensorFlow and back without losing a bit, from any offset of a shared buffer', () => {
    const shared = new Float64Array(new SharedArrayBuffer(8 * 7), 8, 6);
    shared.set([Math.PI, -0, 5e-324, Number.MAX_VALUE, -1 / 3, Number.NEGATIVE_INFINITY]);
    const back = tensorflow().scope((ops) => ops.readFloat64(ops.float64(shared, [2, 3])));
    expect(Array.from(back, (v) => [v, 1 / v])).toEqual(Array.from(shared, (v) => [v, 1 / v]));
  });

  it('frees every tensor of a scope, also after an error of TensorFlow', () => {
    const before = tensorflow().tensorCount();
    expect(() =>
      tensorflow().scope((ops) => {
        ops.matMul(ops.float64(new Float64Array(6), [2, 3]), ops.float64(new Float64Array(4), [2, 2]));
      }),
    ).toThrow(/matrix/i);
    expect(tensorflow().tensorCount()).toBe(before);
  });

  describeConformance('native', {
    create: () => createNativeLinearAlgebra(tensorflow()),
    exact: 1e-14,
    fast: 1e-6,
    tensorCount: () => tensorflow().tensorCount(),
  });

  it('gives the same bits whether its blocks are kept, partly kept or read at every pass, and keeps no more than it may', () => {
    const x = randomMatrix(9000, 515, 12);
    const before = tensorflow().tensorCount();
    const oneBlock = 4072 * 515;
    const kept = [
      [undefined, 6],
      [{ float32: 4 * oneBlock, float64: 0 }, 1],
      [{ float32: 0, float64: 0 }, 0],
    ] as const;
    const runs = kept.map(([limits, tensors]) => {
      const linalg = createNativeLinearAlgebra(tensorflow(), limits);
      const products: Float64Array[][] = [];
      // Twice: what one matrix took is given back for the next.
      for (let run = 0; run < 2; run++) {
        const rows = linalg.loadRows(x);
        products.push(everyProduct(linalg, rows));
        expect(tensorflow().tensorCount() - before).toBe(tensors);
        rows.dispose();
        expect(tensorflow().tensorCount()).toBe(before);
      }
      return products;
    });
    for (const products of runs.flat()) {
      products.forEach((values, at) => expect(Buffer.compare(bytes(values), bytes(runs[0][0][at]))).toBe(0));
    }
  }, 60_000);

  it.each([
    [1, 'float32'],
    [1e-4, 'float64'],
  ] as const)('chooses the precision of a large head whose features are alike to %f: %s', (likeness, precision) => {
    const data = syntheticRows({ rows: 2100, features: 515, classes: 2, seed: 8 });
    const { features } = data;
    for (let at = 0; at < features.data.length; at += 515) {
      for (let j = 1; j < 50; j++) features.data[at + j] = features.data[at] + likeness * features.data[at + j];
    }
    const before = tensorflow().tensorCount();
    const linalg = createNativeLinearAlgebra(tensorflow());
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: likeness === 1 ? 1e-2 : 1e-9 });
    const theta = new Float64Array(515);
    const model = createFittedModel(problem, theta, linalg);
    const truth = createFittedModel(problem, theta, linalg.inFloat64);
    expect(model.linalg.precision).toBe(precision);
    expect(model.precision.fellBack).toBe(precision === 'float64');
    const found = computeRowInfluence(model);
    const expected = computeRowInfluence(truth);
    expect(relativeDistance(found.rifCoefficients, expected.rifCoefficients)).toBeLessThan(1e-5);
    for (let i = 0; i < 2100; i++) {
      expect(Math.abs(found.leverage[i] - expected.leverage[i])).toBeLessThan(1e-5 * expected.leverage[i]);
    }
    problem.rows.dispose();
    expect(tensorflow().tensorCount()).toBe(before);
  });

  it('factors large matrices tile by tile, reporting as it goes, and solves with the factor', () => {
    const linalg = createNativeLinearAlgebra(tensorflow());
    const p = 2300;
    const x = randomMatrix(p + 50, p, 3);
    const rows = linalg.loadRows(x);
    const [a] = linalg.weightedGrams(rows, [new Float64Array(x.rows).fill(1 / p)]);
    for (let i = 0; i < p; i++) a.data[i * p + i] += 1;
    const before = tensorflow().tensorCount();
    const seen: number[] = [];
    const factor = linalg.cholesky(a, (done) => seen.push(done));
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.at(-1)).toBe(p);
    for (let i = 0; i < p; i += 97)
      expect(factor.lower.data.subarray(i * p + i + 1, (i + 1) * p).every((v) => v === 0)).toBe(true);
    // More columns than go into one call; of each of its systems, and of the second call's, one is looked at.
    const b = randomMatrix(p, 400, 9);
    const solved = linalg.choleskySolve(factor, b);
    const someOf = (matrix: Matrix): Matrix => {
      const columns = Array.from({ length: 10 }, (_, at) => Math.min(399, 44 * at + 3));
      return {
        rows: p,
        columns: 10,
        data: Float64Array.from(
          { length: 10 * p },
          (_, at) => matrix.data[400 * Math.floor(at / 10) + columns[at % 10]],
        ),
      };
    };
    const plain = createFloat64LinearAlgebra();
    const given = someOf(b).data;
    const residual = plain.multiply(plain.loadRows(a), someOf(solved)).data.map((v, i) => Math.abs(v - given[i]));
    expect(Math.max(...residual)).toBeLessThan(1e-11);
    expect(tensorflow().tensorCount()).toBe(before);
    a.data[(p - 1) * (p + 1)] = -1;
    expect(() => linalg.cholesky(a)).toThrow(NumericalError);
    expect(tensorflow().tensorCount()).toBe(before);
  });

  it('names the pivot of a matrix that is not positive definite', () => {
    const a = positiveDefinite(40, 1);
    a.data[20 * 41] = -3;
    const linalg = createNativeLinearAlgebra(tensorflow());
    expect(() => linalg.cholesky(a)).toThrow(/pivot 21 of 40/);
  });
});
