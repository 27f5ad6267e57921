import { NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { addScaled, dot, norm, subtract } from '../../base/vectors';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { createCurvatureBound } from '../curvature/curvatureBound';
import type { HeadState } from '../evaluateHead';
import { evaluateHead } from '../evaluateHead';
import type { HeadProblem } from '../headProblem';
import type { PassState } from './anchoredPasses';
import { createAnchoredPasses } from './anchoredPasses';
import type { FitMetric } from './fitMetric';
import type { HeadMetrics } from './headMetric';
import { createHeadMetrics } from './headMetric';

/** Steps remembered: more save no passes (measured from 10 to 40). */
const memory = 12;
const largestPassCount = 2000;
const largestHalvingCount = 30;
/** Armijo: a step must take off this share of what the slope promises. */
const sufficientDecrease = 1e-4;
/** Where changes of the objective are below its rounding, the slope must fall to this share instead. */
const slopeShare = 0.9;
const objectiveRounding = 1e-8;
/**
 * Passes in single precision start from a new anchor once the gradient has fallen to this share: some ten times their
 * rounding.
 */
const anchorShare = 2e-6;
/** So many of them must have halved the gradient, measured in double, or double it is from then on. */
const mostFastPasses = 25;
const slowShare = 0.5;
/** A gradient in single precision further off than this share says that the features are too ill-conditioned for it. */
const largestFastError = 0.1;
/**
 * A metric is made anew once the gradient has fallen to this share: curvatures are then near what they are at the
 * optimum.
 */
const refineShare = 0.03;
/** Beyond so many features the bound is one matrix of that order less. */
const mostRefinedFeatures = 2048;

interface QuasiNewtonOptions {
  /** θ, or what is known of it already. */
  readonly start: Float64Array | HeadState;
  /** Relative gradient norm to reach. */
  readonly tolerance: number;
  /**
   * B⁻¹ to measure directions by; default that of the head at the start and near the optimum, which costs a Gram matrix
   * to make.
   */
  readonly metric?: FitMetric | undefined;
  /** Where no metric is given: those of a neighbouring problem, which save that Gram matrix (headMetric.ts). */
  readonly metrics?: HeadMetrics | undefined;
  readonly onBlock?: OnBlock | undefined;
  /** Told before each step: the relative gradient norm. */
  readonly onStep?: ((relativeGradientNorm: number) => void) | undefined;
}

interface DescentOptions extends Omit<QuasiNewtonOptions, 'metrics'> {
  readonly metric: FitMetric;
  /** A better metric from what θ is when the gradient has fallen to 3 %, if there is one. */
  readonly refine?: ((theta: Float64Array) => FitMetric | undefined) | undefined;
  /** Passes after which it gives up. */
  readonly mostPasses: number;
}

interface QuasiNewtonFit {
  readonly state: HeadState;
  readonly relativeGradientNorm: number;
  /** Passes over the rows. */
  readonly passes: number;
  /** What its metric was made of, where it was a metric of the head. */
  readonly metrics?: HeadMetrics;
}

/** Where a descent ended, at the tolerance or not. */
export interface Descent extends QuasiNewtonFit {
  readonly converged: boolean;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** B⁻¹·change. */
  readonly solvedChange: Float64Array;
  /** 1/(stepᵀchange). */
  readonly rho: number;
}

/**
 * Minimises L by {@link descend} for heads whose H is too large to form, in a metric of the head (headMetric.ts; one
 * output: Böhning's bound) unless another is given. Some 20 passes from 0 at any λ from 1e-5 to 1e-2 (20,000 × 512, 10
 * classes).
 * @throws NumericalError naming λ when the tolerance cannot be reached.
 */
export function fitByQuasiNewton(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  options: QuasiNewtonOptions,
): QuasiNewtonFit {
  const { converged, ...fit } = descendFrom(problem, linalg, { ...options, mostPasses: largestPassCount });
  if (converged) return fit;
  const relative = fit.relativeGradientNorm;
  throw new NumericalError(
    `The fit did not converge at λ = ${problem.l2.toPrecision(3)}: relative gradient norm ${relative.toExponential(1)} after ` +
      `${fit.passes} passes over the rows. Choose a larger λ.`,
    { details: { l2: problem.l2, relativeGradientNorm: relative, conditionEstimate: Number.NaN } },
  );
}

/**
 * {@link descend} in the metric given or made for the problem, converged or not. @throws NumericalError where that has
 * no factor.
 */
export function descendFrom(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  options: QuasiNewtonOptions & Pick<DescentOptions, 'mostPasses'>,
): Descent {
  const { metric } = options;
  if (metric !== undefined) return descend(problem, linalg, { ...options, metric });
  const { metrics, ...made } = metricsOf(problem, linalg, options);
  return { ...descend(problem, linalg, { ...options, ...made }), ...(metrics && { metrics }) };
}

function metricsOf(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { start, metrics: known, onBlock }: QuasiNewtonOptions,
): Pick<DescentOptions, 'metric' | 'refine'> & Pick<Descent, 'metrics'> {
  if (problem.kind !== 'softmax' || problem.features.columns > mostRefinedFeatures) {
    return { metric: createCurvatureBound(problem, linalg, onBlock) };
  }
  const metrics = known ?? createHeadMetrics(problem, linalg, onBlock);
  const theta = start instanceof Float64Array ? start : start.theta;
  const metric = metrics.at(problem, theta, onBlock);
  // What is far from the optimum is zero; other starts are the optima of neighbouring problems.
  const isZero = theta.every((value) => value === 0);
  const refine = (near: Float64Array): FitMetric | undefined => {
    try {
      return metrics.at(problem, near, onBlock);
    } catch (error) {
      // Where all rows are near certainty, too little may be left of the Gram matrix.
      if (error instanceof NumericalError) return undefined;
      throw error;
    }
  };
  return { metric, metrics, refine: isZero ? refine : undefined };
}

/**
 * L-BFGS in a given metric: one pass over the rows and one solve with the metric an iteration. Each step is scaled by
 * sᵀy/yᵀB⁻¹y, which follows the size of H beside that of the metric. The objective never rises by more than its
 * rounding.
 *
 * Where the backend is faster in single precision, heads of several outputs take most passes so, relative to a state
 * known in double (anchoredPasses.ts). That state is renewed once the gradient has fallen by five decades and a half,
 * and before the descent ends: what it returns is measured in double. A search that fails in single precision, a
 * gradient that turns out otherwise in double, or many passes without progress end that.
 * Source: Nocedal & Wright, "Numerical optimization", algorithms 7.4 and 7.5; the test below rounding is Hager &
 * Zhang's approximate Wolfe condition (2005).
 */
export function descend(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { start, tolerance, metric: firstMetric, refine, mostPasses, onBlock, onStep }: DescentOptions,
): Descent {
  const scale = problem.gradientScale;
  const exactly = (theta: Float64Array): HeadState => evaluateHead(problem, theta, linalg, onBlock);
  const first = start instanceof Float64Array ? exactly(start) : start;
  let passes = start instanceof Float64Array ? 1 : 0;
  let fast = usesFastPasses(problem, linalg) ? createAnchoredPasses(problem, linalg, onBlock) : undefined;
  fast?.moveTo(first);
  let anchorNorm = first.gradientNorm;
  let checkAt = passes + mostFastPasses;
  let state: PassState | HeadState = first;
  let metric = firstMetric;
  let isRefined = refine === undefined;
  let solved = solve(metric, state.gradient);
  let shrink = 1;
  const pairs: Pair[] = [];
  for (;;) {
    const goal = Math.max(anchorShare * anchorNorm, 0.9 * tolerance * scale);
    const isDue = fast === undefined || passes >= checkAt || state.gradientNorm <= goal;
    if (!isExact(state) && isDue) {
      const exact = exactly(state.theta);
      passes++;
      const error = norm(subtract(exact.gradient, state.gradient));
      const isSlow = passes > checkAt && exact.gradientNorm > slowShare * anchorNorm;
      if (isSlow || !(error <= largestFastError * exact.gradientNorm)) fast = undefined;
      fast?.moveTo(exact);
      anchorNorm = exact.gradientNorm;
      checkAt = passes + mostFastPasses;
      state = exact;
      solved = solve(metric, state.gradient);
    }
    const relative = state.gradientNorm / scale;
    onStep?.(relative);
    if (isExact(state) && relative <= tolerance) {
      return { state, relativeGradientNorm: relative, passes, converged: true };
    }
    if (!isRefined && refine !== undefined && state.gradientNorm <= refineShare * first.gradientNorm) {
      isRefined = true;
      const refined = refine(state.theta);
      if (refined !== undefined) {
        metric = refined;
        pairs.length = 0;
        shrink = 1;
        solved = solve(metric, state.gradient);
      }
    }
    let direction = descentDirection(state.gradient, solved, pairs, shrink);
    let slope = dot(state.gradient, direction);
    if (!(slope > 0)) {
      pairs.length = 0;
      direction = solved;
      slope = dot(state.gradient, direction);
    }
    const found = searchAlong(state, direction, slope, fast?.evaluate ?? exactly);
    passes += found.passes;
    const next = found.state;
    if (next === undefined || passes > mostPasses) {
      if (passes <= mostPasses && (pairs.length > 0 || fast !== undefined)) {
        // Old curvature may mislead, and so may single precision: once more from the metric alone, in double.
        pairs.length = 0;
        shrink = 1;
        fast = undefined;
        continue;
      }
      const last = isExact(state) ? state : exactly(state.theta);
      return { state: last, relativeGradientNorm: last.gradientNorm / scale, passes, converged: false };
    }
    const step = subtract(next.theta, state.theta);
    const change = subtract(next.gradient, state.gradient);
    const solvedNext = solve(metric, next.gradient);
    const curvature = dot(step, change);
    if (curvature > 0 && Number.isFinite(curvature)) {
      const solvedChange = subtract(solvedNext, solved);
      pairs.push({ step, change, solvedChange, rho: 1 / curvature });
      if (pairs.length > memory) pairs.shift();
      shrink = curvature / dot(change, solvedChange);
    }
    state = next;
    solved = solvedNext;
  }
}

function isExact(state: PassState | HeadState): state is HeadState {
  return 'logits' in state;
}

/** One output has a kernel of its own for exact passes, which single precision does not beat. */
function usesFastPasses({ outputs }: HeadProblem, { precision }: LinearAlgebra): boolean {
  return outputs > 1 && precision === 'float32';
}

/** The two loops of L-BFGS with shrink·B⁻¹ as the inverse Hessian to begin with; `solved` is B⁻¹ times the gradient. */
function descentDirection(
  gradient: Float64Array,
  solved: Float64Array,
  pairs: readonly Pair[],
  shrink: number,
): Float64Array {
  const q = gradient.slice();
  const direction = solved.slice();
  const shares = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, solvedChange, rho } = pairs[k];
    shares[k] = rho * dot(step, q);
    addScaled(q, -shares[k], change);
    addScaled(direction, -shares[k], solvedChange);
  }
  for (let at = 0; at < direction.length; at++) direction[at] *= shrink;
  pairs.forEach(({ step, change, rho }, k) => addScaled(direction, shares[k] - rho * dot(change, direction), step));
  return direction;
}

/** θ − t·direction with t from 1 downwards; each trial is one pass. */
function searchAlong(
  state: PassState,
  direction: Float64Array,
  slope: number,
  evaluate: (theta: Float64Array) => PassState,
): { readonly state: PassState | undefined; readonly passes: number } {
  if (!Number.isFinite(slope)) return { state: undefined, passes: 0 };
  let t = 1;
  for (let passes = 1; passes <= largestHalvingCount; passes++) {
    const theta = state.theta.slice();
    addScaled(theta, -t, direction);
    const next = evaluate(theta);
    const falls = next.objective <= state.objective - sufficientDecrease * t * slope;
    const slopeThere = dot(next.gradient, direction);
    const belowRounding = t * slope < objectiveRounding * (1 + Math.abs(state.objective));
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
