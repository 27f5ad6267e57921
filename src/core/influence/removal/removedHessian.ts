import { NumericalError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import { countOfWeight } from '../../base/weights';
import type { CholeskyFactor, OnBlock } from '../../linalg/linearAlgebra';
import { computeCurvature, computeHessian } from '../../models/curvature/headHessian';
import type { HeadProblem } from '../../models/headProblem';
import type { ExactHessian, FittedModel } from '../fittedModel';
import { createCholeskyInverse, refineSolutions } from '../ihvp/choleskyInverse';
import { createConjugateInverse } from '../ihvp/conjugateInverse';
import { solveOne } from '../ihvp/inverseHessian';
import { curvatureRoots } from './curvatureRoots';
import type { RidgeConvention } from './removalTypes';
import { forEachGatheredBlock, problemWithout, requireNoLostClass } from './removedRows';

export type RemovedHessianSolver = 'woodbury' | 'direct' | 'cg';

/** H − H_S at θ̂ (`mean`: less Σ_S wᵢ·λI on penalised features), ready to be solved with. */
interface RemovedHessian {
  readonly method: RemovedHessianSolver;
  /** The problem without the rows. */
  readonly problem: HeadProblem;
  /** (H − H_S)⁻¹g. */
  solve(g: Float64Array): Float64Array;
}

interface RemovedHessianOptions {
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /** Default: the cheapest. */
  readonly solver?: RemovedHessianSolver | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * Prepares H − H_S for the Newton step of a removal and for unlearning. Woodbury for small sets (never when |S|·K ≥ p):
 * O(p²·|S|K + p·(|S|K)²). Else direct: the curvature of the removed or of the kept rows, whichever are fewer,
 * O(min(|S|, n − |S|)·d²K²/4), and a factor, O(p³/3). In the `mean` convention the ridge changes with every row, which
 * is not a change of low rank: always direct. Heads too large to form H: conjugate gradients on the edited problem,
 * preconditioned by the curvature bound of the rows that are left; some dozens of passes, O(n·d·K) each.
 * @throws NumericalError when H − H_S is singular, a class loses its last row, or conjugate gradients do not converge.
 */
export function createRemovedHessian(
  model: FittedModel,
  rows: Int32Array,
  options: RemovedHessianOptions = {},
): RemovedHessian {
  requireNoLostClass(model.problem, rows);
  const { exact } = model;
  const problem = problemWithout(model.problem, rows, options.ridgeConvention);
  if (exact === undefined || options.solver === 'cg') return matrixFree(model, problem, options.onBlock);
  const solver = options.solver ?? (options.ridgeConvention === 'mean' ? 'direct' : cheapestSolver(model, rows.length));
  return solver === 'woodbury'
    ? woodbury(model, exact, rows, problem, options.onBlock)
    : direct(model, exact, rows, problem, options.onBlock);
}

/** By multiply-adds. */
function cheapestSolver({ problem }: FittedModel, count: number): RemovedHessianSolver {
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const m = count * outputs;
  if (m >= p) return 'direct';
  const pairs = outputs === 1 ? 1 : (outputs * (outputs - 1)) / 2;
  const byWoodbury = p * p * m + p * m * m + m ** 3 / 6;
  const byFactor = Math.min(count, countOfWeight(problem.weights) - count) * d * d * pairs + p ** 3 / 6;
  return byWoodbury < byFactor ? 'woodbury' : 'direct';
}

function matrixFree({ linalg, logits }: FittedModel, problem: HeadProblem, onBlock?: OnBlock): RemovedHessian {
  const inverse = createConjugateInverse({ problem, linalg, logits }, { preconditioner: 'bound', onBlock });
  return { method: 'cg', problem, solve: (g) => solveOne(inverse, g, onBlock) };
}

/** H − H_S itself, factorised. */
function direct(
  model: FittedModel,
  exact: ExactHessian,
  rows: Int32Array,
  remaining: HeadProblem,
  onBlock?: OnBlock,
): RemovedHessian {
  const { problem, linalg, logits } = model;
  const few = rows.length <= countOfWeight(problem.weights) / 2;
  const matrix = few
    ? subtractRows(model, exact, rows, remaining, onBlock)
    : computeHessian(remaining, logits, linalg, onBlock);
  const factor = factorOrExplain(model, matrix, rows.length, onBlock);
  const inverse = createCholeskyInverse({ problem: remaining, linalg, logits }, factor);
  return { method: 'direct', problem: remaining, solve: (g) => solveOne(inverse, g, onBlock) };
}

/** H less the curvature of the removed rows and what the ridge loses. */
function subtractRows(
  model: FittedModel,
  { hessian }: ExactHessian,
  rows: Int32Array,
  remaining: HeadProblem,
  onBlock?: OnBlock,
): Matrix {
  const { problem, linalg, logits } = model;
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const data = hessian.data.slice();
  forEachGatheredBlock(problem.features, rows, (part, gathered) => {
    const blocks = linalg.loadRows(gathered);
    const ownLogits = gatherRows({ rows: problem.features.rows, columns: outputs, data: logits }, part).data;
    const weights = Float64Array.from(part, (row) => problem.weights[row]);
    try {
      // Curvature reads no labels.
      const own = { ...problem, features: gathered, rows: blocks, weights, labels: new Int32Array(part.length) };
      const removed = computeCurvature(own, ownLogits, linalg, onBlock);
      for (let at = 0; at < data.length; at++) data[at] -= removed.data[at];
    } finally {
      blocks.dispose();
    }
  });
  for (let at = 0; at < p; at++) data[at * p + at] += remaining.ridge[at % d] - problem.ridge[at % d];
  return { rows: p, columns: p, data };
}

/** (H − WWᵀ)⁻¹g = y + H⁻¹W(I − WᵀH⁻¹W)⁻¹Wᵀy with y = H⁻¹g and H_S = WWᵀ, W p×|S|K. */
function woodbury(
  model: FittedModel,
  { factor: whole }: ExactHessian,
  rows: Int32Array,
  remaining: HeadProblem,
  onBlock?: OnBlock,
): RemovedHessian {
  const { linalg, logits } = model;
  const p = remaining.parameters;
  const m = rows.length * remaining.outputs;
  const roots = curvatureRoots(model, rows);
  const solved = linalg.choleskySolve(whole, roots, onBlock);
  const rootRows = linalg.loadRows(roots);
  const capacitance = linalg.transposeMultiply(rootRows, solved, onBlock);
  rootRows.dispose();
  for (let at = 0; at < m * m; at++) capacitance.data[at] = -capacitance.data[at];
  for (let c = 0; c < m; c++) capacitance.data[c * m + c] += 1;
  const factor = factorOrExplain(model, capacitance, rows.length, onBlock);
  const apply = (v: Float64Array): Float64Array => {
    const y = linalg.choleskySolve(whole, { rows: p, columns: 1, data: v }, onBlock).data;
    const inner = new Float64Array(m);
    for (let at = 0; at < p; at++) for (let c = 0; c < m; c++) inner[c] += roots.data[at * m + c] * y[at];
    const weights = linalg.choleskySolve(factor, { rows: m, columns: 1, data: inner }, onBlock).data;
    for (let at = 0; at < p; at++) {
      let sum = 0;
      for (let c = 0; c < m; c++) sum += solved.data[at * m + c] * weights[c];
      y[at] += sum;
    }
    return y;
  };
  const solve = (g: Float64Array): Float64Array => {
    if (linalg.precision === 'float64') return apply(g);
    const one = (b: Matrix): Matrix => ({ rows: 1, columns: p, data: apply(b.data) });
    return refineSolutions({ problem: remaining, linalg, logits }, one, { rows: 1, columns: p, data: g }, onBlock).data;
  };
  return { method: 'woodbury', problem: remaining, solve };
}

function factorOrExplain(model: FittedModel, matrix: Matrix, count: number, onBlock?: OnBlock): CholeskyFactor {
  try {
    return model.linalg.cholesky(matrix, onBlock);
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    throw new NumericalError(
      `Without these ${count} rows the head is not determined at λ = ${model.problem.l2.toPrecision(3)}: the Newton step does ` +
        `not exist (condition estimate of the full fit ${model.conditionEstimate.toExponential(1)}). Remove fewer rows, or retrain.`,
      { details: { l2: model.problem.l2, conditionEstimate: model.conditionEstimate, rows: count }, cause: error },
    );
  }
}
