import { NumericalError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { createCurvatureBound } from './curvatureBound';
import type { HeadState } from './evaluateHead';
import { evaluateHead } from './evaluateHead';
import type { HeadProblem } from './headProblem';

/** Steps remembered: more save no passes (measured from 10 to 40). */
const memory = 12;
const largestPassCount = 2000;
const largestHalvingCount = 30;
/** Armijo: a step must take off this share of what the slope promises. */
const sufficientDecrease = 1e-4;
/** Where changes of the objective are below rounding, the slope must fall to this share instead. */
const slopeShare = 0.9;

export interface QuasiNewtonOptions {
  readonly start: Float64Array;
  /** Relative gradient norm to reach. */
  readonly tolerance: number;
  /** B⁻¹ to measure directions by; default Böhning's bound of the problem, which costs a Gram matrix to make. */
  readonly metric?: FitMetric | undefined;
  readonly onBlock?: OnBlock | undefined;
  /** Told before each step: the relative gradient norm. */
  readonly onStep?: ((relativeGradientNorm: number) => void) | undefined;
}

export interface DescentOptions extends QuasiNewtonOptions {
  readonly metric: FitMetric;
  /** Passes after which it gives up. */
  readonly mostPasses: number;
}

/** An approximation B⁻¹ of H⁻¹ for steps: symmetric and positive definite, near H's in shape; its size is found out. */
export interface FitMetric {
  /** B⁻¹v for each row v of an m×p matrix. */
  solve(vectors: Matrix): Matrix;
}

export interface QuasiNewtonFit {
  readonly state: HeadState;
  readonly relativeGradientNorm: number;
  /** Passes over the rows. */
  readonly passes: number;
}

/** Where a descent ended, at the tolerance or not. */
export interface Descent extends QuasiNewtonFit {
  readonly converged: boolean;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1/(stepᵀchange). */
  readonly rho: number;
}

/**
 * Minimises L by {@link descend} in the metric of the curvature bound: for heads whose H is too large to form. 30 to 70 passes in all from 0
 * at λ ≥ 1e-5.
 * @throws NumericalError naming λ when the tolerance cannot be reached.
 */
export function fitByQuasiNewton(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  options: QuasiNewtonOptions,
): QuasiNewtonFit {
  const metric = options.metric ?? createCurvatureBound(problem, linalg, options.onBlock);
  const { converged, ...fit } = descend(problem, linalg, { ...options, metric, mostPasses: largestPassCount });
  if (converged) return fit;
  const relative = fit.relativeGradientNorm;
  throw new NumericalError(
    `The fit did not converge at λ = ${problem.l2.toPrecision(3)}: relative gradient norm ${relative.toExponential(1)} after ` +
      `${fit.passes} passes over the rows. Choose a larger λ.`,
    { details: { l2: problem.l2, relativeGradientNorm: relative, conditionEstimate: Number.NaN } },
  );
}

/**
 * L-BFGS in a given metric: one pass over the rows and two solves with the metric an iteration. Each step is scaled by sᵀy/yᵀB⁻¹y, which
 * follows the size of H beside that of the metric. The objective never rises by more than its rounding.
 * Source: Nocedal & Wright, "Numerical optimization", algorithms 7.4 and 7.5; the test below rounding is Hager & Zhang's approximate
 * Wolfe condition (2005).
 */
export function descend(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { start, tolerance, metric, mostPasses, onBlock, onStep }: DescentOptions,
): Descent {
  const scale = problem.gradientScale;
  let state = evaluateHead(problem, start, linalg, onBlock);
  let passes = 1;
  const pairs: Pair[] = [];
  let shrink = 1;
  for (;;) {
    const relative = state.gradientNorm / scale;
    onStep?.(relative);
    if (relative <= tolerance) return { state, relativeGradientNorm: relative, passes, converged: true };
    let direction = descentDirection(state.gradient, pairs, shrink, metric);
    let slope = dot(state.gradient, direction);
    if (!(slope > 0)) {
      pairs.length = 0;
      direction = descentDirection(state.gradient, pairs, 1, metric);
      slope = dot(state.gradient, direction);
    }
    const found = searchAlong(problem, state, direction, slope, linalg, onBlock);
    passes += found.passes;
    if (found.state === undefined || passes > mostPasses) {
      if (pairs.length > 0 && passes <= mostPasses) {
        // Old curvature may mislead: once more from the metric alone.
        pairs.length = 0;
        shrink = 1;
        continue;
      }
      return { state: found.state ?? state, relativeGradientNorm: relative, passes, converged: false };
    }
    const next = found.state;
    const step = subtract(next.theta, state.theta);
    const change = subtract(next.gradient, state.gradient);
    const curvature = dot(step, change);
    if (curvature > 0 && Number.isFinite(curvature)) {
      pairs.push({ step, change, rho: 1 / curvature });
      if (pairs.length > memory) pairs.shift();
      shrink = curvature / dot(change, solve(metric, change));
    }
    state = next;
  }
}

/** The two loops of L-BFGS with shrink·B⁻¹ as the inverse Hessian to begin with. */
function descentDirection(
  gradient: Float64Array,
  pairs: readonly Pair[],
  shrink: number,
  metric: FitMetric,
): Float64Array {
  const q = gradient.slice();
  const shares = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, rho } = pairs[k];
    shares[k] = rho * dot(step, q);
    addScaled(q, -shares[k], change);
  }
  const direction = solve(metric, q);
  for (let at = 0; at < direction.length; at++) direction[at] *= shrink;
  pairs.forEach(({ step, change, rho }, k) => addScaled(direction, shares[k] - rho * dot(change, direction), step));
  return direction;
}

/** θ − t·direction with t from 1 downwards; each trial is one pass. */
function searchAlong(
  problem: HeadProblem,
  state: HeadState,
  direction: Float64Array,
  slope: number,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): { readonly state: HeadState | undefined; readonly passes: number } {
  if (!Number.isFinite(slope)) return { state: undefined, passes: 0 };
  let t = 1;
  for (let passes = 1; passes <= largestHalvingCount; passes++) {
    const theta = state.theta.slice();
    addScaled(theta, -t, direction);
    const next = evaluateHead(problem, theta, linalg, onBlock);
    const falls = next.objective <= state.objective - sufficientDecrease * t * slope;
    const slopeThere = dot(next.gradient, direction);
    const belowRounding = t * slope < 1e-9 * (1 + Math.abs(state.objective));
    if (falls || (belowRounding && Math.abs(slopeThere) <= slopeShare * slope)) return { state: next, passes };
    // To the zero of the slope where it changes sign, else to a half.
    const zero = slopeThere < 0 ? slope / (slope - slopeThere) : 0.5;
    t *= Math.min(0.7, Math.max(0.1, zero));
  }
  return { state: undefined, passes: largestHalvingCount };
}

function solve(metric: FitMetric, v: Float64Array): Float64Array {
  const right: Matrix = { rows: 1, columns: v.length, data: v };
  return metric.solve(right).data;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] += factor * from[at];
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - b[at]);
}
