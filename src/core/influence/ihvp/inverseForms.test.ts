import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../../linalg/linearAlgebra';
import { multiplyHessianMany } from '../../models/curvature/headHessian';
import { fitHead } from '../../models/fitting/fitHead';
import { softmaxPointOf } from '../../models/softmaxPoint';
import { problemOf, syntheticRows } from '../../testing/testData';
import { conjugateGradients } from './conjugateGradients';
import { estimateInverseForms } from './inverseForms';
import { createKroneckerBasis } from './kroneckerBasis';
import { applyKroneckerInverse, createKroneckerFactors } from './kroneckerFactors';

describe('bᵀH⁻¹b', () => {
  const linalg = createFloat64LinearAlgebra();
  const problem = problemOf(syntheticRows({ rows: 300, features: 12, classes: 5, seed: 6 }), linalg, {
    kind: 'softmax',
    l2: 1e-2,
  });
  const { logits } = fitHead(problem, linalg).state;
  const products = { problem, linalg, logits };
  const factors = createKroneckerFactors(products, createKroneckerBasis(products), { method: 'ekfac' });
  const p = problem.parameters;
  const d = problem.features.columns;
  const random = createRandom(4);
  // Gradients of rows, and nothing.
  const b: Matrix = { rows: 7, columns: p, data: new Float64Array(7 * p) };
  for (let t = 0; t < 6; t++) {
    const z = Float64Array.from({ length: problem.outputs }, () => random.normal());
    const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
    z.forEach((value, c) => {
      const row = problem.features;
      if (!('data' in row)) throw new Error('The rows are in memory.');
      for (let j = 0; j < d; j++) b.data[t * p + c * d + j] = (value - mean) * row.data[(11 * t + 3) * d + j];
    });
  }
  const hessian = (vectors: Matrix): Matrix => multiplyHessianMany(problem, logits, vectors, linalg);
  const inner = (x: Float64Array, y: Float64Array, t: number): number =>
    x.subarray(t * p, (t + 1) * p).reduce((sum, value, at) => sum + value * y[t * p + at], 0);
  const kronecker = (vectors: Matrix): Matrix => applyKroneckerInverse(factors, vectors, linalg);
  const solved = conjugateGradients(hessian, kronecker, b, { tolerance: 1e-10, maxIterations: 200 }).vectors.data;
  const truth = Array.from({ length: 6 }, (_, t) => inner(solved, b.data, t));

  it('is within five per cent on a head of 60 parameters, and 0 for nothing', () => {
    const forms = estimateInverseForms(products, kronecker, b);
    truth.forEach((value, t) => expect(Math.abs(forms[t] / value - 1)).toBeLessThan(0.05));
    expect(forms[6]).toBe(0);
  });

  it('takes as many terms as a poor preconditioner needs', () => {
    const scale = 1 / (problem.totalWeight * d);
    const poor = (vectors: Matrix): Matrix => ({ ...vectors, data: vectors.data.map((value) => scale * value) });
    const forms = estimateInverseForms(products, poor, b);
    truth.forEach((value, t) => expect(Math.abs(forms[t] / value - 1)).toBeLessThan(0.1));
  });

  it('is the same by forms of the backend in the last term', () => {
    const point = softmaxPointOf(problem, logits);
    let asked = 0;
    const own: LinearAlgebra = {
      ...linalg,
      precision: 'float32',
      softmaxForms: (rows, at, vectors) => {
        asked++;
        expect(at).toBe(point);
        const whole = { rows: vectors.rows / problem.outputs, columns: p, data: vectors.data };
        const image = multiplyHessianMany({ ...problem, rows, ridge: new Float64Array(d) }, logits, whole, linalg).data;
        return Float64Array.from({ length: whole.rows }, (_, t) => inner(image, whole.data, t));
      },
    };
    const forms = estimateInverseForms({ ...products, linalg: own }, kronecker, b, { point });
    expect(asked).toBeGreaterThan(0);
    estimateInverseForms(products, kronecker, b).forEach((value, t) => {
      expect(Math.abs(forms[t] - value)).toBeLessThan(1e-9 * (1 + value));
    });
  });

  it('asks a backend for its softmax passes, which are in single precision, only where that is its precision', () => {
    const asked: string[] = [];
    const own: LinearAlgebra = {
      ...linalg,
      softmaxCurvature: (_, __, vectors) => {
        asked.push('softmaxCurvature');
        return { ...vectors, data: new Float64Array(vectors.data.length) };
      },
      softmaxForms: (_, __, vectors) => {
        asked.push('softmaxForms');
        return new Float64Array(vectors.rows / problem.outputs);
      },
    };
    const point = softmaxPointOf(problem, logits);
    const estimate = (precision: LinearAlgebra['precision']): void => {
      estimateInverseForms({ ...products, linalg: { ...own, precision } }, kronecker, b, { point });
    };
    estimate('float64');
    expect(asked).toEqual([]);
    estimate('float32');
    expect(new Set(asked)).toEqual(new Set(['softmaxCurvature', 'softmaxForms']));
  });
});
