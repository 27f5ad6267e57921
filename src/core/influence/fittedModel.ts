import type { Matrix } from '../base/matrix';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { computeLogits } from '../models/evaluateHead';
import { multiplyHessian } from '../models/headHessian';
import type { HeadProblem } from '../models/headProblem';
import { conditionOf, factorizeHessian } from '../models/hessianFactor';
import { invertHessian, lowerBlocks } from './leverageForms';

/** A head at its optimum with everything influence is computed from. */
export interface FittedModel {
  readonly problem: HeadProblem;
  readonly linalg: LinearAlgebra;
  /** θ̂, p numbers. */
  readonly theta: Float64Array;
  /** n×K at θ̂. */
  readonly logits: Float64Array;
  readonly hessian: Matrix;
  readonly factor: CholeskyFactor;
  readonly inverse: Matrix;
  /** The distinct d×d blocks of the inverse, see {@link lowerBlocks}. */
  readonly inverseBlocks: readonly Matrix[];
  readonly conditionEstimate: number;
}

/**
 * Factorises and inverts H at θ̂. O(n·d²·K²/2 + p³).
 * @throws NumericalError when H cannot be factorised.
 */
export function createFittedModel(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): FittedModel {
  const logits = computeLogits(problem, theta, linalg, onBlock);
  const factorized = factorizeHessian(problem, logits, linalg, onBlock);
  const inverse = invertHessian(factorized.factor, linalg, onBlock);
  return {
    problem,
    linalg,
    theta,
    logits,
    hessian: factorized.hessian,
    factor: factorized.factor,
    inverse,
    inverseBlocks: lowerBlocks(inverse, problem.outputs, problem.features.columns),
    conditionEstimate: conditionOf(factorized, linalg),
  };
}

/** Rounds of refinement where H is single precision; each gains about five digits while cond(H) is below 1e5. */
const refinements = 3;

type Products = Pick<FittedModel, 'problem' | 'linalg' | 'logits'>;

/**
 * H⁻¹v for a v without a common shift of unpenalised features (sums of gradients have none). O(p²); with a single-precision H
 * refined, O(n·d·K) a round.
 */
export function solveHessian(
  products: Products,
  factor: CholeskyFactor,
  v: Float64Array,
  onBlock?: OnBlock,
): Float64Array {
  const { linalg } = products;
  const solve = (b: Float64Array): Float64Array =>
    linalg.choleskySolve(factor, { rows: b.length, columns: 1, data: b }).data;
  return refineSolution(products, solve, v, onBlock);
}

/** `solve(v)`, corrected by residuals computed in float64 through X where the backend's H is single precision. */
export function refineSolution(
  { problem, linalg, logits }: Products,
  solve: (v: Float64Array) => Float64Array,
  v: Float64Array,
  onBlock?: OnBlock,
): Float64Array {
  const x = solve(v);
  if (linalg.precision === 'float64') return x;
  let previous = Number.POSITIVE_INFINITY;
  for (let round = 0; round < refinements; round++) {
    const residual = multiplyHessian(problem, logits, x, linalg, onBlock);
    let norm = 0;
    for (let at = 0; at < v.length; at++) {
      residual[at] = v[at] - residual[at];
      norm += residual[at] * residual[at];
    }
    if (!(norm < previous)) break;
    previous = norm;
    const correction = solve(residual);
    for (let at = 0; at < v.length; at++) x[at] += correction[at];
  }
  return x;
}
