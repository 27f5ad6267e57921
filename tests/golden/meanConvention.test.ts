import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import { estimateRemovalChange } from '../../src/core/influence/removal/removalChange';
import { createRemovedHessian } from '../../src/core/influence/removal/removedHessian';
import { retrain } from '../../src/core/influence/removal/retrain';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { multiplyHessian } from '../../src/core/models/curvature/headHessian';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import { createHeadProblem } from '../../src/core/models/headProblem';
import { readLabelledRows } from './goldenData';

/** What make_mean_convention.py writes. */
interface MeanConventionNumbers {
  readonly lam: number;
  readonly weights: readonly number[];
  readonly rows: readonly { readonly row: number; readonly IF: readonly number[]; readonly RIF: readonly number[] }[];
  readonly sets: readonly {
    readonly rows: readonly number[];
    readonly IF: readonly number[];
    readonly RIF: readonly number[];
    readonly retrained: readonly number[];
  }[];
  readonly all: Readonly<
    Record<'IF' | 'RIF', { readonly rms: number; readonly sum: number; readonly largest: number }>
  >;
}

/** Largest error of an entry, relative to the largest entry of the vector. */
function worstError(actual: Float64Array, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return expected.reduce((worst, value, at) => Math.max(worst, Math.abs(actual[at] - value) / largest), 0);
}

describe("the `mean` ridge convention of the RIF authors' code, on breast_cancer", () => {
  const numbers = JSON.parse(
    readFileSync(join(__dirname, 'data', 'breast_cancer.mean.json'), 'utf8'),
    // The shape is fixed by make_mean_convention.py, whose output is part of this repository.
  ) as MeanConventionNumbers;
  const train = readLabelledRows('breast_cancer.train.csv');
  const linalg = createFloat64LinearAlgebra();
  const n = train.labels.length;
  const problem = createHeadProblem(
    {
      kind: 'logistic',
      classes: 2,
      features: train.features,
      rows: linalg.loadRows(train.features),
      labels: train.labels,
      weights: new Float64Array(n).fill(1),
      l2: numbers.lam,
      unpenalised: [],
    },
    linalg,
  );
  const model = createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
  const change = (rows: readonly number[], method: 'if' | 'rif' | 'newton', meanRescaling?: 'exact'): Float64Array =>
    estimateRemovalChange(model, Int32Array.from(rows), { method, ridgeConvention: 'mean', meanRescaling }).change;

  it('is reproduced to 1e-10 for single rows and for sums over sets', () => {
    expect(worstError(model.theta, numbers.weights)).toBeLessThan(1e-10);
    for (const { row, IF, RIF } of numbers.rows) {
      expect(worstError(change([row], 'if'), IF)).toBeLessThan(1e-10);
      expect(worstError(change([row], 'rif'), RIF)).toBeLessThan(1e-10);
    }
    for (const { rows, IF, RIF } of numbers.sets) {
      expect(worstError(change(rows, 'if'), IF)).toBeLessThan(1e-10);
      expect(worstError(change(rows, 'rif'), RIF)).toBeLessThan(1e-10);
    }
  });

  it('is reproduced to 1e-10 over all rows', () => {
    for (const [method, expected] of [
      ['if', numbers.all.IF],
      ['rif', numbers.all.RIF],
    ] as const) {
      let squares = 0;
      let sum = 0;
      let largest = 0;
      for (let row = 0; row < n; row++) {
        for (const value of change([row], method)) {
          squares += value * value;
          sum += value;
          largest = Math.max(largest, Math.abs(value));
        }
      }
      const entries = n * problem.parameters;
      expect(Math.abs(Math.sqrt(squares / entries) / expected.rms - 1)).toBeLessThan(1e-10);
      expect(Math.abs(largest / expected.largest - 1)).toBeLessThan(1e-10);
      expect(Math.abs(sum - expected.sum)).toBeLessThan(1e-10 * entries * expected.rms);
    }
  });

  it('is an approximation of retraining with (n − |S|)λ, which we reproduce too', () => {
    for (const { rows, retrained } of numbers.sets) {
      const truth = retrain(model, { removed: Int32Array.from(rows), ridgeConvention: 'mean' }).change;
      expect(worstError(truth, retrained)).toBeLessThan(1e-8);
      const byNewton = worstError(change(rows, 'newton'), retrained);
      expect(byNewton).toBeLessThan(worstError(change(rows, 'rif'), retrained));
    }
  });

  it('differs from (H − Hᵢ)⁻¹(gᵢ + λθ̂) where the leverage is high', () => {
    const [highest] = numbers.rows.filter(({ row }) => row === 143);
    const exactly = change([143], 'rif', 'exact');
    expect(worstError(exactly, highest.RIF)).toBeGreaterThan(1e-3);
    const row = Int32Array.of(143);
    const plain = estimateRemovalChange(model, row, { method: 'if' }).change;
    const gradient = multiplyHessian(problem, model.logits, plain, linalg);
    const pulled = gradient.map((value, at) => value + numbers.lam * model.theta[at]);
    const expected = createRemovedHessian(model, row).solve(pulled);
    expect(worstError(exactly, Array.from(expected))).toBeLessThan(1e-10);
  });
});
