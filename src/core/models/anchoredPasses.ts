import { BugError } from '../base/errors';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HeadState } from './evaluateHead';
import { columnsAsParameters, fillResidual, lossOfLogits, parametersAsColumns } from './evaluateHead';
import type { HeadProblem } from './headProblem';
import { fillSoftmaxResidual } from './rowMath';

/** What a descent needs of a state: without the logits of all rows. */
export type PassState = Omit<HeadState, 'logits'>;

/** Objective and gradient in single precision, relative to a state that is known in double: the anchor. */
export interface AnchoredPasses {
  moveTo(anchor: HeadState): void;
  /**
   * At θ = anchor + δ, from the logits z₀ + Xδ and the gradient g₀ + Xᵀ(r − r₀) + ridge·δ, the two products *fast*: the error is some
   * 1e-6 of the change of the gradient since the anchor, not of the gradient at zero. One pass over the rows. O(n·d·K).
   */
  evaluate(theta: Float64Array): PassState;
}

/** Keeps 2n·K numbers of the anchor. */
export function createAnchoredPasses(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): AnchoredPasses {
  const { outputs, weights, labels, ridge } = problem;
  const n = problem.rows.rows;
  const d = problem.features.columns;
  const residuals = new Float64Array(n * outputs);
  let anchor: HeadState | undefined;
  return {
    moveTo(state) {
      anchor = state;
      for (let i = 0; i < n; i++) {
        if (weights[i] !== 0) fillResidual(problem, state.logits, i, labels[i], residuals, i * outputs);
      }
    },
    evaluate(theta) {
      if (anchor === undefined) throw new BugError('These passes have no anchor yet.');
      const from0 = anchor;
      const step = theta.map((value, at) => value - from0.theta[at]);
      let objective = 0;
      const change = linalg.multiplyThroughFast(
        problem.rows,
        parametersAsColumns(step, d, outputs),
        outputs,
        (z, out, from, count) => {
          objective += fillChanges(problem, from0.logits, residuals, { z, out, from, count });
        },
        onBlock,
      );
      const gradient = columnsAsParameters(change);
      if (problem.kind === 'softmax') removeGauge(gradient, d, outputs);
      let squares = 0;
      for (let at = 0; at < gradient.length; at++) {
        const share = ridge[at % d];
        objective += 0.5 * share * theta[at] * theta[at];
        gradient[at] += from0.gradient[at] + share * step[at];
        squares += gradient[at] * gradient[at];
      }
      return { theta, objective, gradient, gradientNorm: Math.sqrt(squares) };
    },
  };
}

/** Residuals sum to zero over the classes; rounded ones do not quite, and nothing would take a drift of θ in that direction back. */
function removeGauge(gradient: Float64Array, d: number, outputs: number): void {
  for (let j = 0; j < d; j++) {
    let mean = 0;
    for (let c = 0; c < outputs; c++) mean += gradient[c * d + j] / outputs;
    for (let c = 0; c < outputs; c++) gradient[c * d + j] -= mean;
  }
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
