import { addScaled, dot } from '../../base/vectors';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { HessianFactor } from '../curvature/hessianFactor';
import type { HeadState } from '../evaluateHead';
import { evaluateHead } from '../evaluateHead';
import type { HeadProblem } from '../headProblem';

interface NewtonStepOptions {
  /** Halve the step until it helps; otherwise only the full step is tried. */
  readonly damped: boolean;
  readonly onBlock?: OnBlock | undefined;
}

interface NewtonStep {
  readonly state: HeadState;
  /** ½ gᵀH⁻¹g at the start: what the step was expected to take off the objective. */
  readonly expectedDecrease: number;
}

/**
 * The Newton step from `state` with the given factor, halved until the objective falls (Armijo) or, where its change is
 * below rounding, until the gradient does. Undefined when no step helps.
 */
export function newtonStep(
  problem: HeadProblem,
  state: HeadState,
  { factor }: HessianFactor,
  linalg: LinearAlgebra,
  { damped, onBlock }: NewtonStepOptions,
): NewtonStep | undefined {
  const p = problem.parameters;
  const direction = linalg.choleskySolve(factor, { rows: p, columns: 1, data: state.gradient }).data;
  const slope = dot(state.gradient, direction);
  if (!Number.isFinite(slope)) return undefined;
  for (let t = 1; t > 1e-10; t /= 2) {
    const theta = state.theta.slice();
    addScaled(theta, -t, direction);
    const next = evaluateHead(problem, theta, linalg, onBlock);
    const falls = next.objective <= state.objective - 1e-4 * t * slope;
    const belowRounding = slope < 1e-9 * (1 + Math.abs(state.objective));
    if (falls || (belowRounding && next.gradientNorm < state.gradientNorm)) {
      return { state: next, expectedDecrease: slope / 2 };
    }
    if (!damped) return undefined;
  }
  return undefined;
}
