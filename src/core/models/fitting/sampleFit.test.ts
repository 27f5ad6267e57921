import { describe, expect, it } from 'vitest';
import { CancelledError, NumericalError } from '../../base/errors';
import { createFloat32Rows } from '../../base/featureRows';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import type { SyntheticRows } from '../../testing/testData';
import { problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import type { HeadProblem } from '../headProblem';
import { createHeadProblem } from '../headProblem';
import { fitHead } from './fitHead';
import { fitFromSample, fitSampleSize } from './sampleFit';
import { sampleProblem } from './sampleProblem';

const linalg = createFloat64LinearAlgebra();

/** Features of sizes from 1 down to 1e-3, the last two nearly the same. */
function illConditioned(data: SyntheticRows): SyntheticRows {
  const { rows, columns: d } = data.features;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d - 1; j++) data.features.data[i * d + j] *= 10 ** ((-3 * j) / d);
    data.features.data[i * d + d - 2] = data.features.data[i * d] + 1e-3 * data.features.data[i * d + d - 2];
  }
  return data;
}

describe('a fit from a sample', () => {
  it.each([
    ['logistic', 2, 1e-3, 1],
    ['logistic', 2, 1e-7, 4],
    ['softmax', 4, 1e-2, 1],
    ['softmax', 4, 1e-6, 2],
  ] as const)('ends where a cold fit does: %s, %i classes, λ %f, signal %i', (kind, classes, l2, signal) => {
    for (const change of [(data: SyntheticRows) => data, illConditioned]) {
      const data = change(syntheticRows({ rows: 3000, features: 9, classes, seed: 3, signal }));
      const weights = Float64Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? 0 : 1));
      const problem = problemOf(data, linalg, { kind, l2, weights });
      const cold = fitHead(problem, linalg);
      expect(cold.passes).toBeUndefined();
      const fit = fitHead(problem, linalg, { sampleRows: 600 });
      expect(fit.relativeGradientNorm).toBeLessThan(1e-8);
      expect(fit.passes).toBeGreaterThan(2);
      expect(fit.state.objective).toBeLessThan(cold.state.objective * (1 + 1e-12));
      // What a gradient of 1e-8 leaves open where H is nearly singular.
      const open = change === illConditioned ? 1e-3 : 1e-5;
      expect(relativeDistance(fit.state.theta, cold.state.theta)).toBeLessThan(open);
    }
  });

  it('takes few passes, and fewer from a larger sample', () => {
    const data = syntheticRows({ rows: 6000, features: 20, classes: 2, seed: 8 });
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: 1e-3 });
    const passes = [320, 2000].map((sampleRows) => fitHead(problem, linalg, { sampleRows }).passes ?? Number.NaN);
    expect(passes[0]).toBeLessThan(20);
    expect(passes[1]).toBeLessThan(passes[0]);
  });

  it('goes on from a start that is near, without fitting the sample', () => {
    const data = syntheticRows({ rows: 3000, features: 9, classes: 3, seed: 4 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    const { theta } = fitHead(problem, linalg).state;
    const near = theta.map((value, at) => value * (1 + 1e-4 * Math.sin(at)));
    const fit = fitHead(problem, linalg, { sampleRows: 600, start: near });
    expect(fit.newtonSteps).toBe(1);
    expect(relativeDistance(fit.state.theta, theta)).toBeLessThan(1e-6);
    const far = fitHead(problem, linalg, { sampleRows: 600, start: theta.map((value) => 50 * value) });
    expect(far.newtonSteps).toBeGreaterThan(1);
    expect(relativeDistance(far.state.theta, theta)).toBeLessThan(1e-6);
  });

  it('falls back to Newton steps on all rows where the sample misleads', () => {
    // Every second feature belongs to three rows each: hardly one of them is in the sample.
    const data = syntheticRows({ rows: 2000, features: 80, classes: 2, seed: 5 });
    for (let i = 0; i < 2000; i++) {
      for (let j = 0; j < 78; j += 2) data.features.data[i * 80 + j] = i % 650 === j ? 40 : 0;
    }
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: 1e-7 });
    const cold = fitHead(problem, linalg);
    const fit = fitHead(problem, linalg, { sampleRows: 300 });
    expect(fit.relativeGradientNorm).toBeLessThan(1e-8);
    expect(Math.abs(fit.state.objective / cold.state.objective - 1)).toBeLessThan(1e-10);
    // One that cannot be fitted at all is no start either.
    const throwing = (): never => {
      throw new NumericalError('No fit.', {});
    };
    expect(fitFromSample(problem, linalg, { size: 300, tolerance: 1e-8, fitSample: throwing })).toBeUndefined();
  });

  it('says where it stopped when its metric is useless, and hides nothing worse than θ = 0', () => {
    const data = syntheticRows({ rows: 2000, features: 10, classes: 2, seed: 6 });
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: 1e-6 });
    const at = (theta: Float64Array): ReturnType<typeof fitFromSample> =>
      fitFromSample(problem, linalg, {
        size: 100,
        tolerance: 1e-30,
        fitSample: (sample) => ({ ...fitHead(sample, linalg, { start: theta }), ...evaluated(sample, theta) }),
      });
    const evaluated = (sample: HeadProblem, theta: Float64Array): { state: ReturnType<typeof fitHead>['state'] } => ({
      state: { ...fitHead(sample, linalg).state, theta },
    });
    const stopped = at(new Float64Array(10));
    expect(stopped?.converged).toBe(false);
    expect(stopped?.relativeGradientNorm).toBeLessThan(1e-9);
    expect(at(new Float64Array(10).fill(Number.NaN))).toBeUndefined();
  });

  it('can be cancelled in the sample and after it, and frees the sample', () => {
    const data = syntheticRows({ rows: 3000, features: 9, classes: 2, seed: 3 });
    let loaded = 0;
    const counting: typeof linalg = {
      ...linalg,
      loadRows: (x) => {
        loaded++;
        const rows = linalg.loadRows(x);
        return Object.assign(rows, { dispose: () => loaded-- });
      },
    };
    const problem = problemOf(data, linalg, { kind: 'logistic', l2: 1e-3 });
    let blocks = 0;
    fitHead(problem, counting, { sampleRows: 600, onBlock: () => blocks++ });
    expect(loaded).toBe(0);
    for (const most of [0, 3, blocks - 2]) {
      let asked = 0;
      const onBlock = (): void => {
        if (++asked > most) throw new CancelledError();
      };
      expect(() => fitHead(problem, counting, { sampleRows: 600, onBlock })).toThrow(CancelledError);
      expect(loaded).toBe(0);
    }
  });

  it('gives the same bits every time', () => {
    const data = syntheticRows({ rows: 3000, features: 9, classes: 3, seed: 3 });
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    const [first, second] = [1, 2].map(() => fitHead(problem, linalg, { sampleRows: 500 }).state.theta);
    expect(first).toEqual(second);
  });
});

describe('fitSampleSize', () => {
  const sizeFor = (rows: number, columns: number, kind: HeadProblem['kind'], outputs = 1): number | undefined =>
    fitSampleSize({
      ...problemOf(syntheticRows({ rows: 50, features: 3, classes: 2, seed: 1 }), linalg, { kind: 'logistic', l2: 1 }),
      kind,
      outputs,
      parameters: outputs * columns,
      features: { rows, columns, element: 'float32', read: () => undefined },
      weights: new Float64Array(rows).fill(1),
    });

  it('asks for a sample where Hessians of all rows are dear and rows many for the parameters', () => {
    expect(sizeFor(250_000, 768, 'logistic')).toBe(43_690);
    expect(sizeFor(62_500, 768, 'logistic')).toBe(12_500);
    expect(sizeFor(20_000, 512, 'logistic')).toBeUndefined();
    expect(sizeFor(250_000, 768, 'ridge')).toBeUndefined();
    expect(sizeFor(250_000, 4096, 'logistic')).toBeUndefined();
    expect(sizeFor(200_000, 100, 'softmax', 10)).toBe(40_000);
  });
});

describe('sampleProblem', () => {
  it('copies rows in single precision from what is stored so, whether they lie close or far apart', () => {
    const random = createRandom(3);
    for (const columns of [2, 3000]) {
      const rows = 400;
      const data = Float32Array.from({ length: rows * columns }, () => random.normal());
      const features = createFloat32Rows(data, rows, columns);
      const labels = Int32Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 1 : 0));
      const problem = createHeadProblem(
        {
          kind: 'logistic',
          classes: 2,
          features,
          rows: linalg.loadRows(features),
          labels,
          weights: Float64Array.from(labels, (_, i) => 1 + (i % 2)),
          l2: 0.1,
          unpenalised: [],
        },
        linalg,
      );
      for (const size of [12, 350]) {
        const sample = sampleProblem(problem, size, createRandom(1), linalg, undefined, 'share');
        expect(sample.features.rows).toBeGreaterThanOrEqual(size);
        expect(sample.features.rows).toBeLessThan(size + 3);
        expect(sample.ridgeRows / problem.ridgeRows).toBeCloseTo(sample.totalWeight / problem.totalWeight, 12);
        // Every row of the sample is one of the whole, label and weight with it, in their order.
        const seen = new Float32Array(columns);
        let place = -1;
        for (let i = 0; i < sample.features.rows; i++) {
          if (!('read' in sample.features)) throw new Error('The sample is a matrix.');
          sample.features.read(i, 1, seen);
          do place++;
          while (place < rows && data[place * columns] !== seen[0]);
          expect(seen).toEqual(data.slice(place * columns, (place + 1) * columns));
          expect(sample.labels[i]).toBe(labels[place]);
          expect(sample.weights[i]).toBe(1 + (place % 2));
        }
      }
    }
  });
});
