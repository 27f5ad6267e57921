import { rowsOfWeight } from '../../base/weights';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { columnsAsParameters, fillResidual, parametersAsColumns } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import { solveHessian } from '../fittedModel';
import { visitLeverageForms } from '../leverage/leverageForms';
import type { MeasuredLabels } from '../measurements/measuredLabels';
import { fillWeightedResidual, totalWeight } from '../measurements/measuredLabels';
import type { LeftOutResults } from './leftOutRows';
import { fillLeftOutRows } from './leftOutRows';
import type { RowSolver } from './rowSolver';
import { createRowSolver } from './rowSolver';

/** Per-row influence on the head itself; NaN for rows that are not training rows. */
export interface RowInfluence extends LeftOutResults {
  /** Rows that decide their own prediction within rounding: their leave-one-out cells are not to be trusted. */
  readonly unstableRows: number;
  /** max ‖sᵢ‖/‖rᵢ‖ (logistic: max 1/(1 − hᵢ)): what errors of H⁻¹ are multiplied by in the rows they hit hardest. */
  readonly largestAmplification: number;
}

/**
 * Leverage, self-influence and leave-one-out logits of every training row. With exact forms O(n·d²·K²/2), and a solve a
 * row (see `RowSolver`).
 */
export function computeRowInfluence(model: FittedModel, onBlock?: OnBlock): RowInfluence {
  const { problem, logits } = model;
  const { outputs } = problem;
  const n = problem.features.rows;
  const empty = (): Float64Array => new Float64Array(n).fill(Number.NaN);
  const result = {
    leverage: empty(),
    selfIf: empty(),
    selfRif: empty(),
    looLoss: empty(),
    outOfSampleLogits: logits.slice(),
    rifCoefficients: new Float64Array(n * outputs),
  };
  const solver = createRowSolver(problem);
  const ticking = Math.max(16, Math.floor(1024 / outputs));
  const leftOut = model.forms.computeLeftOut !== undefined;
  const sideBySide = leftOut && problem.kind === 'softmax';
  let largestAmplification = 1;
  visitLeverageForms(
    problem,
    model.forms,
    (first, count, forms) => {
      if (sideBySide) {
        const largest = fillLeftOutRows(problem, logits, forms, first, count, result, onBlock);
        largestAmplification = Math.max(largestAmplification, largest);
        return;
      }
      for (let from = 0; from < count; from += ticking) {
        const end = Math.min(count, from + ticking);
        const largest = solveRows(model, solver, leftOut, { first, from, end, forms }, result);
        largestAmplification = Math.max(largestAmplification, largest);
        if (end < count) onBlock?.(first + end, n);
      }
    },
    onBlock,
    leftOut,
  );
  return { ...result, unstableRows: solver.unstableRows, largestAmplification };
}

/** Some of the rows whose forms are at hand: places [from, end), of rows from `first` on. */
interface RowsWithForms {
  readonly first: number;
  readonly from: number;
  readonly end: number;
  readonly forms: readonly Float64Array[];
}

/** Fills in the results of some rows; returns their largest amplification. */
function solveRows(
  { problem, logits }: FittedModel,
  solver: RowSolver,
  leftOut: boolean,
  { first, from, end, forms }: RowsWithForms,
  result: LeftOutResults,
): number {
  const { outputs, weights, labels } = problem;
  let largest = 1;
  for (let at = from; at < end; at++) {
    const row = first + at;
    if (weights[row] === 0) continue;
    if (leftOut) solver.solveLeftOut(logits, row * outputs, labels[row], forms, at);
    else solver.solve(logits, row * outputs, labels[row], forms, at);
    result.leverage[row] = solver.leverage;
    result.selfIf[row] = solver.selfIf;
    result.selfRif[row] = solver.selfRif;
    result.looLoss[row] = solver.looLoss;
    result.outOfSampleLogits.set(solver.looLogits, row * outputs);
    for (let c = 0; c < outputs; c++) result.rifCoefficients[row * outputs + c] = weights[row] * solver.coefficients[c];
    largest = Math.max(largest, amplification(solver));
  }
  return largest;
}

function amplification({ residual, coefficients }: RowSolver): number {
  let before = 0;
  let after = 0;
  for (let c = 0; c < residual.length; c++) {
    before += residual[c] * residual[c];
    after += coefficients[c] * coefficients[c];
  }
  return before > 0 ? Math.sqrt(after / before) : 1;
}

/**
 * Linear effect of removing each training row on a mean loss; NaN for other rows. Positive = removal raises the loss.
 */
interface MeanLossEffects {
  readonly byIf: Float64Array;
  readonly byRif: Float64Array;
}

/**
 * Effects on the mean loss of the rows whose entry of `measured` is not 0, by the labels as they are taken: one solve
 * for u = H⁻¹∇f, then (xᵢᵀU)·wᵢrᵢ and (xᵢᵀU)·wᵢsᵢ. O(n·d·K + p²).
 * @throws InputError where none of the rows counts.
 */
export function computeMeanLossEffects(
  model: FittedModel,
  measured: Float64Array,
  labels: MeasuredLabels,
  rifCoefficients: Float64Array,
  onBlock?: OnBlock,
): MeanLossEffects {
  const { problem, logits, linalg } = model;
  const { outputs, weights } = problem;
  const n = problem.features.rows;
  const gradient = meanLossGradient(problem, logits, measured, labels, linalg, onBlock);
  const direction = solveHessian(model, gradient, onBlock);
  const along = linalg.multiply(problem.rows, parametersAsColumns(direction, problem.features.columns), onBlock).data;
  const byIf = new Float64Array(n).fill(Number.NaN);
  const byRif = new Float64Array(n).fill(Number.NaN);
  const residual = new Float64Array(outputs);
  for (let i = 0; i < n; i++) {
    if (i % 4096 === 4095) onBlock?.(i, n);
    if (weights[i] === 0) continue;
    fillResidual(problem, logits, i, problem.labels[i], residual, 0);
    let throughIf = 0;
    let throughRif = 0;
    for (let c = 0, at = i * outputs; c < outputs; c++, at++) {
      throughIf += along[at] * residual[c];
      throughRif += along[at] * rifCoefficients[at];
    }
    byIf[i] = weights[i] * throughIf;
    byRif[i] = throughRif;
  }
  return { byIf, byRif };
}

/** ∇ of the mean loss of the measured rows at θ̂ (p numbers). */
function meanLossGradient(
  problem: HeadProblem,
  logits: Float64Array,
  measured: Float64Array,
  labels: MeasuredLabels,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Float64Array {
  const { outputs } = problem;
  const n = problem.features.rows;
  const total = totalWeight(labels, rowsOfWeight(measured));
  const residuals = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++) {
    if (measured[i] === 0) continue;
    fillWeightedResidual(problem, logits, i, labels, residuals, i * outputs);
    for (let c = 0; c < outputs; c++) residuals[i * outputs + c] /= total;
  }
  return columnsAsParameters(
    linalg.transposeMultiply(problem.rows, { rows: n, columns: outputs, data: residuals }, onBlock),
  );
}
