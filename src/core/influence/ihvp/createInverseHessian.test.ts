import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { fillResidual } from '../../models/evaluateHead';
import { fitHead } from '../../models/fitting/fitHead';
import type { HeadKind } from '../../models/headKind';
import { problemOf, relativeDistance, syntheticRows } from '../../testing/testData';
import { createConjugateInverse } from './conjugateInverse';
import { createInverseHessian } from './createInverseHessian';
import type { HessianProducts } from './hessianProducts';
import { multiplyDamped } from './hessianProducts';
import type { IhvpMethod } from './inverseHessian';
import { ihvpMethods, solveOne } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';

const linalg = createFloat64LinearAlgebra();

interface Case {
  readonly products: HessianProducts;
  /** Gradients of some rows, the right-hand sides of influence. */
  readonly b: Matrix;
}

function caseOf(kind: HeadKind, classes: number, l2: number, unpenalised?: readonly number[]): Case {
  const data = syntheticRows({ rows: 150, features: 8, classes, seed: 21 });
  const weights = Float64Array.from({ length: 150 }, (_, i) => (i % 10 === 0 ? 0 : 1));
  const problem = problemOf(data, linalg, { kind, l2, weights, ...(unpenalised === undefined ? {} : { unpenalised }) });
  const { logits } = fitHead(problem, linalg).state;
  const { outputs: K, parameters: p } = problem;
  const rows = [1, 12, 33, 77];
  const b = new Float64Array(rows.length * p);
  const residual = new Float64Array(K);
  rows.forEach((row, t) => {
    fillResidual(problem, logits, row, data.labels[row], residual, 0);
    for (let c = 0; c < K; c++) {
      for (let j = 0; j < 8; j++) b[t * p + c * 8 + j] = residual[c] * data.features.data[row * 8 + j];
    }
  });
  return { products: { problem, linalg, logits }, b: { rows: rows.length, columns: p, data: b } };
}

const softmax = caseOf('softmax', 4, 0.02);
const logistic = caseOf('logistic', 2, 0.02);
const ridge = caseOf('ridge', 2, 0.02);

/** Mean over right-hand sides of ‖x − x_exact‖/‖x_exact‖. */
function errorOf({ products, b }: Case, method: IhvpMethod, options: InverseOptions = {}): number {
  const p = b.columns;
  const exact = createInverseHessian('cholesky', products, { damping: options.damping ?? 0 }).solve(b).vectors.data;
  const { vectors } = createInverseHessian(method, products, options).solve(b);
  let sum = 0;
  for (let t = 0; t < b.rows; t++) {
    sum += relativeDistance(vectors.data.slice(t * p, (t + 1) * p), exact.slice(t * p, (t + 1) * p));
  }
  return sum / b.rows;
}

/** What each method must reach on the softmax head, with settings where it is at its best. */
const reached: Readonly<Record<IhvpMethod, { readonly options: InverseOptions; readonly error: number }>> = {
  cholesky: { options: {}, error: 1e-12 },
  cg: { options: { tolerance: 1e-10 }, error: 1e-8 },
  lissa: { options: { steps: 800 }, error: 1e-4 },
  arnoldi: { options: { rank: 32 }, error: 1e-8 },
  kfac: { options: {}, error: 0.5 },
  ekfac: { options: {}, error: 0.5 },
  nystroem: { options: { rank: 32 }, error: 1e-4 },
  lowRank: { options: { rank: 32 }, error: 1e-4 },
  // Rough unless the ridge is large, as its authors say; its residual tells.
  datainf: { options: { damping: 300 }, error: 0.9 },
  diagonal: { options: {}, error: 0.9 },
  identity: { options: {}, error: 0.9 },
};

describe.each(ihvpMethods)('%s', (method) => {
  const { options, error } = reached[method];

  it('comes as near to cholesky as it should, and better than nothing', () => {
    expect(errorOf(softmax, method, options)).toBeLessThan(error);
  });

  it.each([
    ['logistic', logistic],
    ['ridge', ridge],
    ['softmax', softmax],
  ] as const)('states its residuals, its damping and what it is (%s)', (_, { products, b }) => {
    const damping = 3;
    const inverse = createInverseHessian(method, products, { ...options, rank: 8, damping });
    expect(inverse.method).toBe(method);
    expect(inverse.parameters).toBe(b.columns);
    expect(inverse.description.length).toBeGreaterThan(8);
    const { vectors, residuals } = inverse.solve(b, { residuals: true });
    const product = multiplyDamped(products, vectors, damping).data;
    for (let t = 0; t < b.rows; t++) {
      const p = b.columns;
      const measured = relativeDistance(product.slice(t * p, (t + 1) * p), b.data.slice(t * p, (t + 1) * p));
      expect(Math.abs((residuals?.[t] ?? Number.NaN) - measured)).toBeLessThan(1e-10 + 1e-6 * measured);
      // One right-hand side alone is the same.
      const alone = solveOne(inverse, b.data.slice(t * p, (t + 1) * p));
      if (method !== 'lissa')
        expect(relativeDistance(alone, vectors.data.slice(t * p, (t + 1) * p))).toBeLessThan(1e-7);
    }
  });

  it('is the same every time, symmetric, and 0 for 0', () => {
    const { products, b } = softmax;
    const settings = { ...options, rank: 10, seed: 4 };
    const { vectors } = createInverseHessian(method, products, settings).solve(b);
    expect(createInverseHessian(method, products, settings).solve(b).vectors).toEqual(vectors);
    const p = b.columns;
    const inner = (s: number, t: number): number => {
      let sum = 0;
      for (let at = 0; at < p; at++) sum += b.data[s * p + at] * vectors.data[t * p + at];
      return sum;
    };
    const scale = Math.sqrt(inner(0, 0) * inner(1, 1));
    expect(Math.abs(inner(0, 1) - inner(1, 0))).toBeLessThan(1e-5 * scale);
    const zero = createInverseHessian(method, products, settings).solve({
      rows: 1,
      columns: p,
      data: new Float64Array(p),
    });
    expect(zero.vectors.data.every((value) => value === 0)).toBe(true);
  });
});

describe('the methods as their settings grow', () => {
  it.each([
    ['lissa', [20, 100, 400].map((steps) => ({ steps }))],
    ['arnoldi', [6, 14, 24].map((rank) => ({ rank }))],
    ['nystroem', [6, 16, 32].map((rank) => ({ rank }))],
    ['lowRank', [3, 10, 22].map((rank) => ({ rank }))],
    ['cg', [1e-1, 1e-3, 1e-6].map((tolerance) => ({ tolerance }))],
    ['lissa', [4, 40, 1000].map((batchRows) => ({ batchRows, steps: 400 }))],
  ] as const)('%s comes nearer to the truth', (method, settings) => {
    const errors = settings.map((options) => errorOf(softmax, method, options));
    expect(errors[1]).toBeLessThan(errors[0]);
    expect(errors[2]).toBeLessThan(errors[1]);
  });

  it('DataInf, the diagonal and the identity become exact as the ridge outgrows the data', () => {
    for (const method of ['datainf', 'diagonal', 'identity', 'kfac'] as const) {
      const errors = [1, 100].map((l2) => errorOf(caseOf('softmax', 3, l2, []), method));
      expect(errors[1]).toBeLessThan(0.05 * errors[0] + 1e-3);
      expect(errors[1]).toBeLessThan(0.02);
    }
  });

  it('Kronecker factors are exact for a single output, the others for one feature', () => {
    for (const method of ['kfac', 'ekfac'] as const) {
      expect(errorOf(logistic, method)).toBeLessThan(1e-9);
      expect(errorOf(ridge, method)).toBeLessThan(1e-9);
    }
  });

  it('conjugate gradients converge with either preconditioner, in fewer passes with EKFAC', () => {
    const { products, b } = softmax;
    const passes = (preconditioner: 'ekfac' | 'bound'): number => {
      let count = 0;
      const counting = {
        ...linalg,
        multiplyThrough: (...args: Parameters<typeof linalg.multiplyThrough>) => {
          count++;
          return linalg.multiplyThrough(...args);
        },
      };
      const inverse = createConjugateInverse({ ...products, linalg: counting }, { preconditioner, tolerance: 1e-8 });
      count = 0;
      const { residuals } = inverse.solve(b);
      expect(Math.max(...(residuals ?? []))).toBeLessThan(1e-8);
      return count;
    };
    const bound = passes('bound');
    expect(passes('ekfac')).toBeLessThanOrEqual(bound);
    expect(bound).toBeLessThan(40);
  });
});

describe('DataInf', () => {
  it('is the mean of the rows’ inverses, block by block', () => {
    const { products, b } = caseOf('softmax', 3, 0.05, []);
    const { problem, logits } = products;
    const { vectors } = createInverseHessian('datainf', products).solve(b);
    const d = 8;
    const n = problem.totalWeight;
    const ridgePerRow = problem.ridge[0] / n;
    const expected = new Float64Array(b.data.length);
    const residual = new Float64Array(3);
    const { features } = problem;
    if ('read' in features) throw new Error('The test needs features in memory.');
    for (let t = 0; t < b.rows; t++) {
      for (let c = 0; c < 3; c++) {
        const at = t * b.columns + c * d;
        const own = b.data.subarray(at, at + d);
        for (let i = 0; i < features.rows; i++) {
          if (problem.weights[i] === 0) continue;
          fillResidual(problem, logits, i, problem.labels[i], residual, 0);
          const g = features.data.slice(i * d, (i + 1) * d).map((value) => residual[c] * value);
          // (ggᵀ + ridge·I)⁻¹ in full.
          const matrix = new Float64Array(d * d);
          for (let a = 0; a < d; a++) {
            for (let e = 0; e < d; e++) matrix[a * d + e] = g[a] * g[e] + (a === e ? ridgePerRow : 0);
          }
          const factor = linalg.cholesky({ rows: d, columns: d, data: matrix });
          const solved = linalg.choleskySolve(factor, { rows: d, columns: 1, data: own.slice() }).data;
          for (let j = 0; j < d; j++) expected[at + j] += solved[j] / (n * n);
        }
      }
    }
    for (let t = 0; t < b.rows; t++) {
      for (let j = 0; j < d; j++) {
        const mean = [0, 1, 2].reduce((sum, c) => sum + expected[t * b.columns + c * d + j] / 3, 0);
        for (let c = 0; c < 3; c++) expected[t * b.columns + c * d + j] -= mean;
      }
    }
    expect(relativeDistance(vectors.data, expected)).toBeLessThan(1e-9);
  });
});

describe('cancelling', () => {
  it.each(['cg', 'lissa', 'arnoldi', 'nystroem', 'lowRank', 'ekfac', 'diagonal', 'datainf'] as const)(
    'stops %s',
    (method) => {
      const onBlock = (): void => {
        throw new CancelledError();
      };
      expect(() => {
        createInverseHessian(method, softmax.products, { onBlock }).solve(softmax.b, { onBlock });
      }).toThrow(CancelledError);
    },
  );
});
