import { BugError } from '../../base/errors';
import { norm, subtract } from '../../base/vectors';
import type { LinearAlgebra, OnBlock, SoftmaxPoint } from '../../linalg/linearAlgebra';
import type { HeadState } from '../evaluateHead';
import { columnsAsParameters, fillResidual, lossOfLogits, parametersAsColumns } from '../evaluateHead';
import { removeGauge } from '../gauge';
import type { HeadProblem } from '../headProblem';
import { fillSoftmaxResidual } from '../rowMath';
import { softmaxPointOf } from '../softmaxPoint';

/** What a descent needs of a state: without the logits of all rows. */
export type PassState = Omit<HeadState, 'logits'>;

/** Objective and gradient in single precision, relative to a state that is known in double: the anchor. */
interface AnchoredPasses {
  moveTo(anchor: HeadState): void;
  /**
   * At θ = anchor + δ, from the losses and the gradient of the anchor and what Xδ changes of them, computed *fast*: the
   * error is some 1e-6 of the change of the gradient since the anchor, not of the gradient at zero. One pass over the
   * rows. O(n·d·K).
   */
  evaluate(theta: Float64Array): PassState;
}

/** What the rows add to a state, less what they added at the anchor. */
interface RowChanges {
  readonly loss: number;
  /** p numbers; a new array. */
  readonly gradient: Float64Array;
}

type MeasureChanges = (step: Float64Array) => RowChanges;

/**
 * Keeps n·K numbers of the anchor, in single precision where the backend has passes of its own for softmax heads, else
 * 2n·K.
 */
export function createAnchoredPasses(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): AnchoredPasses {
  const { outputs, ridge } = problem;
  const d = problem.features.columns;
  const changesFrom = problem.kind === 'softmax' && linalg.softmaxChange !== undefined ? softmaxChanges : plainChanges;
  let state: HeadState | undefined;
  let changes: MeasureChanges | undefined;
  return {
    moveTo(anchor) {
      state = anchor;
      changes = undefined;
    },
    evaluate(theta) {
      if (state === undefined) throw new BugError('These passes have no anchor yet.');
      changes ??= changesFrom(problem, linalg, state, onBlock);
      const step = subtract(theta, state.theta);
      const { loss, gradient } = changes(step);
      // Residuals sum to zero over the classes; rounded ones do not quite, and nothing would take back θ's drift along
      // the gauge.
      removeGauge(gradient, outputs, d);
      const penalty = addPenalty(gradient, state, step, ridge);
      return { theta, objective: state.objective + loss + penalty, gradient, gradientNorm: norm(gradient) };
    },
  };
}

/**
 * Adds the anchor's gradient and the change of the penalty's to what the rows change; returns the change of the
 * penalty.
 */
function addPenalty(gradient: Float64Array, anchor: PassState, step: Float64Array, ridge: Float64Array): number {
  const d = ridge.length;
  let penalty = 0;
  for (let at = 0, j = 0; at < step.length; at++, j = j + 1 === d ? 0 : j + 1) {
    penalty += 0.5 * ridge[j] * step[at] * (2 * anchor.theta[at] + step[at]);
    gradient[at] += anchor.gradient[at] + ridge[j] * step[at];
  }
  return penalty;
}

function softmaxChanges(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { logits }: HeadState,
  onBlock: OnBlock | undefined,
): MeasureChanges {
  const point: SoftmaxPoint = softmaxPointOf(problem, logits);
  const size = { rows: problem.outputs, columns: problem.features.columns };
  return (step) => {
    const change = linalg.softmaxChange?.(problem.rows, point, { ...size, data: step }, onBlock);
    if (change === undefined) throw new BugError('The backend has no passes for softmax heads.');
    return { loss: change.loss, gradient: change.gradient.data };
  };
}

/** From the logits z₀ + Xδ and the gradient g₀ + Xᵀ(r − r₀), with the map between the two products in double. */
function plainChanges(
  problem: HeadProblem,
  linalg: LinearAlgebra,
  { logits }: HeadState,
  onBlock: OnBlock | undefined,
): MeasureChanges {
  const { outputs, weights, labels } = problem;
  const n = weights.length;
  const residuals = new Float64Array(n * outputs);
  let anchorLoss = 0;
  for (let i = 0; i < n; i++) {
    if (weights[i] === 0) continue;
    anchorLoss += weights[i] * lossOfLogits(problem, logits, i * outputs, labels[i]);
    fillResidual(problem, logits, i, labels[i], residuals, i * outputs);
  }
  return (step) => {
    let loss = 0;
    const change = linalg.multiplyThroughFast(
      problem.rows,
      parametersAsColumns(step, problem.features.columns),
      outputs,
      (z, out, from, count) => {
        loss += fillChanges(problem, logits, residuals, { z, out, from, count });
      },
      onBlock,
    );
    return { loss: loss - anchorLoss, gradient: columnsAsParameters(change) };
  };
}

interface MovedRows {
  /** count×K: Xδ; overwritten. */
  readonly z: Float64Array;
  readonly out: Float64Array;
  readonly from: number;
  readonly count: number;
}

/** wᵢ(rᵢ − r₀ᵢ) of the rows at the logits z₀ + z into `out`; the sum of their losses. */
function fillChanges(
  problem: HeadProblem,
  logits: Float64Array,
  residuals: Float64Array,
  { z, out, from, count }: MovedRows,
): number {
  const { kind, outputs, weights, labels } = problem;
  let loss = 0;
  for (let at = 0; at < count * outputs; at++) z[at] += logits[from * outputs + at];
  for (let at = 0; at < count; at++) {
    const w = weights[from + at];
    if (w === 0) continue;
    const own = at * outputs;
    const row = (from + at) * outputs;
    const label = labels[from + at];
    if (kind === 'softmax') {
      loss += w * fillSoftmaxResidual(z, own, outputs, label, out, own);
    } else {
      loss += w * lossOfLogits(problem, z, own, label);
      fillResidual(problem, z, at, label, out, own);
    }
    for (let c = 0; c < outputs; c++) out[own + c] = w * (out[own + c] - residuals[row + c]);
  }
  return loss;
}
