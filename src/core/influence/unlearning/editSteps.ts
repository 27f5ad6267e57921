import { NumericalError } from '../../base/errors';
import { dot } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { factorizeHessian } from '../../models/curvature/hessianFactor';
import type { HeadState } from '../../models/evaluateHead';
import { evaluateHead } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import { solveHessian } from '../fittedModel';
import { createCholeskyInverse } from '../ihvp/choleskyInverse';
import { createConjugateInverse } from '../ihvp/conjugateInverse';
import { solveOne } from '../ihvp/inverseHessian';
import { createRemovedHessian } from '../removal/removedHessian';

/** A Hessian serves on while each step takes the gradient norm down to this share or less. */
const chordRatio = 0.3;
const smallestStep = 1e-10;

interface EditStepsOptions {
  /** Rows that the edited problem lacks. */
  readonly removed: Int32Array;
  /** ‖∇L_edited‖ / max(1, ‖∇L_edited(0)‖) at which to stop. */
  readonly tolerance: number;
  readonly largestStepCount: number;
  /** Factorise H anew where the one at θ̂ serves no more; otherwise stop there. */
  readonly refactor: boolean;
  readonly onBlock?: OnBlock | undefined;
}

interface EditSteps {
  /** At the result: θ̂ itself where no step helped. */
  readonly state: HeadState;
  /** ‖∇L_edited‖₂ at θ̂ and after each step. */
  readonly gradientNorms: readonly number[];
  /** Hessians factorised beyond the one of the first step. */
  readonly hessians: number;
}

/**
 * Newton steps from θ̂ on the edited objective. The first is the Newton step of the edit itself: −(H −
 * H_S)⁻¹∇L_edited(θ̂); new labels do not change H at θ̂ (Aᵢ is a function of the logits alone). Each step is a solve
 * and a pass over the rows, O(p² + n·d·K); a new Hessian costs what the fit pays for one.
 * @throws NumericalError when a Hessian cannot be factorised.
 */
export function takeEditSteps(model: FittedModel, edited: HeadProblem, options: EditStepsOptions): EditSteps {
  const { linalg, theta } = model;
  const { removed, tolerance, largestStepCount, refactor, onBlock } = options;
  let state = evaluateHead(edited, theta, linalg, onBlock);
  const gradientNorms = [state.gradientNorm];
  let hessians = 0;
  let solve: ((g: Float64Array) => Float64Array) | undefined;
  while (gradientNorms.length <= largestStepCount && state.gradientNorm > tolerance * edited.gradientScale) {
    const first = gradientNorms.length === 1;
    if (first) solve = firstSolver(model, edited, removed, onBlock);
    if (solve !== undefined) {
      const direction = solve(state.gradient);
      const next = evaluateHead(
        edited,
        state.theta.map((value, at) => value - direction[at]),
        linalg,
        onBlock,
      );
      const enough = first || !refactor ? next.gradientNorm < state.gradientNorm : false;
      if (enough || next.gradientNorm <= chordRatio * state.gradientNorm) {
        state = next;
        gradientNorms.push(next.gradientNorm);
        continue;
      }
    }
    if (!refactor) break;
    const fresh = freshSolver(model, edited, state.logits, onBlock);
    hessians++;
    const next = dampedStep(model, edited, state, fresh(state.gradient), onBlock);
    // Within rounding of the optimum no step helps any more.
    if (next === undefined) break;
    state = next;
    gradientNorms.push(state.gradientNorm);
    solve = fresh;
  }
  return { state, gradientNorms, hessians };
}

/**
 * (H − H_S)⁻¹ at θ̂; undefined where it does not exist, so that the first step needs a Hessian of the edited objective
 * itself.
 */
function firstSolver(
  model: FittedModel,
  edited: HeadProblem,
  removed: Int32Array,
  onBlock?: OnBlock,
): ((g: Float64Array) => Float64Array) | undefined {
  // A class that is gone changes the ridge of unpenalised features as well.
  if (edited.absentClasses.length !== model.problem.absentClasses.length) return undefined;
  if (removed.length === 0) return (g) => solveHessian(model, g, onBlock);
  try {
    const without = createRemovedHessian(model, removed, { onBlock });
    return (g) => without.solve(g);
  } catch (error) {
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
}

/** H⁻¹ of the edited objective at the given logits: a factor, or conjugate gradients for heads too large to form H. */
function freshSolver(
  { linalg, exact }: FittedModel,
  edited: HeadProblem,
  logits: Float64Array,
  onBlock?: OnBlock,
): (g: Float64Array) => Float64Array {
  const products = { problem: edited, linalg, logits };
  const inverse =
    exact === undefined
      ? createConjugateInverse(products, { preconditioner: 'bound', onBlock })
      : createCholeskyInverse(products, factorizeHessian(edited, logits, linalg, onBlock).factor);
  return (g) => solveOne(inverse, g, onBlock);
}

/**
 * The step, halved until the objective falls, or where its change is below rounding the gradient; undefined when
 * neither does.
 */
function dampedStep(
  { linalg }: FittedModel,
  edited: HeadProblem,
  state: HeadState,
  direction: Float64Array,
  onBlock?: OnBlock,
): HeadState | undefined {
  const slope = dot(state.gradient, direction);
  for (let t = 1; t > smallestStep; t /= 2) {
    const theta = state.theta.map((value, at) => value - t * direction[at]);
    const next = evaluateHead(edited, theta, linalg, onBlock);
    const falls = next.objective <= state.objective - 1e-4 * t * slope;
    if (falls && next.objective < state.objective) return next;
    const belowRounding = slope < 1e-9 * (1 + Math.abs(state.objective));
    if (belowRounding && next.gradientNorm < state.gradientNorm) return next;
  }
  return undefined;
}
