import type { RemovalMethod, RidgeConvention } from '../audit/sessionTypes';
import { BugError, NumericalError } from '../base/errors';
import { gatherRows } from '../base/gatherRows';
import type { Matrix } from '../base/matrix';
import { addProductTransposed } from '../linalg/denseKernels';
import type { CholeskyFactor } from '../linalg/linearAlgebra';
import { computeCurvature } from '../models/headHessian';
import type { RowLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { complement, fillSoftmax, logisticCurvature } from '../models/rowMath';
import type { ExactHessian, FittedModel } from './fittedModel';
import { solveHessian } from './fittedModel';
import { createCholeskyInverse, refineSolutions } from './ihvp/choleskyInverse';
import { solveOne } from './ihvp/inverseHessian';
import { createRowSolver } from './rowSolver';

export interface RemovalOptions {
  readonly method: RemovalMethod;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /** How the Newton step is solved; default: Woodbury when |S|·K < p. For tests. */
  readonly newtonSolver?: 'woodbury' | 'direct';
}

export interface RemovalChange {
  /** Δ, p numbers. */
  readonly change: Float64Array;
  /** Largest leverage in the set; NaN for an empty set. */
  readonly maxLeverage: number;
}

/**
 * Estimated change of θ̂ when the training rows `rows` (distinct, of weight 1) are removed: Σ H⁻¹gᵢ (`if`), Σ (H − Hᵢ)⁻¹gᵢ (`rif`)
 * or (H − H_S)⁻¹Σgᵢ (`newton`). O(|S|·K²d²/2 + p²), Newton + O(p²·|S|K) or O(p³/3).
 * @throws NumericalError when the Newton step does not exist.
 */
export function computeRemovalChange(model: FittedModel, rows: Int32Array, options: RemovalOptions): RemovalChange {
  const { problem, theta } = model;
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  if (rows.length === 0) return { change: new Float64Array(p), maxLeverage: Number.NaN };
  const mean = options.ridgeConvention === 'mean';
  // λθ̂ on penalised features: what the `mean` convention adds to every gradient.
  const pull = theta.map((value, at) => (mean && problem.ridge[at % d] !== 0 ? problem.l2 * value : 0));
  const pulled = mean ? solveHessian(model, pull) : undefined;
  const gathered = gatherRows(problem.features, rows);
  const { coefficients, maxLeverage } = rowCoefficients(model, rows, gathered, options.method, pulled);
  const gradient = new Float64Array(p);
  for (let s = 0; s < rows.length; s++) addOuter(gradient, coefficients, s * outputs, gathered, s, outputs, d);
  if (options.method === 'newton') {
    requireNoLostClass(problem, rows);
    if (mean) for (let at = 0; at < p; at++) gradient[at] += rows.length * pull[at];
    const shift = mean ? rows.length * problem.l2 : 0;
    const woodbury = options.newtonSolver ?? (rows.length * outputs < p && !mean ? 'woodbury' : 'direct');
    const change =
      woodbury === 'woodbury'
        ? woodburyStep(model, rows, gathered, gradient)
        : directStep(model, rows, gathered, gradient, shift);
    return { change, maxLeverage };
  }
  const change = solveHessian(model, gradient);
  if (pulled !== undefined) for (let at = 0; at < p; at++) change[at] += rows.length * pulled[at];
  return { change, maxLeverage };
}

/**
 * |S|×K: rᵢ for IF and Newton, sᵢ for RIF; and the largest leverage. `gathered` holds the features of `rows`; `pulled` is H⁻¹λθ̂ for the
 * `mean` convention. O(|S|·K²d²/2).
 */
export function rowCoefficients(
  model: FittedModel,
  rows: Int32Array,
  gathered: Matrix,
  method: RemovalMethod,
  pulled: Float64Array | undefined,
): { readonly coefficients: Float64Array; readonly maxLeverage: number } {
  const { problem, logits, linalg } = model;
  const { outputs } = problem;
  const d = gathered.columns;
  const blocks = linalg.loadRows(gathered);
  const coefficients = new Float64Array(rows.length * outputs);
  let maxLeverage = 0;
  try {
    const forms = model.forms.compute(blocks);
    const solver = createRowSolver(problem);
    const pull = pulled === undefined ? undefined : new Float64Array(outputs);
    for (let s = 0; s < rows.length; s++) {
      const row = rows[s];
      if (pull !== undefined && pulled !== undefined) {
        for (let c = 0; c < outputs; c++) {
          pull[c] = 0;
          for (let j = 0; j < d; j++) pull[c] += gathered.data[s * d + j] * pulled[c * d + j];
        }
      }
      solver.solve(logits, row * outputs, problem.labels[row], forms, s, pull);
      coefficients.set(method === 'rif' ? solver.coefficients : solver.residual, s * outputs);
      maxLeverage = Math.max(maxLeverage, solver.leverage);
    }
  } finally {
    blocks.dispose();
  }
  return { coefficients, maxLeverage };
}

/** sum += coefficient ⊗ x_s. */
export function addOuter(
  sum: Float64Array,
  coefficients: Float64Array,
  from: number,
  gathered: Matrix,
  s: number,
  outputs: number,
  d: number,
): void {
  for (let c = 0; c < outputs; c++) {
    const value = coefficients[from + c];
    for (let j = 0; j < d; j++) sum[c * d + j] += value * gathered.data[s * d + j];
  }
}

/** (H − H_S)⁻¹g by H − H_S itself. */
function directStep(
  model: FittedModel,
  rows: Int32Array,
  gathered: Matrix,
  gradient: Float64Array,
  ridgeShift: number,
): Float64Array {
  const { problem, linalg, logits } = model;
  const { hessian } = exactOf(model);
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const blocks = linalg.loadRows(gathered);
  const ownLogits = new Float64Array(rows.length * outputs);
  for (let s = 0; s < rows.length; s++) {
    ownLogits.set(logits.subarray(rows[s] * outputs, (rows[s] + 1) * outputs), s * outputs);
  }
  const part: HeadProblem = {
    ...problem,
    features: gathered,
    rows: blocks,
    labels: new Int32Array(rows.length),
    weights: Float64Array.from(rows, (row) => problem.weights[row]),
  };
  try {
    const removed = computeCurvature(part, ownLogits, linalg);
    const data = hessian.data.map((value, at) => value - removed.data[at]);
    for (let at = 0; at < p; at++) if (problem.ridge[at % d] !== 0) data[at * p + at] -= ridgeShift;
    const factor = factorOrExplain(model, { rows: p, columns: p, data }, rows.length);
    const ridge = problem.ridge.map((value) => (value === 0 ? 0 : value - ridgeShift));
    const remaining = { ...problem, weights: withoutRows(problem.weights, rows), ridge };
    return solveOne(createCholeskyInverse({ problem: remaining, linalg, logits }, factor), gradient);
  } finally {
    blocks.dispose();
  }
}

/**
 * (H − WWᵀ)⁻¹g = y + H⁻¹W(I − WᵀH⁻¹W)⁻¹Wᵀy with y = H⁻¹g. Row i owns K columns of W, Fᵢ ⊗ xᵢ with Aᵢ = FᵢFᵢᵀ and
 * F = diag(√p) − p√pᵀ (logistic: √α).
 */
function woodburyStep(model: FittedModel, rows: Int32Array, gathered: Matrix, gradient: Float64Array): Float64Array {
  const { problem, linalg } = model;
  const { factor: whole } = exactOf(model);
  const p = problem.parameters;
  const m = rows.length * problem.outputs;
  const roots = curvatureRoots(model, rows, gathered);
  const columns = new Float64Array(p * m);
  for (let c = 0; c < m; c++) for (let at = 0; at < p; at++) columns[at * m + c] = roots[c * p + at];
  const solvedColumns = linalg.choleskySolve(whole, { rows: p, columns: m, data: columns }).data;
  const solved = new Float64Array(m * p);
  for (let c = 0; c < m; c++) for (let at = 0; at < p; at++) solved[c * p + at] = solvedColumns[at * m + c];
  const capacitance = new Float64Array(m * m);
  for (let c = 0; c < m; c++) capacitance[c * m + c] = 1;
  addProductTransposed(-1, m, m, p, roots, 0, p, solved, 0, p, capacitance, 0, m);
  const factor = factorOrExplain(model, { rows: m, columns: m, data: capacitance }, rows.length);
  const apply = (v: Float64Array): Float64Array => {
    const y = linalg.choleskySolve(whole, { rows: p, columns: 1, data: v }).data;
    const inner = new Float64Array(m);
    addProductTransposed(1, m, 1, p, roots, 0, p, y, 0, p, inner, 0, 1);
    const weights = linalg.choleskySolve(factor, { rows: m, columns: 1, data: inner }).data;
    for (let c = 0; c < m; c++) for (let at = 0; at < p; at++) y[at] += solved[c * p + at] * weights[c];
    return y;
  };
  const remaining = { ...problem, weights: withoutRows(problem.weights, rows) };
  if (linalg.precision === 'float64') return apply(gradient);
  const right = { rows: 1, columns: p, data: gradient };
  const one = (b: Matrix): Matrix => ({ rows: 1, columns: p, data: apply(b.data) });
  return refineSolutions({ problem: remaining, linalg, logits: model.logits }, one, right).data;
}

function scalarRoot(kind: 'logistic' | 'ridge', z: number): number {
  return kind === 'logistic' ? Math.sqrt(logisticCurvature(z)) : 1;
}

function exactOf({ exact, problem }: FittedModel): ExactHessian {
  if (exact === undefined) throw new BugError(`H of order ${problem.parameters} was not formed.`);
  return exact;
}

/** m×p: the columns of W as rows. */
function curvatureRoots(model: FittedModel, rows: Int32Array, gathered: Matrix): Float64Array {
  const { problem, logits } = model;
  const { outputs, parameters: p } = problem;
  const d = gathered.columns;
  const roots = new Float64Array(rows.length * outputs * p);
  const probabilities = new Float64Array(outputs);
  for (let s = 0; s < rows.length; s++) {
    const x = gathered.data.subarray(s * d, (s + 1) * d);
    const from = rows[s] * outputs;
    const weight = Math.sqrt(problem.weights[rows[s]]);
    if (problem.kind === 'softmax') fillSoftmax(logits, from, outputs, probabilities, 0);
    for (let b = 0; b < outputs; b++) {
      for (let a = 0; a < outputs; a++) {
        const root =
          problem.kind !== 'softmax'
            ? scalarRoot(problem.kind, logits[from])
            : Math.sqrt(probabilities[b]) * (a === b ? complement(probabilities, 0, outputs, a) : -probabilities[a]);
        const at = (s * outputs + b) * p + a * d;
        for (let j = 0; j < d; j++) roots[at + j] = weight * root * x[j];
      }
    }
  }
  return roots;
}

function factorOrExplain(model: FittedModel, matrix: Matrix, count: number): CholeskyFactor {
  try {
    return model.linalg.cholesky(matrix);
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    throw new NumericalError(
      `Without these ${count} rows the head is not determined at λ = ${model.problem.l2.toPrecision(3)}: the Newton step does ` +
        `not exist (condition estimate of the full fit ${model.conditionEstimate.toExponential(1)}). Remove fewer rows, or retrain.`,
      { details: { l2: model.problem.l2, conditionEstimate: model.conditionEstimate, rows: count }, cause: error },
    );
  }
}

/** Copy of the weights with 0 for `rows`. */
export function withoutRows(weights: Float64Array, rows: Int32Array): Float64Array {
  const out = weights.slice();
  for (const row of rows) out[row] = 0;
  return out;
}

/** With an unpenalised intercept a class that loses its last row has no finite optimum. */
function requireNoLostClass(problem: HeadProblem, rows: Int32Array): void {
  if (problem.unpenalised.length === 0 || problem.kind === 'ridge') return;
  const left = new Float64Array(problem.classes);
  for (let i = 0; i < problem.weights.length; i++)
    if (problem.weights[i] !== 0) left[problem.labels[i]] += problem.weights[i];
  const before = left.slice();
  for (const row of rows) left[problem.labels[row]] -= problem.weights[row];
  const lost = left.findIndex((weight, c) => weight <= 0 && before[c] > 0);
  if (lost < 0) return;
  throw new NumericalError(
    `Removing these rows would leave class number ${lost + 1} without a training row; the Newton step then has no finite answer.`,
    { details: { class: lost, l2: problem.l2, conditionEstimate: Number.NaN } },
  );
}

/**
 * Σ (r_old − r_new) ⊗ xᵢ over relabelled rows (r = p − e_y, so r_old − r_new = e_new − e_old): what the change of labels takes off
 * the gradient of the objective. The first-order change of θ̂ is H⁻¹ times it.
 */
export function relabelGradient(model: FittedModel, rows: Int32Array, labels: RowLabels): Float64Array {
  const { problem } = model;
  const { outputs } = problem;
  const d = problem.features.columns;
  const sum = new Float64Array(problem.parameters);
  const gathered = gatherRows(problem.features, rows);
  const difference = new Float64Array(outputs);
  for (let s = 0; s < rows.length; s++) {
    const weight = problem.weights[rows[s]];
    difference.fill(0);
    if (problem.kind !== 'softmax') {
      difference[0] = weight * (labels[s] - problem.labels[rows[s]]);
    } else {
      difference[labels[s]] += weight;
      difference[problem.labels[rows[s]]] -= weight;
    }
    addOuter(sum, difference, 0, gathered, s, outputs, d);
  }
  return sum;
}
