import { NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { estimateCondition, estimateLargestEigenvalue } from '../linalg/conditionEstimate';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { computeHessian } from './headHessian';
import type { HeadProblem } from './headProblem';

/** H at one θ and its Cholesky factor. */
export interface HessianFactor {
  readonly hessian: Matrix;
  readonly factor: CholeskyFactor;
}

/**
 * One Hessian and one Cholesky factorisation. O(n·d²·K²/2 + p³/3).
 * @throws NumericalError naming λ and a condition estimate when H is not positive definite in floating point.
 */
export function factorizeHessian(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HessianFactor {
  const hessian = computeHessian(problem, logits, linalg, onBlock);
  try {
    return { hessian, factor: linalg.cholesky(hessian, onBlock) };
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    // H itself says little about its smallest eigenvalue once the factorisation has failed; the ridge bounds it from below.
    const bound = estimateLargestEigenvalue(hessian) / (problem.ridgeRows * problem.l2);
    throw new NumericalError(
      `The Hessian could not be factorised at λ = ${problem.l2.toPrecision(3)} (condition estimate up to ` +
        `${bound.toExponential(1)}). Choose a larger λ, or drop features that repeat each other.`,
      { details: { l2: problem.l2, conditionEstimate: bound }, cause: error },
    );
  }
}

/** cond₂(H), estimated. */
export function conditionOf({ hessian, factor }: HessianFactor, linalg: LinearAlgebra): number {
  return estimateCondition(hessian, factor, linalg);
}
