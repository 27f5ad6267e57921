import type { OnBlock } from '../../linalg/linearAlgebra';
import type { HeadFit } from '../../models/fitting/fitHead';
import { fitHead } from '../../models/fitting/fitHead';
import type { RowLabels } from '../../models/headKind';
import type { HeadProblem } from '../../models/headProblem';
import { createHeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import type { RidgeConvention } from './removalTypes';
import { weightOfRows, withoutRows } from './removedRows';

interface RetrainOptions {
  /** Training rows to leave out. */
  readonly removed?: Int32Array;
  /** n labels to use instead of the given ones. */
  readonly labels?: RowLabels;
  /** Default `fixed`: the ridge term stays nλ. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /** θ to start from, usually θ̂ + Δ; default θ̂. */
  readonly start?: Float64Array;
  readonly onBlock?: OnBlock;
  /** Told after each step: relative gradient norm. */
  readonly onStep?: (relativeGradientNorm: number) => void;
}

interface Retrained {
  readonly problem: HeadProblem;
  readonly fit: HeadFit;
  /** θ_retrained − θ̂. */
  readonly change: Float64Array;
}

/**
 * Relative gradient norm of a retrained head: below that of the first fit, as changes of θ are differences of two fits.
 */
const retrainTolerance = 1e-11;

/**
 * Ground truth: minimises the edited objective, starting near by. Nothing of X is copied.
 * A few passes over the rows and usually one or two Hessians.
 */
export function retrain(model: FittedModel, options: RetrainOptions): Retrained {
  const { problem, linalg } = model;
  const removed = options.removed ?? new Int32Array(0);
  const edited = createHeadProblem(
    {
      kind: problem.kind,
      classes: problem.classes,
      features: problem.features,
      rows: problem.rows,
      labels: options.labels ?? problem.labels,
      weights: withoutRows(problem.weights, removed),
      l2: problem.l2,
      ridgeRows: problem.ridgeRows - (options.ridgeConvention === 'mean' ? weightOfRows(problem, removed) : 0),
      unpenalised: problem.unpenalised,
      gradientScale: problem.gradientScale,
    },
    linalg,
    options.onBlock,
  );
  const { onBlock, onStep } = options;
  const fit = fitHead(edited, linalg, {
    start: options.start ?? model.theta,
    tolerance: retrainTolerance,
    ...(model.exact === undefined ? { metric: model.metric } : { factor: model.exact }),
    ...(onBlock === undefined ? {} : { onBlock }),
    ...(onStep === undefined ? {} : { onStep }),
  });
  return { problem: edited, fit, change: fit.state.theta.map((value, at) => value - model.theta[at]) };
}
