import { NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { estimateCondition, estimateLargestEigenvalue } from '../../linalg/conditionEstimate';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../headProblem';
import { computeHessian } from './headHessian';

/** H at one θ and its Cholesky factor. */
export interface HessianFactor {
  readonly hessian: Matrix;
  readonly factor: CholeskyFactor;
}

/**
 * Above this lower bound of cond(H), an H in single precision is no help to a fit either (docs/mathematics.md,
 * "Precision").
 */
const largestSingleCondition = 1e6;

/**
 * One Hessian and one Cholesky factorisation; on a backend in single precision again in float64 where the first shows H
 * to be too ill-conditioned. O(n·d²·K²/2 + p³/3).
 * @throws NumericalError naming λ and a condition estimate when H is not positive definite in floating point.
 */
export function factorizeHessian(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HessianFactor {
  if (linalg.precision === 'float32') {
    const single = factorizeSingle(problem, logits, linalg, onBlock);
    return single ?? factorizeHessian(problem, logits, linalg.inFloat64, onBlock);
  }
  const hessian = computeHessian(problem, logits, linalg, onBlock);
  try {
    return { hessian, factor: linalg.cholesky(hessian, onBlock) };
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    // H itself says little about its smallest eigenvalue once the factorisation has failed; the ridge bounds it from
    // below.
    const bound = estimateLargestEigenvalue(hessian) / (problem.ridgeRows * problem.l2);
    throw new NumericalError(
      `The Hessian could not be factorised at λ = ${problem.l2.toPrecision(3)} (condition estimate up to ` +
        `${bound.toExponential(1)}). Choose a larger λ, or drop features that repeat each other.`,
      { details: { l2: problem.l2, conditionEstimate: bound }, cause: error },
    );
  }
}

/** H in the backend's own precision; undefined where single precision will not do. */
export function factorizeSingle(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HessianFactor | undefined {
  const hessian = computeHessian(problem, logits, linalg, onBlock);
  try {
    const factor = linalg.cholesky(hessian, onBlock);
    return backendFor(factor, linalg) === linalg ? { hessian, factor } : undefined;
  } catch (error) {
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
}

/**
 * The backend for fast operations with this factor: its float64 mode where H is too ill-conditioned for single
 * precision. O(p).
 */
export function backendFor(factor: CholeskyFactor, linalg: LinearAlgebra): LinearAlgebra {
  const isSingle = linalg.precision === 'float32';
  return isSingle && leastCondition(factor) > largestSingleCondition ? linalg.inFloat64 : linalg;
}

/** A lower bound of cond₂ from the diagonal of the factor. O(p). */
function leastCondition({ size, lower }: CholeskyFactor): number {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let at = 0; at < size * size; at += size + 1) {
    smallest = Math.min(smallest, lower.data[at]);
    largest = Math.max(largest, lower.data[at]);
  }
  return (largest / smallest) ** 2;
}

/** cond₂(H), estimated. */
export function conditionOf({ hessian, factor }: HessianFactor, linalg: LinearAlgebra): number {
  return estimateCondition(hessian, factor, linalg);
}
