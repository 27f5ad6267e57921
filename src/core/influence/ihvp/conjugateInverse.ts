import { NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { relativeDistances, rowNorms } from '../../base/matrix';
import { addScaled, largestOf, subtract } from '../../base/vectors';
import { createCurvatureBound } from '../../models/curvature/curvatureBound';
import type { ApplyRows } from './conjugateGradients';
import { conjugateGradients } from './conjugateGradients';
import type { HessianProducts } from './hessianProducts';
import { multiplyDamped } from './hessianProducts';
import type { IhvpSolution, InverseHessian, SolveOptions } from './inverseHessian';
import { createKroneckerBasis } from './kroneckerBasis';
import type { KroneckerFactors } from './kroneckerFactors';
import { applyKroneckerInverse, createKroneckerFactors } from './kroneckerFactors';

/** ‖Hx − b‖/‖b‖ that a solution has at most unless asked for otherwise. */
const defaultResidual = 1e-8;
/** A solution this far off is no solution: λ is too small for these features. */
const largestResidual = 1e-4;
/** Numbers of a batch of right-hand sides: 48 MiB a vector, of which five are held. */
const batchNumbers = 6 * 2 ** 20;
/** Times the recurrence begins anew from residuals computed through X. */
const restarts = 3;

interface ConjugateInverseOptions {
  /** Default `ekfac`: fewer passes; `bound` (Böhning) is cheaper to make: no eigenvalues, no pass in the basis. */
  readonly preconditioner?: 'ekfac' | 'bound';
  /** The factors where they exist already; `damping` must be theirs. */
  readonly factors?: KroneckerFactors;
  /** Relative residual to reach; default {@link defaultResidual}. */
  readonly tolerance?: number;
  /** Default 1000 a right-hand side. */
  readonly maxIterations?: number;
  readonly damping?: number;
  readonly onBlock?: SolveOptions['onBlock'];
}

/** P ≈ (H + damping)⁻¹ for conjugate gradients. */
export function createPreconditioner(
  products: HessianProducts,
  { preconditioner = 'ekfac', factors, damping = 0, onBlock }: ConjugateInverseOptions,
): ApplyRows {
  const { problem, linalg } = products;
  if (preconditioner === 'bound') {
    const damped = damping === 0 ? problem : { ...problem, ridge: problem.ridge.map((value) => value + damping) };
    return createCurvatureBound(damped, linalg, onBlock).solve;
  }
  const made =
    factors ??
    createKroneckerFactors(products, createKroneckerBasis(products, onBlock), { method: 'ekfac', damping, onBlock });
  return (vectors) => applyKroneckerInverse(made, vectors, linalg);
}

/**
 * (H + damping)⁻¹ by preconditioned conjugate gradients: exact up to the residual stated with each solution, which is
 * computed through X in float64. A pass over the rows an iteration, O(n·d·K) a right-hand side, some 10 to 60 of them;
 * nothing of order p².
 * @throws NumericalError naming λ and the residual when a solution stays more than 1e-4 off.
 */
export function createConjugateInverse(
  products: HessianProducts,
  options: ConjugateInverseOptions = {},
): InverseHessian {
  const { tolerance = defaultResidual, maxIterations = 1000, damping = 0 } = options;
  const { problem } = products;
  const p = problem.parameters;
  const precondition = createPreconditioner(products, options);
  const name = (options.preconditioner ?? 'ekfac') === 'ekfac' ? 'EKFAC' : 'Böhning-bound';
  const solveBatch = (b: Matrix, onBlock: SolveOptions['onBlock']): { x: Float64Array; residuals: Float64Array } => {
    const x = new Float64Array(b.data.length);
    const sizes = rowNorms(b);
    let right = b;
    let residuals = new Float64Array(b.rows);
    let left = maxIterations;
    for (let round = 0; round <= restarts && left > 0; round++) {
      const found = conjugateGradients(
        (vectors) => multiplyDamped(products, vectors, damping, onBlock),
        precondition,
        right,
        {
          tolerance: round === 0 ? 0.9 * tolerance : 0.5 * Math.min(0.5, tolerance / largestOf(residuals)),
          maxIterations: left,
        },
      );
      left -= found.iterations.reduce((a, value) => Math.max(a, value), 0);
      addScaled(x, 1, found.vectors.data);
      const residual = {
        ...b,
        data: subtract(b.data, multiplyDamped(products, { ...b, data: x }, damping, onBlock).data),
      };
      const after = rowNorms(residual).map((value, t) => (sizes[t] > 0 ? value / sizes[t] : 0));
      const worst = largestOf(after);
      const stalled = round > 0 && !(worst < 0.5 * largestOf(residuals));
      residuals = after;
      if (worst <= tolerance || stalled) break;
      right = residual;
    }
    return { x, residuals };
  };
  return {
    method: 'cg',
    description: `conjugate gradients to a residual of ${tolerance.toExponential(0)}, ${name} preconditioner${
      damping === 0 ? '' : `, damping ${damping.toPrecision(3)}`
    }`,
    parameters: p,
    solve: (b, { onBlock } = {}): IhvpSolution => {
      const vectors = new Float64Array(b.data.length);
      const residuals = new Float64Array(b.rows);
      const atOnce = Math.max(1, Math.floor(batchNumbers / p));
      for (let first = 0; first < b.rows; first += atOnce) {
        const rows = Math.min(atOnce, b.rows - first);
        const part = { rows, columns: p, data: b.data.subarray(first * p, (first + rows) * p) };
        const found = solveBatch(part, onBlock);
        vectors.set(found.x, first * p);
        residuals.set(found.residuals, first);
      }
      const worst = largestOf(residuals);
      if (!(worst <= Math.max(largestResidual, tolerance))) {
        throw new NumericalError(
          `Conjugate gradients did not converge at λ = ${problem.l2.toPrecision(3)}: relative residual ` +
            `${worst.toExponential(1)}. Choose a larger λ, or drop features that repeat each other.`,
          { details: { l2: problem.l2, residual: worst } },
        );
      }
      const sizes = rowNorms(b);
      return {
        vectors: { rows: b.rows, columns: p, data: vectors },
        residuals: residuals.map((value, t) => (sizes[t] > 0 ? value : Number.NaN)),
      };
    },
  };
}

/** ‖(H + damping)x − b‖/‖b‖ for the rows of two m×p matrices; NaN where b is 0. One pass. */
export function measureResiduals(
  products: HessianProducts,
  x: Matrix,
  b: Matrix,
  damping: number,
  onBlock?: SolveOptions['onBlock'],
): Float64Array {
  return relativeDistances(multiplyDamped(products, x, damping, onBlock ?? undefined), b);
}
