import type { Matrix } from '../base/matrix';
import { InputError } from '../base/errors';
import type { CholeskyFactor, LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { computeLogits } from '../models/evaluateHead';
import type { HeadProblem } from '../models/headProblem';
import { largestExactParameterCount } from '../models/headProblem';
import { conditionOf } from '../models/hessianFactor';
import { createCholeskyInverse } from './ihvp/choleskyInverse';
import type { InverseHessian } from './ihvp/inverseHessian';
import { solveOne } from './ihvp/inverseHessian';
import type { LeverageForms } from './leverageForms';
import { createFactorForms } from './leverageForms';
import type { ModelPrecision } from './precision';
import { factorizePrecisely } from './precision';

/** H at θ̂ in full: for heads of up to `largestExactParameterCount` parameters. */
export interface ExactHessian {
  readonly hessian: Matrix;
  readonly factor: CholeskyFactor;
}

/** A head at its optimum with everything influence is computed from. */
export interface FittedModel {
  readonly problem: HeadProblem;
  /** In float64 mode where `precision` asks for it. */
  readonly linalg: LinearAlgebra;
  readonly precision: ModelPrecision;
  /** θ̂, p numbers. */
  readonly theta: Float64Array;
  /** n×K at θ̂. */
  readonly logits: Float64Array;
  /** How H⁻¹v is computed. */
  readonly inverse: InverseHessian;
  /** How rows are rescaled. */
  readonly forms: LeverageForms;
  /** undefined for heads too large to form H. */
  readonly exact: ExactHessian | undefined;
  /** Estimate of cond₂(H). */
  readonly conditionEstimate: number;
}

/**
 * Factorises H at θ̂ (K > 1: and inverts it), in the precision it needs (precision.ts). O(n·d²·K²/2 + p³).
 * @throws NumericalError when H cannot be factorised.
 */
export function createFittedModel(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): FittedModel {
  if (problem.parameters > largestExactParameterCount) {
    throw new InputError(
      `The head would have ${problem.parameters} parameters; an exact audit handles up to ${largestExactParameterCount}.`,
    );
  }
  const logits = computeLogits(problem, theta, linalg, onBlock);
  const { exact, linalg: chosen, precision } = factorizePrecisely(problem, logits, linalg, onBlock);
  return {
    problem,
    linalg: chosen,
    precision,
    theta,
    logits,
    inverse: createCholeskyInverse({ problem, linalg: chosen, logits }, exact.factor, precision.refinedSolutions),
    forms: createFactorForms(exact.factor, problem.outputs, chosen, onBlock),
    exact,
    conditionEstimate: conditionOf(exact, chosen),
  };
}

/** H⁻¹v for a v without a common shift of unpenalised features (sums of gradients have none). */
export function solveHessian({ inverse }: FittedModel, v: Float64Array, onBlock?: OnBlock): Float64Array {
  return solveOne(inverse, v, onBlock);
}
