import type { Matrix } from '../../base/matrix';
import { addScaled, relativeDistance } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { multiplyHessian } from '../../models/curvature/headHessian';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import { solveHessian } from '../fittedModel';
import { createRowSolver } from '../rows/rowSolver';
import type { RemovalMethod, RidgeConvention } from './removalTypes';
import type { RemovedHessianSolver } from './removedHessian';
import { createRemovedHessian } from './removedHessian';
import { forEachGatheredBlock, ridgePull, weightOfRows } from './removedRows';

interface RemovalOptions {
  readonly method: RemovalMethod;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /**
   * How RIF treats the λθ̂ that the `mean` convention adds to a row's gradient. `released` (default for heads of one
   * output): (H⁻¹(gᵢ + λθ̂))/(1 − hᵢ), what the RIF authors' code computes; it stretches λθ̂ along with the gradient.
   * `exact` (always for softmax, which their code does not have): (H − Hᵢ)⁻¹(gᵢ + λθ̂), which rescales only the part of
   * λθ̂ along the row. They differ by hᵢ/(1 − hᵢ) of H⁻¹λθ̂, less that part.
   */
  readonly meanRescaling?: 'released' | 'exact' | undefined;
  /** How the Newton step is solved; default: the cheapest. For tests. */
  readonly newtonSolver?: RemovedHessianSolver | undefined;
  /** Measure the residual of the solve: one more pass over the rows, O(n·d·K). */
  readonly residual?: boolean | undefined;
  readonly onBlock?: OnBlock | undefined;
}

export interface RemovalChange {
  /** Δ, p numbers. */
  readonly change: Float64Array;
  /**
   * ‖HΔ − b‖₂/‖b‖₂ of the system solved (Newton: with H − H_S), in float64 through X; NaN where it was not asked for or
   * b is 0.
   */
  readonly residual: number;
  /** Largest leverage in the set; NaN for an empty set. */
  readonly maxLeverage: number;
}

/**
 * Estimated change of θ̂ when the training rows `rows` (distinct) are removed: Σ H⁻¹wᵢgᵢ (`if`), Σ (H −
 * wᵢHᵢ)⁻¹wᵢgᵢ (`rif`) or (H − H_S)⁻¹Σwᵢgᵢ (`newton`), with gᵢ + λθ̂ for gᵢ in the `mean` convention (the Newton step
 * then takes Σ_S wᵢ·λI off the ridge too). For the ridge head RIF of one row and the Newton step of any set are exact.
 * O(|S|·K²d²/2 + p²), Newton + what `createRemovedHessian` says. The set may be most of the rows: they are read in
 * blocks. Source: Rubinstein & Hopkins 2025 (arXiv 2506.06656); Koh & Liang 2017.
 * @throws NumericalError when the Newton step does not exist.
 */
export function estimateRemovalChange(model: FittedModel, rows: Int32Array, options: RemovalOptions): RemovalChange {
  const { problem } = model;
  const { outputs, parameters: p } = problem;
  const d = problem.features.columns;
  const { method, onBlock } = options;
  if (rows.length === 0) return { change: new Float64Array(p), residual: Number.NaN, maxLeverage: Number.NaN };
  const mean = options.ridgeConvention === 'mean';
  const pull = mean ? ridgePull(model) : undefined;
  const released = mean && problem.kind !== 'softmax' && options.meanRescaling !== 'exact';
  const pulled = pull && solveHessian(model, pull, onBlock);
  const pullInCoefficients = method === 'rif' && !released ? pulled : undefined;
  const gradient = new Float64Array(p);
  const removedWeight = weightOfRows(problem, rows);
  let maxLeverage = 0;
  let scales = 0;
  forEachGatheredBlock(problem.features, rows, (part, gathered) => {
    const found = rowCoefficients(model, part, gathered, method, pullInCoefficients, onBlock);
    for (let s = 0; s < part.length; s++) addOuter(gradient, found.coefficients, s * outputs, gathered, s, outputs, d);
    maxLeverage = Math.max(maxLeverage, found.maxLeverage);
    scales += found.scaleSum;
  });
  if (method === 'newton') {
    const removed = createRemovedHessian(model, rows, {
      ridgeConvention: options.ridgeConvention,
      solver: options.newtonSolver,
      onBlock,
    });
    if (pull !== undefined) addScaled(gradient, removedWeight, pull);
    const change = removed.solve(gradient);
    return {
      change,
      residual: options.residual === true ? residualOf(model, removed.problem, change, gradient, onBlock) : Number.NaN,
      maxLeverage,
    };
  }
  const change = solveHessian(model, gradient, onBlock);
  const residual = options.residual === true ? residualOf(model, problem, change, gradient, onBlock) : Number.NaN;
  if (pulled !== undefined) {
    const pulls = released && method === 'rif' ? scales : removedWeight;
    addScaled(change, pulls, pulled);
  }
  return { change, residual, maxLeverage };
}

function residualOf(
  { linalg, logits }: FittedModel,
  problem: HeadProblem,
  change: Float64Array,
  right: Float64Array,
  onBlock?: OnBlock,
): number {
  return relativeDistance(multiplyHessian(problem, logits, change, linalg, onBlock), right);
}

/** What the sums over a set are made of. */
interface RowCoefficients {
  /** |S|×K: wᵢrᵢ for IF and Newton, wᵢsᵢ for RIF. */
  readonly coefficients: Float64Array;
  readonly maxLeverage: number;
  /** Σ wᵢ/(1 − hᵢ) over the rows of a head of one output. */
  readonly scaleSum: number;
}

/**
 * The coefficients of rows whose features are `gathered`. With `pulled` = H⁻¹v the RIF coefficients are those of (H −
 * wᵢHᵢ)⁻¹wᵢ(gᵢ + v) less wᵢH⁻¹v itself. O(|S|·K²d²/2).
 */
export function rowCoefficients(
  model: FittedModel,
  rows: Int32Array,
  gathered: Matrix,
  method: RemovalMethod,
  pulled?: Float64Array,
  onBlock?: OnBlock,
): RowCoefficients {
  const { problem, logits, linalg } = model;
  const { outputs } = problem;
  const d = gathered.columns;
  const blocks = linalg.loadRows(gathered);
  const coefficients = new Float64Array(rows.length * outputs);
  let maxLeverage = 0;
  let scaleSum = 0;
  try {
    const weights = Float64Array.from(rows, (row) => problem.weights[row]);
    const forms = model.forms.compute(blocks, weights, onBlock);
    const solver = createRowSolver(problem);
    const pull = pulled === undefined ? undefined : new Float64Array(outputs);
    for (let s = 0; s < rows.length; s++) {
      const row = rows[s];
      if (pull !== undefined && pulled !== undefined) {
        for (let c = 0; c < outputs; c++) {
          pull[c] = 0;
          for (let j = 0; j < d; j++) pull[c] += gathered.data[s * d + j] * pulled[c * d + j];
          pull[c] *= weights[s];
        }
      }
      solver.solve(logits, row * outputs, problem.labels[row], forms, s, pull);
      const found = method === 'rif' ? solver.coefficients : solver.residual;
      for (let c = 0; c < outputs; c++) coefficients[s * outputs + c] = weights[s] * found[c];
      maxLeverage = Math.max(maxLeverage, solver.leverage);
      scaleSum += weights[s] / (1 - solver.leverage);
      if (s % 1024 === 1023) onBlock?.(s, rows.length);
    }
  } finally {
    blocks.dispose();
  }
  return { coefficients, maxLeverage, scaleSum };
}

/**
 * Δ of each row by itself, |S|×p, by IF or RIF (`fixed` convention): one solve for all of them. For few rows, as |S|·p
 * numbers are held. O(|S|·(K²d²/2 + p²)).
 */
export function computeRowChanges(
  model: FittedModel,
  rows: Int32Array,
  method: 'if' | 'rif',
  onBlock?: OnBlock,
): Matrix {
  const { outputs, parameters: p, features } = model.problem;
  const data = new Float64Array(rows.length * p);
  if (rows.length === 0) return { rows: 0, columns: p, data };
  forEachGatheredBlock(features, rows, (part, gathered, first) => {
    const { coefficients } = rowCoefficients(model, part, gathered, method, undefined, onBlock);
    for (let s = 0; s < part.length; s++) {
      const gradient = data.subarray((first + s) * p, (first + s + 1) * p);
      addOuter(gradient, coefficients, s * outputs, gathered, s, outputs, features.columns);
    }
  });
  return model.inverse.solve({ rows: rows.length, columns: p, data }, { residuals: false, onBlock }).vectors;
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

/** The leverage of single rows, in the order given. O(|S|·K²d²/2). */
export function leverageOfRows(model: FittedModel, rows: Int32Array, onBlock?: OnBlock): Float64Array {
  const { problem, logits, linalg } = model;
  const leverage = new Float64Array(rows.length);
  const solver = createRowSolver(problem);
  forEachGatheredBlock(problem.features, rows, (part, gathered, first) => {
    const blocks = linalg.loadRows(gathered);
    try {
      const weights = Float64Array.from(part, (row) => problem.weights[row]);
      const forms = model.forms.compute(blocks, weights, onBlock);
      for (let s = 0; s < part.length; s++) {
        solver.solve(logits, part[s] * problem.outputs, problem.labels[part[s]], forms, s);
        leverage[first + s] = solver.leverage;
      }
    } finally {
      blocks.dispose();
    }
  });
  return leverage;
}
