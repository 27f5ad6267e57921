import { NumericalError } from '../../base/errors';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { HessianFactor } from '../curvature/hessianFactor';
import { conditionOf, factorizeHessian } from '../curvature/hessianFactor';
import type { HeadState } from '../evaluateHead';
import { evaluateHead } from '../evaluateHead';
import { removeGauge } from '../gauge';
import type { HeadProblem } from '../headProblem';
import { fitsByGradients, startsByGradients } from '../headSize';
import type { FitMetric } from './fitMetric';
import type { HeadMetrics } from './headMetric';
import { newtonStep } from './newtonStep';
import type { Descent } from './quasiNewtonFit';
import { descendFrom, fitByQuasiNewton } from './quasiNewtonFit';
import type { SampleFit } from './sampleFit';
import { fitFromSample, fitSampleSize } from './sampleFit';

/** ‖∇L(θ̂)‖ / max(1, ‖∇L(0)‖) that a finished fit has at most. */
export const fitTolerance = 1e-8;

/** The fit goes on to here while each step costs two passes over the rows and no factorisation. */
const polishTolerance = 1e-12;
const largestPolishCount = 8;
/** A factor is used again while each step takes the gradient norm down to this share or less. */
const chordRatio = 0.3;
const largestStepCount = 200;
/** So many factorisations of a single-precision H say that it is too far from H: float64 from then on. */
const largestSingleCount = 12;

interface FitOptions {
  /** Where to start; default 0. */
  readonly start?: Float64Array;
  /** A factor of H near `start`, to begin with cheap steps. */
  readonly factor?: HessianFactor;
  /** For heads fitted by gradients alone: a metric near H at the optimum, which saves a Gram matrix and some passes. */
  readonly metric?: FitMetric | undefined;
  /** The same from the fit of a problem that differs in its λ and some of its weights: saves the Gram matrix alone. */
  readonly metrics?: HeadMetrics | undefined;
  /**
   * Rows of the sample that the fit of a head with few outputs starts from, 0: none; default: as many as save time
   * (sampleFit.ts).
   */
  readonly sampleRows?: number;
  /** Relative gradient norm to reach; default {@link fitTolerance}. */
  readonly tolerance?: number;
  /** Go on beyond the tolerance while it is cheap; default true. */
  readonly polish?: boolean;
  readonly onBlock?: OnBlock;
  /** Told after each step: the relative gradient norm and the number of factorisations so far. */
  readonly onStep?: (relativeGradientNorm: number, newtonSteps: number) => void;
}

export interface HeadFit {
  readonly state: HeadState;
  readonly relativeGradientNorm: number;
  /** Hessians factorised, those of a sample where the fit came from one; 0 for fits by gradients alone. */
  readonly newtonSteps: number;
  /** Passes over all rows of a fit from a sample or by gradients alone. */
  readonly passes?: number;
  /** The last factor used, taken at or near θ̂; undefined when none was needed. */
  readonly factor: HessianFactor | undefined;
  /** For fits that measured directions by the head: what its metric was made of. */
  readonly metrics?: HeadMetrics | undefined;
}

/**
 * Minimises L by damped Newton steps on float64 gradients. A factor serves several steps while it keeps reducing the
 * gradient ("chord" steps, two passes over the rows each), so a single-precision H costs steps, not accuracy. Many rows
 * are fitted from the optimum of a sample (sampleFit.ts), heads of several outputs whose H costs much by gradients
 * alone (quasiNewtonFit.ts), both beyond the tolerance unless `polish` is off; Newton steps go on from where that ends
 * short of it. Those of more than 1,500 parameters have gradients only, and no `polish`.
 * @throws NumericalError naming λ and the condition estimate when the tolerance cannot be reached.
 */
export function fitHead(problem: HeadProblem, linalg: LinearAlgebra, options: FitOptions = {}): HeadFit {
  const { tolerance = fitTolerance, polish = true, onBlock, onStep } = options;
  if (options.factor === undefined && fitsByGradients(problem)) {
    const start = startOf(problem, options.start);
    const byGradients = onStep && ((relative: number) => onStep(relative, 0));
    const { metric, metrics } = options;
    const descent = fitByQuasiNewton(problem, linalg, {
      start,
      tolerance,
      metric,
      metrics,
      onBlock,
      onStep: byGradients,
    });
    return { ...descent, newtonSteps: 0, factor: undefined };
  }
  const scale = problem.gradientScale;
  const near =
    options.factor === undefined
      ? (startFromSample(problem, linalg, options) ?? startByGradients(problem, linalg, options))
      : undefined;
  if (near !== undefined && near.relativeGradientNorm <= tolerance) {
    const { state, relativeGradientNorm, hessians, passes, metrics } = near;
    return { state, relativeGradientNorm, newtonSteps: hessians, passes, factor: undefined, metrics };
  }
  let state = near?.state ?? evaluateHead(problem, startOf(problem, options.start), linalg, onBlock);
  let factor = options.factor;
  /** What Hessians are computed with. */
  let backend = linalg;
  let fresh = false;
  let newtonSteps = 0;
  let polished = 0;
  let usable = factor !== undefined;
  for (let step = 0; step < largestStepCount; step++) {
    const relative = state.gradientNorm / scale;
    onStep?.(relative, newtonSteps);
    const done = relative <= tolerance;
    // A start that is good enough already (from the λ path) is worth one factor to be polished with.
    const affordable = usable || newtonSteps === 0;
    if (done && (!polish || relative <= polishTolerance || polished >= largestPolishCount || !affordable)) break;
    if (!usable || factor === undefined) {
      if (newtonSteps >= largestSingleCount) backend = linalg.inFloat64;
      factor = factorizeHessian(problem, state.logits, backend, onBlock);
      newtonSteps++;
      fresh = true;
    }
    const next = newtonStep(problem, state, factor, linalg, { damped: fresh && !done, onBlock })?.state;
    const improved = next !== undefined && next.gradientNorm < state.gradientNorm;
    if (done) {
      if (!improved || next.gradientNorm > 0.5 * state.gradientNorm) {
        if (improved) state = next;
        break;
      }
      polished++;
    } else if (next === undefined) {
      if (fresh && backend.precision === 'float64') throw stalled(problem, relative, factor, linalg);
      if (fresh) backend = linalg.inFloat64;
      usable = false;
      continue;
    }
    usable = next.gradientNorm <= chordRatio * state.gradientNorm;
    // A chord step that did not help is not taken: a fresh factor from the same place does better.
    if (fresh || improved) state = next;
    fresh = false;
  }
  const relative = state.gradientNorm / scale;
  if (!(relative <= tolerance)) throw stalled(problem, relative, factor, linalg);
  return { state, relativeGradientNorm: relative, newtonSteps, factor, metrics: near?.metrics };
}

/**
 * A fit from a sample or by gradients goes on by this factor: a few passes more. Effects on the validation loss, whose
 * gradient nearly vanishes at the optimum, are off by a thousand times what θ is.
 */
const samplePolish = 1e-3;

/** A fit of many rows from a sample of them; undefined where that does not pay or does not help. */
function startFromSample(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { start, tolerance = fitTolerance, polish = true, onBlock, onStep, ...options }: FitOptions,
): SampleFit | undefined {
  const size = options.sampleRows ?? fitSampleSize(problem);
  if (size === undefined || size === 0) return undefined;
  return fitFromSample(problem, linalg, {
    size,
    start: start && startOf(problem, start),
    tolerance: polish ? samplePolish * tolerance : tolerance,
    onBlock,
    onStep,
    fitSample: (sample, how) => fitHead(sample, linalg, { ...how, polish: false, ...(onBlock && { onBlock }) }),
  });
}

/** They cost less than one Hessian where the fit starts by them. */
const mostGradientPasses = 100;

/**
 * A fit of a head of several outputs by gradients alone, or how far they come; undefined where Hessians cost little.
 */
function startByGradients(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { start, tolerance = fitTolerance, polish = true, metric, metrics, onBlock, onStep }: FitOptions,
): (Descent & { readonly hessians: number }) | undefined {
  if (!startsByGradients(problem)) return undefined;
  try {
    const descent = descendFrom(problem, linalg, {
      start: startOf(problem, start),
      tolerance: polish ? samplePolish * tolerance : tolerance,
      metric,
      metrics,
      mostPasses: mostGradientPasses,
      onBlock,
      onStep: onStep && ((relative) => onStep(relative, 0)),
    });
    return { ...descent, hessians: 0 };
  } catch (error) {
    if (error instanceof NumericalError) return undefined;
    throw error;
  }
}

/** A copy of the start off the gauge, as the optimum is: the gauge terms hold steps to it. */
function startOf(problem: HeadProblem, start: Float64Array | undefined): Float64Array {
  if (start === undefined) return new Float64Array(problem.parameters);
  const theta = start.slice();
  removeGauge(theta, problem.outputs, problem.features.columns);
  return theta;
}

function stalled(
  problem: HeadProblem,
  relative: number,
  factor: HessianFactor | undefined,
  linalg: LinearAlgebra,
): NumericalError {
  const condition = factor === undefined ? Number.NaN : conditionOf(factor, linalg);
  return new NumericalError(
    `The fit did not converge at λ = ${problem.l2.toPrecision(3)}: relative gradient norm ${relative.toExponential(1)}, ` +
      `condition estimate ${condition.toExponential(1)}. Choose a larger λ.`,
    { details: { l2: problem.l2, relativeGradientNorm: relative, conditionEstimate: condition } },
  );
}
