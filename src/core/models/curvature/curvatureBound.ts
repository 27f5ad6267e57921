import { NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { choleskySolveRows } from '../../linalg/choleskySolveRows';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../headProblem';

/**
 * A matrix B ≥ H for every θ, cheap to invert: (I − 11ᵀ/K) ⊗ (½XᵀWX + ridge) for softmax, ¼XᵀWX + ridge for logistic, H
 * itself for ridge. Source: Böhning, "Multinomial logistic regression algorithm", 1992, theorem 1 (on sums to zero over
 * the classes).
 */
interface CurvatureBound {
  readonly factor: CholeskyFactor;
  /** B⁻¹v for each row v of an m×p matrix without a component along the gauge. O(m·K·d²). */
  solve(vectors: Matrix): Matrix;
}

/**
 * One Gram matrix XᵀWX and one factorisation of order d, for any θ. O(n·d²/2 + d³/3).
 * @throws NumericalError naming λ when XᵀWX + ridge is not positive definite.
 */
export function createCurvatureBound(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): CurvatureBound {
  const { kind, outputs, weights } = problem;
  const share = kind === 'softmax' ? 0.5 : kind === 'logistic' ? 0.25 : 1;
  const [gram] = linalg.weightedGrams(problem.rows, [weights.map((weight) => share * weight)], onBlock);
  const d = gram.rows;
  const factor = factorizeFeatureCurvature(gram, problem, linalg, onBlock);
  return {
    factor,
    solve: ({ rows: m, columns: p, data }) => {
      const classRows = { rows: m * outputs, columns: d, data };
      return { rows: m, columns: p, data: choleskySolveRows(factor, classRows, linalg).data };
    },
  };
}

/**
 * The factor of a d×d curvature of the rows with the ridge added, which changes the matrix handed over. O(d³/3).
 * @throws NumericalError naming λ when it is not positive definite.
 */
export function factorizeFeatureCurvature(
  curvature: Matrix,
  { ridge, l2 }: HeadProblem,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): CholeskyFactor {
  const d = curvature.rows;
  for (let j = 0; j < d; j++) curvature.data[j * d + j] += ridge[j];
  try {
    return linalg.cholesky(curvature, onBlock);
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    throw new NumericalError(
      `XᵀX could not be factorised at λ = ${l2.toPrecision(3)}. Choose a larger λ, or drop features that repeat each other.`,
      { details: { l2, conditionEstimate: Number.NaN }, cause: error },
    );
  }
}
