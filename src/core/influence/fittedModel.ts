import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { CholeskyFactor, LinearAlgebra, OnBlock, RowBlocks } from '../linalg/linearAlgebra';
import { conditionOf } from '../models/curvature/hessianFactor';
import { createRowCurvatures } from '../models/curvature/rowCurvature';
import { computeLogits } from '../models/evaluateHead';
import type { FitMetric } from '../models/fitting/fitMetric';
import type { HeadProblem } from '../models/headProblem';
import { largestExactParameterCount } from '../models/headProblem';
import { isExactAffordable } from '../models/headSize';
import { createCholeskyInverse } from './ihvp/choleskyInverse';
import { createConjugateInverse } from './ihvp/conjugateInverse';
import type { InverseHessian } from './ihvp/inverseHessian';
import { solveOne } from './ihvp/inverseHessian';
import { createKroneckerBasis } from './ihvp/kroneckerBasis';
import { applyKroneckerInverse, conditionOfFactors, createKroneckerFactors } from './ihvp/kroneckerFactors';
import { calibrateForms } from './leverage/calibrateForms';
import { createKroneckerForms } from './leverage/kroneckerForms';
import type { LeverageForms } from './leverage/leverageForms';
import { createFactorForms } from './leverage/leverageForms';
import type { ModelPrecision } from './precision';
import { doublePrecision, factorizePrecisely } from './precision';

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
  /** The same for the problem with its rows loaded anew. */
  readonly inverseOn: (problem: HeadProblem) => InverseHessian;
  /** How rows are rescaled. */
  readonly forms: LeverageForms;
  /** undefined for heads too large to form H. */
  readonly exact: ExactHessian | undefined;
  /** Where H was not formed: what a fit of the same head with some rows edited measures its directions by. */
  readonly metric?: FitMetric;
  /** Estimate of cond₂(H), made when it is first asked for. O(p²). */
  readonly conditionEstimate: number;
}

/** Solutions reach their residual in float64; only estimates are computed in single precision. */
const iterativePrecision: ModelPrecision = {
  ...doublePrecision,
  description: 'solutions in float64 by conjugate gradients, leverages estimated',
};

/** What making a model consists of, in words. */
export type ModelStage = 'Hessian' | 'Kronecker factors' | 'error of the leverages';

interface FittedModelOptions {
  /**
   * `exact` forms H, factors it and takes leverages from it; `iterative` solves by conjugate gradients and estimates
   * leverages. Default `auto`: exact for heads small enough (headSize.ts).
   */
  readonly method?: 'auto' | 'exact' | 'iterative';
  /** n×K at θ̂ where they are known, from the fit: saves a pass over the rows. */
  readonly logits?: Float64Array;
  /** Of the sample on which estimated leverages are measured. Default 1. */
  readonly seed?: number;
  /** Told what begins. */
  readonly onStage?: (name: ModelStage) => void;
}

/**
 * Prepares H at θ̂ for solves and leverages. Exactly: in the precision it needs (precision.ts), O(n·d²·K²/2 + p³) and
 * 2p² numbers. Iteratively: Kronecker factors as preconditioner and for the leverages, their error measured, O(n·d² +
 * 9d³) and some two passes with 16 right-hand sides and 3d² numbers.
 * @throws NumericalError when H cannot be factorised; InputError when `exact` is asked for and the head is too large.
 */
export function createFittedModel(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
  options: FittedModelOptions = {},
): FittedModel {
  const method = options.method ?? 'auto';
  if (method === 'iterative' || (method === 'auto' && !isExactAffordable(problem))) {
    return createIterativeModel(problem, theta, linalg, onBlock, options);
  }
  if (problem.parameters > largestExactParameterCount) {
    throw new InputError(
      `The head would have ${problem.parameters} parameters; an exact audit handles up to ${largestExactParameterCount}.`,
    );
  }
  options.onStage?.('Hessian');
  const logits = options.logits ?? computeLogits(problem, theta, linalg, onBlock);
  const { exact, linalg: chosen, precision } = factorizePrecisely(problem, logits, linalg, onBlock);
  const condition = onDemand(() => conditionOf(exact, chosen));
  const inverseOn = (on: HeadProblem): InverseHessian =>
    createCholeskyInverse({ problem: on, linalg: chosen, logits }, exact.factor, precision.refinedSolutions);
  return {
    problem,
    linalg: chosen,
    precision,
    theta,
    logits,
    inverse: inverseOn(problem),
    inverseOn,
    forms: createFactorForms(exact.factor, problem.outputs, chosen, onBlock),
    exact,
    get conditionEstimate() {
      return condition();
    },
  };
}

function createIterativeModel(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock: OnBlock | undefined,
  { seed, onStage, logits: known }: FittedModelOptions,
): FittedModel {
  const logits = known ?? computeLogits(problem, theta, linalg, onBlock);
  const products = { problem, linalg, logits };
  onStage?.('Kronecker factors');
  const rows = createRowCurvatures(problem, logits);
  const basis = createKroneckerBasis(products, onBlock, rows);
  const factors = createKroneckerFactors(products, basis, { method: 'ekfac', rows, onBlock });
  onStage?.('error of the leverages');
  const calibration = calibrateForms(products, factors, { ...(seed === undefined ? {} : { seed }), rows, onBlock });
  const inverseOn = (on: HeadProblem): InverseHessian =>
    createConjugateInverse({ ...products, problem: on }, { factors });
  return {
    problem,
    linalg,
    precision: iterativePrecision,
    theta,
    logits,
    inverse: inverseOn(problem),
    inverseOn,
    forms: createKroneckerForms(problem, theta, linalg, factors, calibration),
    exact: undefined,
    metric: { solve: (vectors) => applyKroneckerInverse(factors, vectors, linalg) },
    conditionEstimate: conditionOfFactors(factors),
  };
}

function onDemand(compute: () => number): () => number {
  let value: number | undefined;
  return () => (value ??= compute());
}

/** The model on rows that were loaded anew from its features, when those it was made with are gone. */
export function reopenModel(model: FittedModel, rows: RowBlocks): FittedModel {
  const problem = { ...model.problem, rows };
  return { ...model, problem, inverse: model.inverseOn(problem) };
}

/** H⁻¹v for a v without a common shift of unpenalised features (sums of gradients have none). */
export function solveHessian({ inverse }: FittedModel, v: Float64Array, onBlock?: OnBlock): Float64Array {
  return solveOne(inverse, v, onBlock);
}
