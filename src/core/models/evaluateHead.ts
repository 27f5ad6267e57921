import type { Matrix } from '../base/matrix';
import { norm, sumOf } from '../base/vectors';
import { transposed } from '../linalg/denseKernels';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HeadProblem } from './headProblem';
import { knownGradientAtZero } from './headProblem';
import {
  complement,
  fillSoftmax,
  fillSoftmaxResidual,
  logisticLoss,
  logisticResidual,
  softmaxLoss,
  squaredLoss,
} from './rowMath';

/** The objective and its gradient at one θ. */
export interface HeadState {
  readonly theta: Float64Array;
  /** n×K, for all rows, weighted or not. */
  readonly logits: Float64Array;
  readonly objective: number;
  /** p numbers, in the order of θ. */
  readonly gradient: Float64Array;
  readonly gradientNorm: number;
}

/**
 * m θ, one behind the other (m·p numbers), as the d×(m·K) matrix that rows are multiplied by: class-major, they are
 * rows of d numbers as they stand.
 */
export function parametersAsColumns(data: Float64Array, d: number): Matrix {
  return transposed({ rows: data.length / d, columns: d, data });
}

/** The inverse of {@link parametersAsColumns}. */
export function columnsAsParameters(columns: Matrix): Float64Array {
  return transposed(columns).data;
}

/** xᵢᵀθ for all rows: n×K. O(n·d·K). */
export function computeLogits(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Float64Array {
  return linalg.multiply(problem.rows, parametersAsColumns(theta, problem.features.columns), onBlock).data;
}

/** The loss of row i under the n×K logits. */
export function lossOfRow(
  problem: Pick<HeadProblem, 'kind' | 'outputs' | 'labels'>,
  logits: Float64Array,
  row: number,
): number {
  return lossOfLogits(problem, logits, row * problem.outputs, problem.labels[row]);
}

/** The loss of a label under the K logits at `logits[from]`. */
export function lossOfLogits(
  { kind, outputs }: Pick<HeadProblem, 'kind' | 'outputs'>,
  logits: Float64Array,
  from: number,
  label: number,
): number {
  if (kind === 'softmax') return softmaxLoss(logits, from, outputs, label);
  return kind === 'logistic' ? logisticLoss(logits[from], label) : squaredLoss(logits[from], label);
}

/** rᵢ = pᵢ − e_yᵢ (ridge: xᵢᵀθ − yᵢ) of row i into `out[to]` (K numbers). */
export function fillResidual(
  problem: Pick<HeadProblem, 'kind' | 'outputs'>,
  logits: Float64Array,
  row: number,
  label: number,
  out: Float64Array,
  to: number,
): void {
  if (problem.kind !== 'softmax') {
    out[to] = problem.kind === 'logistic' ? logisticResidual(logits[row], label) : logits[row] - label;
    return;
  }
  fillSoftmax(logits, row * problem.outputs, problem.outputs, out, to);
  out[to + label] = -complement(out, to, problem.outputs, label);
}

/**
 * Objective, gradient and logits at θ: one pass over the rows in float64, none where θ is zero and the problem knows
 * its gradient. O(n·d·K).
 */
export function evaluateHead(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HeadState {
  const { outputs, weights, ridge } = problem;
  const n = problem.rows.rows;
  const d = problem.features.columns;
  const logits = new Float64Array(n * outputs);
  const atZero = theta.every((value) => value === 0) ? knownGradientAtZero(problem) : undefined;
  if (atZero !== undefined) {
    return {
      theta,
      logits,
      objective: sumOf(weights) * Math.log(outputs),
      gradient: atZero,
      gradientNorm: norm(atZero),
    };
  }
  let objective = 0;
  const gradientColumns = linalg.multiplyThrough(
    problem.rows,
    parametersAsColumns(theta, d),
    outputs,
    (z, residuals, from, count) => {
      logits.set(z, from * outputs);
      objective += fillResiduals(problem, z, residuals, from, count);
    },
    onBlock,
  );
  const gradient = columnsAsParameters(gradientColumns);
  for (let at = 0; at < gradient.length; at++) {
    const penalty = ridge[at % d] * theta[at];
    objective += 0.5 * penalty * theta[at];
    gradient[at] += penalty;
  }
  return { theta, logits, objective, gradient, gradientNorm: norm(gradient) };
}

/** wᵢrᵢ of the rows [from, from + count) at their logits z, 0 where a row has no weight; the sum of their losses. */
function fillResiduals(
  problem: HeadProblem,
  z: Float64Array,
  residuals: Float64Array,
  from: number,
  count: number,
): number {
  const { outputs, weights, labels } = problem;
  const softmax = problem.kind === 'softmax';
  let loss = 0;
  for (let at = 0; at < count; at++) {
    const w = weights[from + at];
    if (w === 0) continue;
    const label = labels[from + at];
    if (softmax) {
      loss += w * fillSoftmaxResidual(z, at * outputs, outputs, label, residuals, at * outputs);
    } else {
      loss += w * lossOfLogits(problem, z, at * outputs, label);
      fillResidual(problem, z, at, label, residuals, at * outputs);
    }
    if (w !== 1) for (let c = 0; c < outputs; c++) residuals[at * outputs + c] *= w;
  }
  return loss;
}
