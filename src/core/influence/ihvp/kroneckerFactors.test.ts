import { describe, expect, it } from 'vitest';
import { NumericalError } from '../../base/errors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { computeHessian } from '../../models/curvature/headHessian';
import { fitHead } from '../../models/fitting/fitHead';
import type { HeadProblem } from '../../models/headProblem';
import { problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import type { HessianProducts } from './hessianProducts';
import { createKroneckerBasis } from './kroneckerBasis';
import { applyKroneckerInverse, createKroneckerFactors } from './kroneckerFactors';

const linalg = createFloat64LinearAlgebra();

function productsOf(problem: HeadProblem): HessianProducts {
  return { problem, linalg, logits: fitHead(problem, linalg).state.logits };
}

/** (v⊗t)ᵀ M (v'⊗t') for all pairs of basis vectors of a p×p matrix. */
function inBasis(
  data: Float64Array,
  p: number,
  { outputs, features }: ReturnType<typeof createKroneckerBasis>,
): { size: number; at: (row: number, column: number) => number } {
  const d = features.rows;
  const K = outputs.columns;
  const vectors: Float64Array[] = [];
  for (let j = 0; j < outputs.rows; j++) {
    for (let k = 0; k < d; k++) {
      const v = new Float64Array(p);
      for (let c = 0; c < K; c++) {
        for (let f = 0; f < d; f++) v[c * d + f] = outputs.data[j * K + c] * features.data[f * d + k];
      }
      vectors.push(v);
    }
  }
  return {
    size: vectors.length,
    at: (row, column) => {
      let sum = 0;
      for (let a = 0; a < p; a++) {
        let product = 0;
        for (let b = 0; b < p; b++) product += data[a * p + b] * vectors[column][b];
        sum += vectors[row][a] * product;
      }
      return sum;
    },
  };
}

describe('Kronecker factors of H', () => {
  const data = syntheticRows({ rows: 120, features: 5, classes: 4, seed: 3 });
  const problem = problemOf(data, linalg, { kind: 'softmax', l2: 0.01 });
  const products = productsOf(problem);
  const basis = createKroneckerBasis(products);

  it('keep the diagonal of H in the basis, the intercept unpenalised and the gauge left out', () => {
    expect(basis.outputs.rows).toBe(3);
    const hessian = computeHessian(problem, products.logits, linalg);
    const explicit = inBasis(hessian.data, problem.parameters, basis);
    const { curvatures } = createKroneckerFactors(products, basis, { method: 'ekfac' });
    for (let at = 0; at < explicit.size; at++) {
      expect(Math.abs(curvatures.data[at] / explicit.at(at, at) - 1)).toBeLessThan(1e-10);
    }
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let c = 0; c < 4; c++) sum += basis.outputs.data[j * 4 + c];
      expect(Math.abs(sum)).toBeLessThan(1e-14);
    }
  });

  it('diagonalise the features’ curvature and the ridge together', () => {
    const d = 5;
    const { features, featureCurvatures } = basis;
    for (let k = 0; k < d; k++) {
      for (let l = 0; l < d; l++) {
        let penalised = 0;
        for (let f = 0; f < d - 1; f++) penalised += features.data[f * d + k] * features.data[f * d + l];
        expect(Math.abs(penalised - (k === l && k < d - 1 ? 1 : 0))).toBeLessThan(1e-12);
      }
    }
    expect(featureCurvatures.every((value) => value > 0)).toBe(true);
  });

  it.each([
    ['logistic', 2],
    ['ridge', 2],
    ['softmax', 2],
  ] as const)('are H itself for one direction of the outputs (%s)', (kind, classes) => {
    const rows = syntheticRows({ rows: 90, features: 6, classes, seed: 8 });
    const weights = Float64Array.from({ length: 90 }, (_, i) => (i % 7 === 0 ? 0 : 1));
    const own = problemOf(rows, linalg, { kind, l2: 0.003, weights });
    const ownProducts = productsOf(own);
    const hessian = computeHessian(own, ownProducts.logits, linalg);
    const factor = linalg.cholesky(hessian);
    const p = own.parameters;
    const b = new Float64Array(p);
    for (let j = 0; j < 6; j++) {
      b[j] = Math.sin(j + 1);
      if (kind === 'softmax') b[6 + j] = -b[j];
    }
    const exact = linalg.choleskySolve(factor, { rows: p, columns: 1, data: b }).data;
    const factors = createKroneckerFactors(ownProducts, createKroneckerBasis(ownProducts), { method: 'ekfac' });
    const estimate = applyKroneckerInverse(factors, { rows: 1, columns: p, data: b }, linalg).data;
    expect(relativeDistance(estimate, exact)).toBeLessThan(1e-9);
  });

  it('says so when a direction has neither data nor ridge', () => {
    const constant = { ...data, features: { ...data.features, data: data.features.data.slice() } };
    for (let i = 0; i < 120; i++) constant.features.data[i * 5 + 1] = 0;
    const singular = problemOf(constant, linalg, { kind: 'softmax', l2: 0.01 });
    const own = { problem: { ...singular, ridge: new Float64Array(5) }, linalg, logits: products.logits };
    expect(() => createKroneckerFactors(own, createKroneckerBasis(own), { method: 'ekfac' })).toThrow(NumericalError);
  });
});
