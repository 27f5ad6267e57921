import type { OnBlock } from '../../linalg/linearAlgebra';
import { parametersAsColumns } from '../../models/evaluateHead';
import type { FittedModel } from '../fittedModel';
import { solveHessian } from '../fittedModel';

const rowsBetweenReports = 4096;

/** `raise`: rows whose removal raises the target most; `lower`: those whose removal lowers it most. */
export type SetDirection = 'raise' | 'lower';

/**
 * Linear effect of removing each row alone, n numbers: (xᵢᵀU)·cᵢ with U = H⁻¹∇f and the coefficients cᵢ = rᵢ for IF, sᵢ
 * for RIF; 0 for rows off the training set. O(n·d·K + p²). Positive = removal raises f.
 */
export function effectsOnGradient(
  model: FittedModel,
  gradient: Float64Array,
  coefficients: Float64Array,
  onBlock?: OnBlock,
): Float64Array {
  const { problem, linalg } = model;
  const { outputs } = problem;
  const n = problem.features.rows;
  const direction = solveHessian(model, gradient, onBlock);
  const columns = parametersAsColumns(direction, problem.features.columns);
  const along = linalg.multiply(problem.rows, columns, onBlock).data;
  const effects = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (i % rowsBetweenReports === rowsBetweenReports - 1) onBlock?.(i, n);
    if (problem.weights[i] === 0) continue;
    let sum = 0;
    for (let at = i * outputs; at < (i + 1) * outputs; at++) sum += along[at] * coefficients[at];
    effects[i] = sum;
  }
  return effects;
}

/**
 * Places of the `count` largest scores (smallest for `lower`) among `scores`, best first; of equals the earlier first.
 * NaN and places that `eligible` refuses are left out. O(n log n) with a fast sort of plain numbers.
 */
export function topPlaces(
  scores: Float64Array,
  count: number,
  direction: SetDirection,
  eligible: (at: number) => boolean = () => true,
): Int32Array {
  const sign = direction === 'raise' ? 1 : -1;
  const values = new Float64Array(scores.length);
  let size = 0;
  for (let at = 0; at < scores.length; at++) {
    if (!Number.isNaN(scores[at]) && eligible(at)) values[size++] = sign * scores[at];
  }
  const wanted = Math.min(count, size);
  if (wanted === 0) return new Int32Array(0);
  const sorted = values.subarray(0, size).sort();
  const threshold = sorted[size - wanted];
  let equals = 0;
  for (let at = size - wanted; at < size && sorted[at] === threshold; at++) equals++;
  const places: number[] = [];
  for (let at = 0; at < scores.length; at++) {
    const value = sign * scores[at];
    if (!(value >= threshold) || !eligible(at)) continue;
    if (value === threshold && equals-- <= 0) continue;
    places.push(at);
  }
  return Int32Array.from(places.sort((a, b) => sign * (scores[b] - scores[a]) || a - b));
}
