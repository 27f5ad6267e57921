import { NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HessianFactor } from '../models/curvature/hessianFactor';
import { factorizeHessian } from '../models/curvature/hessianFactor';
import type { HeadState } from '../models/evaluateHead';
import { evaluateHead } from '../models/evaluateHead';
import { newtonStep } from '../models/fitting/newtonStep';
import type { HeadProblem } from '../models/headProblem';
import { withL2 } from '../models/headProblem';
import type { Visited, VisitL2 } from './l2Path';
import { computeLeaveOneOutLoss } from './leaveOneOutLoss';

/**
 * A point of the path is near enough to its optimum when a Newton step is expected to lower the objective by this
 * share: the leave-one-out loss is then within 0.3 % of its value at the optimum (measured on the golden data sets; at
 * 1e-4 the error reaches 3 % and the curve wiggles). A norm of the gradient would not do: on separable data it is tiny
 * all along the path.
 */
const pathTolerance = 1e-6;
/** A factor is used again while each step takes the gradient norm down to this share or less. */
const chordRatio = 0.3;
const largestStepCount = 50;

/** A point with its H, kept only until the next one. */
interface SettledPoint extends Visited {
  readonly hessian: Matrix;
}

/** Visits λ values with exact Hessians: two to three of them and one pass of quadratic forms each. */
export function createExactVisit(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): VisitL2 {
  let carried: SettledPoint | undefined;
  return (l2, visited) => {
    const at = withL2(problem, l2);
    const start = startAt(at, visited, linalg, onBlock);
    const factor = carried && shiftRidge(at, withL2(problem, carried.point.l2), carried.hessian, linalg, onBlock);
    carried = visitPoint(at, start, factor, linalg, onBlock);
    const { point, theta, hessians } = carried;
    return { point, theta, hessians };
  };
}

/**
 * Where to start at one λ: the nearest visited θ, or the line through the two nearest in log λ where that has the lower
 * objective. (On separable data θ grows nearly linearly in log λ: the line then saves a Newton step or two.)
 */
export function startAt(
  problem: HeadProblem,
  visited: readonly Visited[],
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HeadState {
  const distance = (one: Visited): number => Math.abs(Math.log(one.point.l2 / problem.l2));
  const [first, second] = visited.slice().sort((a, b) => distance(a) - distance(b));
  if (first === undefined) return evaluateHead(problem, new Float64Array(problem.parameters), linalg, onBlock);
  const nearest = evaluateHead(problem, first.theta, linalg, onBlock);
  if (second === undefined) return nearest;
  const share = Math.log(problem.l2 / first.point.l2) / Math.log(second.point.l2 / first.point.l2);
  const line = first.theta.map((value, at) => value + share * (second.theta[at] - value));
  const extrapolated = evaluateHead(problem, line, linalg, onBlock);
  return extrapolated.objective < nearest.objective ? extrapolated : nearest;
}

/**
 * Newton steps until one from a fresh H is expected to lower the objective by at most {@link pathTolerance}; that H,
 * taken where the short step starts, then serves for the leverages. The first steps use the neighbour's H with its
 * ridge replaced.
 */
function visitPoint(
  problem: HeadProblem,
  start: HeadState,
  carried: HessianFactor | undefined,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): SettledPoint {
  let state = start;
  let factor = carried;
  let hessians = 0;
  for (let step = 0; step < largestStepCount; step++) {
    const fresh = factor === undefined;
    if (factor === undefined) {
      factor = factorizeHessian(problem, state.logits, linalg, onBlock);
      hessians++;
    }
    const next = newtonStep(problem, state, factor, linalg, { damped: fresh, onBlock });
    const expected = next?.expectedDecrease ?? 0;
    if (fresh && expected <= pathTolerance * state.objective) {
      if (next !== undefined) state = next.state;
      const summary = computeLeaveOneOutLoss(problem, state.logits, factor, linalg, onBlock);
      return { point: { l2: problem.l2, ...summary }, theta: state.theta, hessian: factor.hessian, hessians };
    }
    const useful = next !== undefined && next.state.gradientNorm <= chordRatio * state.gradientNorm;
    if (next !== undefined && (fresh || next.state.objective < state.objective)) state = next.state;
    if (!useful || expected <= pathTolerance * state.objective) factor = undefined;
  }
  throw new NumericalError(`The fit did not settle at λ = ${problem.l2.toPrecision(3)} in ${largestStepCount} steps.`, {
    details: { l2: problem.l2 },
  });
}

/**
 * The factor of a neighbour's H with the ridge of `problem` in place of its own; undefined when it cannot be
 * factorised.
 */
function shiftRidge(
  problem: HeadProblem,
  neighbour: HeadProblem,
  hessian: Matrix,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HessianFactor | undefined {
  const { rows: p, data } = hessian;
  const d = problem.features.columns;
  const shifted = data.slice();
  for (let at = 0; at < p; at++) shifted[at * p + at] += problem.ridge[at % d] - neighbour.ridge[at % d];
  const matrix = { rows: p, columns: p, data: shifted };
  try {
    return { hessian: matrix, factor: linalg.cholesky(matrix, onBlock) };
  } catch (error) {
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
}
