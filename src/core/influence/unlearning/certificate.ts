import { NumericalError } from '../../base/errors';
import { forEachRowBlock } from '../../base/featureRows';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { factorizeHessian } from '../../models/curvature/hessianFactor';
import type { HeadState } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import { largestExactParameterCount } from '../../models/headProblem';
import { invertHessian } from '../leverage/leverageForms';

/** How far θ can be from the optimum θ* of an objective. */
interface DistanceBound {
  /**
   * `ridge`: ‖∇L(θ)‖/μ with μ = nλ, the strong convexity of L when every feature is penalised. `curvature`: −ln(1 −
   * R‖∇L(θ)‖/μ)/R with μ a lower bound of the smallest eigenvalue of H(θ) and R of {@link selfConcordance}; for the
   * ridge head, whose H is constant, ‖∇L(θ)‖/μ.
   */
  readonly kind: 'ridge' | 'curvature';
  /** μ. */
  readonly smallestEigenvalue: number;
  /** ‖θ − θ*‖₂ is at most this. Infinity: the gradient is too large for the bound to say anything. */
  readonly distance: number;
}

/** What can be said about θ from the gradient of its objective alone, without knowing the optimum. */
export interface OptimumCertificate {
  /** ‖∇L(θ)‖₂ in float64. */
  readonly gradientNorm: number;
  /** ‖∇L(θ)‖₂ / max(1, ‖∇L(0)‖₂). */
  readonly relativeGradientNorm: number;
  /**
   * The smallest bound there is; null: an unpenalised feature and a head too large to bound its curvature. Holds up to
   * rounding of the gradient.
   */
  readonly bound: DistanceBound | null;
}

/**
 * The gradient norm of the objective at θ and what it proves. With penalised features only, O(p); else, or with
 * `curvature: true`, one Hessian in float64 and its inverse, O(n·d²K²/4 + p³).
 *
 * The curvature bound: along the segment from θ to θ* (length r), φ(t) = L(θ + te) has |φ‴| ≤ Rφ″ (Bach 2010,
 * "Self-concordant analysis for logistic regression"), so φ′ grows by at least φ″(0)(1 − e^{−Rr})/R ≥ μ(1 − e^{−Rr})/R;
 * it has to grow by −φ′(0) ≤ ‖∇L(θ)‖.
 */
export function certifyOptimum(
  problem: HeadProblem,
  state: HeadState,
  linalg: LinearAlgebra,
  options: { readonly curvature?: boolean | undefined; readonly onBlock?: OnBlock | undefined } = {},
): OptimumCertificate {
  const { gradientNorm } = state;
  const base = { gradientNorm, relativeGradientNorm: gradientNorm / problem.gradientScale };
  const penalty = problem.ridge.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const byRidge: DistanceBound | null =
    penalty > 0 ? { kind: 'ridge', smallestEigenvalue: penalty, distance: gradientNorm / penalty } : null;
  const wanted = options.curvature === true || byRidge === null;
  if (!wanted || problem.parameters > largestExactParameterCount) return { ...base, bound: byRidge };
  const byCurvature = curvatureBound(problem, state, linalg, options.onBlock);
  if (byCurvature === null) return { ...base, bound: byRidge };
  const better = byRidge === null || byCurvature.distance < byRidge.distance;
  return { ...base, bound: better ? byCurvature : byRidge };
}

function curvatureBound(
  problem: HeadProblem,
  { logits, gradientNorm }: HeadState,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): DistanceBound | null {
  const exact = linalg.inFloat64;
  let inverse: Float64Array;
  try {
    inverse = invertHessian(factorizeHessian(problem, logits, exact, onBlock).factor, exact, onBlock).data;
  } catch (error) {
    if (error instanceof NumericalError) return null;
    throw error;
  }
  const smallestEigenvalue = 1 / spectralNormBound(inverse, problem.parameters);
  const R = selfConcordance(problem);
  const reach = (R * gradientNorm) / smallestEigenvalue;
  const distance =
    R === 0 ? gradientNorm / smallestEigenvalue : reach < 1 ? -Math.log1p(-reach) / R : Number.POSITIVE_INFINITY;
  return { kind: 'curvature', smallestEigenvalue, distance };
}

/**
 * An upper bound of the largest eigenvalue of a symmetric matrix: the smaller of its Frobenius and its maximum row sum
 * norm. O(p²).
 */
function spectralNormBound(data: Float64Array, p: number): number {
  let squares = 0;
  let largestRow = 0;
  for (let i = 0; i < p; i++) {
    let row = 0;
    for (let at = i * p; at < (i + 1) * p; at++) {
      row += Math.abs(data[at]);
      squares += data[at] * data[at];
    }
    largestRow = Math.max(largestRow, row);
  }
  return Math.min(Math.sqrt(squares), largestRow);
}

/**
 * R with |φ‴| ≤ Rφ″ along every unit direction: max‖xᵢ‖ for the logistic head (|ℓ‴| ≤ ℓ″), √2·max‖xᵢ‖ for softmax (the
 * third cumulant of the logits' change is at most its range, ‖xᵢ‖·√2, times its variance), 0 for ridge. O(n·d).
 */
function selfConcordance(problem: HeadProblem): number {
  if (problem.kind === 'ridge') return 0;
  const d = problem.features.columns;
  let largest = 0;
  forEachRowBlock(problem.features, (block, from, count) => {
    for (let at = 0; at < count; at++) {
      if (problem.weights[from + at] === 0) continue;
      let squares = 0;
      for (let j = at * d; j < (at + 1) * d; j++) squares += block[j] * block[j];
      largest = Math.max(largest, squares);
    }
  });
  return Math.sqrt((problem.kind === 'softmax' ? 2 : 1) * largest);
}
