import { NumericalError } from '../../base/errors';
import { createRandom } from '../../base/random';
import { dot } from '../../base/vectors';
import { countOfWeight } from '../../base/weights';
import { choleskySolveRows } from '../../linalg/choleskySolveRows';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import type { HessianFactor } from '../curvature/hessianFactor';
import { factorizeHessian } from '../curvature/hessianFactor';
import type { HeadState } from '../evaluateHead';
import { evaluateHead } from '../evaluateHead';
import type { HeadProblem } from '../headProblem';
import { gramWork } from '../headSize';
import type { FitMetric } from './fitMetric';
import type { Descent } from './quasiNewtonFit';
import { descend } from './quasiNewtonFit';
import { sampleProblem } from './sampleProblem';

/** Multiply-adds of one Hessian from which a sample is worth its trouble: some 0.1 s natively. */
const leastWork = 1e10;
/** A sample has this share of the rows … */
const sampleShare = 0.2;
/**
 * … but so many for each parameter of an output, so that its H is within a factor of 1.6 of the whole's in every
 * direction …
 */
const rowsPerParameter = 16;
/** … and at most so many numbers (128 MiB in single precision). */
const largestSampleNumbers = 2 ** 25;
/** A sample of more than this share saves too little. */
const largestSampleShare = 1 / 3;
/** Relative gradient norm of the sample's own fit: below its distance from the whole's optimum, which is some 1e-2. */
const sampleTolerance = 1e-2;
/**
 * At the whole's optimum the sample's gradient g is noise of covariance about H, and gᵀH⁻¹g about p. A start where it
 * is more than this many times as much is further off than the sample's own optimum.
 */
const nearShare = 4;
/** Passes over all rows after which the metric of the sample has failed: what Newton steps from 0 would have taken. */
const mostPasses = 30;
const sampleSeed = 1;

/** Rows of the sample that {@link fitFromSample} should take; undefined: Newton steps on all rows cost no more. */
export function fitSampleSize(problem: HeadProblem): number | undefined {
  if (problem.kind === 'ridge' || gramWork(problem) < leastWork) return undefined;
  const rows = countOfWeight(problem.weights);
  const wanted = Math.max(Math.ceil(sampleShare * rows), rowsPerParameter * problem.parameters);
  const size = Math.min(wanted, Math.floor(largestSampleNumbers / problem.features.columns));
  return size <= largestSampleShare * rows && size >= rowsPerParameter * problem.parameters ? size : undefined;
}

interface SampleFitOptions {
  /** Rows of the sample. */
  readonly size: number;
  /** Where to start, if it is near enough; default and otherwise: the optimum of the sample. */
  readonly start?: Float64Array | undefined;
  /** Relative gradient norm to reach. */
  readonly tolerance: number;
  /** Fits the sample to a relative gradient norm. */
  readonly fitSample: (
    sample: HeadProblem,
    options: { readonly start?: Float64Array; readonly tolerance: number },
  ) => { readonly state: HeadState; readonly newtonSteps: number };
  readonly onBlock?: OnBlock | undefined;
  /** Told after each step on all rows: the relative gradient norm and the Hessians of samples so far. */
  readonly onStep?: ((relativeGradientNorm: number, hessians: number) => void) | undefined;
}

export interface SampleFit extends Descent {
  /** Hessians of samples. */
  readonly hessians: number;
}

/**
 * Minimises L over many rows from the optimum of a stratified sample of them, by L-BFGS on exact gradients in the
 * metric of the sample's H there: one pass over all rows an iteration, 9 to 16 in all, and no Hessian of all rows. What
 * is reached is measured on all rows in float64; the sample only decides how fast. Undefined when the sample says
 * nothing about the whole: it cannot be fitted, or its optimum is worse than θ = 0.
 */
export function fitFromSample(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { size, start, tolerance, fitSample, onBlock, onStep }: SampleFitOptions,
): SampleFit | undefined {
  const sample = sampleProblem(problem, size, createRandom(sampleSeed), linalg, onBlock, 'share');
  let hessians = 1;
  let near: HeadState | undefined;
  let metric: FitMetric;
  try {
    const share = sample.totalWeight / problem.totalWeight;
    const metricAt = ({ logits }: HeadState): FitMetric =>
      metricOf(factorizeHessian(sample, logits, linalg, onBlock), share, linalg);
    near = start && evaluateHead(sample, start, linalg, onBlock);
    let known = near && metricAt(near);
    if (near === undefined || known === undefined || !isNear(near, known, share)) {
      const from = near === undefined ? {} : { start: near.theta };
      const fit = fitSample(sample, { ...from, tolerance: sampleTolerance });
      near = fit.state;
      known = metricAt(near);
      hessians += fit.newtonSteps + (start === undefined ? 0 : 1);
    }
    metric = known;
  } catch (error) {
    if (error instanceof NumericalError) return undefined;
    throw error;
  } finally {
    sample.rows.dispose();
  }
  const descent = descend(problem, linalg, {
    start: near.theta,
    tolerance,
    metric,
    mostPasses,
    onBlock,
    onStep: onStep && ((relative) => onStep(relative, hessians)),
  });
  if (!descent.converged && !isBetterThanZero(problem, descent.state)) return undefined;
  return { ...descent, hessians };
}

/** H⁻¹ of the whole, estimated: the sample's H has `share` of its rows and of its ridge. */
function metricOf({ factor }: HessianFactor, share: number, linalg: LinearAlgebra): FitMetric {
  return {
    solve: (vectors) =>
      choleskySolveRows(factor, { ...vectors, data: vectors.data.map((value) => share * value) }, linalg),
  };
}

/** Whether a state of the sample is as near to the whole's optimum as one can tell from the sample. */
function isNear({ gradient }: HeadState, metric: FitMetric, share: number): boolean {
  const solved = metric.solve({ rows: 1, columns: gradient.length, data: gradient }).data;
  const form = dot(gradient, solved) / share;
  return form <= nearShare * gradient.length;
}

/** L(0) is the entropy of even odds for every row. */
function isBetterThanZero({ totalWeight, classes }: HeadProblem, { objective }: HeadState): boolean {
  return objective < totalWeight * Math.log(classes);
}
