import type { L2Choice, L2CurvePoint } from '../audit/auditTypes';
import { InputError, NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HeadState } from './evaluateHead';
import { evaluateHead } from './evaluateHead';
import type { HeadProblem } from './headProblem';
import { smallestL2, withL2 } from './headProblem';
import { factorizeHessian } from './hessianFactor';
import { computeLeaveOneOutLoss } from '../influence/leaveOneOutLoss';
import type { HessianFactor } from './hessianFactor';
import { newtonStep } from './newtonStep';

/** The coarse grid by default: decades from 1 down to 1e-6. */
export const defaultL2Range = [1e-6, 1] as const;
const pointsPerDecade = 1;
/** The path is followed to smaller λ until the curve has risen this often in a row … */
const risesToStop = 1;
/** … and stands this much above its minimum. */
const riseToStop = 1.05;
/** Around the best point the midpoints to both neighbours are tried, this many times: half decades, then quarters. */
const refinements = 2;
/**
 * A point of the path is near enough to its optimum when a Newton step is expected to lower the objective by this share: the
 * leave-one-out loss is then within 0.3 % of its value at the optimum (measured on the golden data sets; at 1e-4 the error
 * reaches 3 % and the curve wiggles). A norm of the gradient would not do: on separable data it is tiny all along the path.
 */
const pathTolerance = 1e-6;
/** A factor is used again while each step takes the gradient norm down to this share or less. */
const chordRatio = 0.3;
const largestStepCount = 50;

export interface ChooseL2Options {
  readonly range?: readonly [number, number];
  readonly onBlock?: OnBlock;
  /** `done` of `total` λ values at most; called before each. */
  readonly onPoint?: (l2: number, done: number, total: number) => void;
}

export interface L2Search {
  readonly choice: L2Choice;
  /** θ near the optimum at the chosen λ: where the final fit starts. */
  readonly theta: Float64Array;
  /** Hessians factorised in all. */
  readonly hessians: number;
  /** λ values at which H could not be factorised. */
  readonly failed: readonly number[];
}

interface Visited {
  readonly point: L2CurvePoint;
  readonly theta: Float64Array;
  /** Hessians computed. */
  readonly hessians: number;
}

/** A point with its H, kept only until the next one. */
interface SettledPoint extends Visited {
  readonly hessian: Matrix;
}

/**
 * Minimises the mean RIF leave-one-out loss over a log grid of λ (science.md, "Choosing λ"). The path goes from large λ to small,
 * each fit starting from its neighbours' θ, and ends early once the curve has clearly turned up; then the grid is refined
 * around the minimum. Two to three Hessians and one pass of quadratic forms a point.
 * @throws NumericalError when no λ of the grid can be fitted.
 */
export function chooseL2(problem: HeadProblem, linalg: LinearAlgebra, options: ChooseL2Options = {}): L2Search {
  const grid = gridOf(options.range ?? defaultL2Range);
  const total = grid.length + 2 * refinements;
  const visited: Visited[] = [];
  const failed: number[] = [];
  let cause: NumericalError | undefined;
  let carried: SettledPoint | undefined;
  const visit = (l2: number): Visited | undefined => {
    options.onPoint?.(l2, visited.length + failed.length, total);
    try {
      const at = withL2(problem, l2);
      const start = startAt(at, visited, linalg, options.onBlock);
      const factor =
        carried && shiftRidge(at, withL2(problem, carried.point.l2), carried.hessian, linalg, options.onBlock);
      const found = visitPoint(at, start, factor, linalg, options.onBlock);
      visited.push({ point: found.point, theta: found.theta, hessians: found.hessians });
      carried = found;
      return found;
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      failed.push(l2);
      cause = error;
      return undefined;
    }
  };
  let rises = 0;
  let best: Visited | undefined;
  let previous = Number.POSITIVE_INFINITY;
  for (const l2 of grid) {
    const found = visit(l2);
    if (found === undefined) {
      if (best !== undefined) break;
      continue;
    }
    const loss = found.point.meanLooLoss;
    rises = loss > previous ? rises + 1 : 0;
    previous = loss;
    if (best === undefined || loss < best.point.meanLooLoss) best = found;
    if (rises >= risesToStop && loss > riseToStop * best.point.meanLooLoss) break;
  }
  if (best === undefined) {
    throw new NumericalError(
      `No λ between ${grid[grid.length - 1].toPrecision(2)} and ${grid[0].toPrecision(2)} gave a head: ` +
        (cause?.message ?? 'every fit failed.'),
      { details: cause?.details ?? {}, cause },
    );
  }
  for (let round = 0; round < refinements; round++) {
    const middle: Visited = best;
    const tried = visited.map((one) => one.point.l2).sort((a, b) => a - b);
    const at = tried.indexOf(middle.point.l2);
    for (const neighbour of [tried[at + 1], tried[at - 1]]) {
      if (neighbour === undefined) continue;
      const found = visit(Number(Math.sqrt(neighbour * middle.point.l2).toPrecision(6)));
      if (found !== undefined && found.point.meanLooLoss < best.point.meanLooLoss) best = found;
    }
  }
  const points = visited.map((one) => one.point).sort((a, b) => a.l2 - b.l2);
  const chosen = best.point.l2;
  return {
    choice: { points, chosen, onEdge: chosen === grid[0] || chosen === grid[grid.length - 1] },
    theta: best.theta,
    hessians: visited.reduce((sum, one) => sum + one.hessians, 0),
    failed,
  };
}

/**
 * Where to start at one λ: the nearest visited θ, or the line through the two nearest in log λ where that has the lower objective.
 * (On separable data θ grows nearly linearly in log λ: the line then saves a Newton step or two.)
 */
function startAt(
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
 * Newton steps until one from a fresh H is expected to lower the objective by at most {@link pathTolerance}; that H, taken where the
 * short step starts, then serves for the leverages. The first steps use the neighbour's H with its ridge replaced.
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

/** The factor of a neighbour's H with the ridge of `problem` in place of its own; undefined when it cannot be factorised. */
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

/** Descending decades from the upper bound to the lower one, both included. */
function gridOf([low, high]: readonly [number, number]): number[] {
  if (!(low >= smallestL2) || !(high >= low) || !Number.isFinite(high)) {
    throw new InputError(`The λ grid must run from at least ${smallestL2} upwards, not from ${low} to ${high}.`);
  }
  const steps = Math.max(1, Math.round(Math.log10(high / low) * pointsPerDecade));
  if (high === low) return [high];
  return Array.from({ length: steps + 1 }, (_, step) => {
    if (step === 0) return high;
    if (step === steps) return low;
    return Number((high * (low / high) ** (step / steps)).toPrecision(6));
  });
}
