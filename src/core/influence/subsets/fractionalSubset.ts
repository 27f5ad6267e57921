import { InputError } from '../../base/errors';
import { dot } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { applyCurvature } from '../../models/curvature/headHessian';
import { fillResidual, parametersAsColumns } from '../../models/evaluateHead';
import { fillSoftmax, logisticCurvature } from '../../models/rowMath';
import type { FittedModel } from '../fittedModel';
import { solveHessian } from '../fittedModel';
import type { SetDirection } from './rankRowsByEffect';
import { topPlaces } from './rankRowsByEffect';

/** Dinkelbach's iterations are few (superlinear); this many mean a bug. */
const largestIterationCount = 100;
const rowsBetweenReports = 4096;

/** A set that is the best of all sets of its size for a linear-fractional target. */
interface FractionalSubset {
  readonly rows: Int32Array;
  /** The linear-fractional effect of the set: see {@link findFractionalSubset}. */
  readonly effect: number;
  readonly iterations: number;
  /** Whether the linear-fractional effect *is* the effect of retraining: a ridge head with one parameter. */
  readonly exactForRetraining: boolean;
}

/** The parts of the linear-fractional effect: effect(S) = total·Σ_S numerators / (total − Σ_S denominators). */
interface FractionalParts {
  /** ∇fᵀH⁻¹∇f. */
  readonly total: number;
  /** n: wᵢgᵢᵀH⁻¹∇f, the row's IF effect; NaN for rows off the training set. */
  readonly numerators: Float64Array;
  /** n: wᵢuᵀHᵢu ≥ 0 with u = H⁻¹∇f: the row's leverage along u, times `total`. */
  readonly denominators: Float64Array;
}

/**
 * The Newton step restricted to the line θ̂ + t·u, u = H⁻¹∇f, without the rows S: t = Σ_S wᵢgᵢᵀu / (uᵀHu − Σ_S
 * wᵢuᵀHᵢu), a change of f by ∇fᵀu·t. One pass over the rows, O(n·d·K + p²).
 */
export function fractionalParts(model: FittedModel, gradient: Float64Array, onBlock?: OnBlock): FractionalParts {
  const { problem, linalg, logits } = model;
  const { outputs, weights, labels, kind } = problem;
  const n = problem.features.rows;
  const direction = solveHessian(model, gradient, onBlock);
  const total = dot(gradient, direction);
  if (!(total > 0)) {
    throw new InputError('The measurement does not depend on the head here (its gradient is 0): no set moves it.');
  }
  const columns = parametersAsColumns(direction, problem.features.columns);
  const along = linalg.multiply(problem.rows, columns, onBlock).data;
  const numerators = new Float64Array(n).fill(Number.NaN);
  const denominators = new Float64Array(n);
  const residual = new Float64Array(outputs);
  const probabilities = new Float64Array(outputs);
  const curved = new Float64Array(outputs);
  for (let i = 0; i < n; i++) {
    if (i % rowsBetweenReports === rowsBetweenReports - 1) onBlock?.(i, n);
    if (weights[i] === 0) continue;
    fillResidual(problem, logits, i, labels[i], residual, 0);
    const own = along.subarray(i * outputs, (i + 1) * outputs);
    curved.set(own);
    if (kind === 'softmax') {
      fillSoftmax(logits, i * outputs, outputs, probabilities, 0);
      applyCurvature(probabilities, curved, 0, outputs, 1);
    } else if (kind === 'logistic') {
      curved[0] *= logisticCurvature(logits[i]);
    }
    let numerator = 0;
    let denominator = 0;
    for (let c = 0; c < outputs; c++) {
      numerator += residual[c] * own[c];
      denominator += curved[c] * own[c];
    }
    numerators[i] = weights[i] * numerator;
    denominators[i] = weights[i] * denominator;
  }
  return { total, numerators, denominators };
}

/** effect(S). */
export function fractionalEffect({ total, numerators, denominators }: FractionalParts, rows: Int32Array): number {
  let above = 0;
  let below = total;
  for (const row of rows) {
    above += numerators[row];
    below -= denominators[row];
  }
  return (total * above) / below;
}

/**
 * The set of `size` rows with the largest (smallest) linear-fractional effect, **globally**, by Dinkelbach's method:
 * maximise Σ_S (aᵢ + q·bᵢ), a choice of the top rows, and put q = the ratio of that set, until it rises no more. O(n
 * log n) an iteration, a handful of them.
 *
 * Exact for what: the effect maximised is that of the Newton step along the one direction H⁻¹∇f (Frisch–Waugh–Lovell
 * with the other features partialled out once, on all rows; leverages of the set add up in the denominator). It *is*
 * the effect of retraining for a ridge head with one parameter. With more parameters the partialling out would change
 * with the set (the linear head: as far as the set's rows are correlated with the others), and the loss may not be
 * quadratic: the set is then the best for this target, and its Newton step and retraining say how far that carries.
 * Source: Konrad & Kuschnig, ICML 2026, arXiv 2606.05919 (linear-fractional leave-set-out effects, Dinkelbach).
 */
export function findFractionalSubset(
  model: FittedModel,
  gradient: Float64Array,
  options: {
    readonly size: number;
    readonly direction: SetDirection;
    readonly eligible?: ((row: number) => boolean) | undefined;
    readonly onBlock?: OnBlock | undefined;
  },
): FractionalSubset {
  const { size, direction, eligible, onBlock } = options;
  const parts = fractionalParts(model, gradient, onBlock);
  const { total, numerators, denominators } = parts;
  const sign = direction === 'raise' ? 1 : -1;
  const n = numerators.length;
  const scores = new Float64Array(n);
  let rows: Int32Array = new Int32Array(0);
  let ratio = 0;
  let iterations = 0;
  for (;;) {
    iterations++;
    for (let i = 0; i < n; i++) scores[i] = sign * numerators[i] + ratio * denominators[i];
    const found = topPlaces(scores, size, 'raise', eligible);
    const next = (sign * fractionalEffect(parts, found)) / total;
    // The first ratio is a guess, not that of a set.
    const better = iterations === 1 || next > ratio;
    if (better) rows = found;
    if (!better || iterations >= largestIterationCount) break;
    ratio = next;
    onBlock?.(iterations, largestIterationCount);
  }
  const { problem } = model;
  return {
    rows,
    effect: fractionalEffect(parts, rows),
    iterations,
    exactForRetraining: problem.kind === 'ridge' && problem.parameters === 1,
  };
}
