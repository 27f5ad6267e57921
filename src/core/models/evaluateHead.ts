import type { Matrix } from '../base/matrix';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HeadProblem } from './headProblem';
import { complement, fillSoftmax, logisticLoss, logisticResidual, softmaxLoss } from './rowMath';

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

/** θ (p, class-major) as the d×K matrix that rows are multiplied by. */
export function parametersAsColumns(theta: Float64Array, d: number, outputs: number): Matrix {
  const data = new Float64Array(d * outputs);
  for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) data[j * outputs + c] = theta[c * d + j];
  return { rows: d, columns: outputs, data };
}

/** The inverse of {@link parametersAsColumns}. */
export function columnsAsParameters(columns: Matrix): Float64Array {
  const { rows: d, columns: outputs, data } = columns;
  const theta = new Float64Array(d * outputs);
  for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) theta[c * d + j] = data[j * outputs + c];
  return theta;
}

/** xᵢᵀθ for all rows: n×K. O(n·d·K). */
export function computeLogits(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Float64Array {
  return linalg.multiply(problem.rows, parametersAsColumns(theta, problem.features.columns, problem.outputs), onBlock)
    .data;
}

/** The loss of row i under the n×K logits. */
export function lossOfRow(
  problem: Pick<HeadProblem, 'kind' | 'outputs' | 'labels'>,
  logits: Float64Array,
  row: number,
): number {
  return problem.kind === 'logistic'
    ? logisticLoss(logits[row], problem.labels[row])
    : softmaxLoss(logits, row * problem.outputs, problem.outputs, problem.labels[row]);
}

/** rᵢ = pᵢ − e_yᵢ of row i into `out[to]` (K numbers). */
export function fillResidual(
  problem: Pick<HeadProblem, 'kind' | 'outputs'>,
  logits: Float64Array,
  row: number,
  label: number,
  out: Float64Array,
  to: number,
): void {
  if (problem.kind === 'logistic') {
    out[to] = logisticResidual(logits[row], label);
    return;
  }
  fillSoftmax(logits, row * problem.outputs, problem.outputs, out, to);
  out[to + label] = -complement(out, to, problem.outputs, label);
}

/** Objective, gradient and logits at θ: two passes over the rows in float64. O(n·d·K). */
export function evaluateHead(
  problem: HeadProblem,
  theta: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HeadState {
  const { outputs, weights, labels, ridge } = problem;
  const n = problem.rows.rows;
  const d = problem.features.columns;
  const logits = computeLogits(problem, theta, linalg, onBlock);
  const residuals = new Float64Array(n * outputs);
  let objective = 0;
  for (let r0 = 0; r0 < n; r0 += 1024) {
    const r1 = Math.min(n, r0 + 1024);
    let blockLoss = 0;
    for (let i = r0; i < r1; i++) {
      const w = weights[i];
      if (w === 0) continue;
      blockLoss += w * lossOfRow(problem, logits, i);
      fillResidual(problem, logits, i, labels[i], residuals, i * outputs);
      if (w !== 1) for (let c = 0; c < outputs; c++) residuals[i * outputs + c] *= w;
    }
    objective += blockLoss;
    onBlock?.(r1, n);
  }
  const gradient = columnsAsParameters(
    linalg.transposeMultiply(problem.rows, { rows: n, columns: outputs, data: residuals }, onBlock),
  );
  let squares = 0;
  for (let at = 0; at < gradient.length; at++) {
    const penalty = ridge[at % d] * theta[at];
    objective += 0.5 * penalty * theta[at];
    gradient[at] += penalty;
    squares += gradient[at] * gradient[at];
  }
  return { theta, logits, objective, gradient, gradientNorm: Math.sqrt(squares) };
}
