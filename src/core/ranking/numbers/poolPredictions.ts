import { solveSmall } from './solveSmall';

/** Degrees of freedom of the Student distribution whose likelihood the weights maximise: gross errors count little. */
const freedom = 3;
const rounds = 30;
/** Added to the diagonal, relative to it: experts that say the same share their weight. */
const sharing = 1e-6;

/**
 * Weights ≥ 0 with sum 1 of the experts' predictions, such that the labels are likeliest around the weighted mean by a
 * Student distribution with three degrees of freedom and one scale (EM: reweighted least squares, each over the simplex
 * exactly). Deterministic; O(rounds·n·E² + rounds·2ᴱ·E³), E ≤ 5.
 *
 * @param predictions E arrays of n numbers
 * @param train n: rows whose label is looked at
 */
export function poolWeights(
  predictions: readonly Float64Array[],
  targets: Float64Array,
  train: Float64Array,
  onRound?: () => void,
): Float64Array {
  const E = predictions.length;
  let weights: Float64Array = new Float64Array(E).fill(1 / E);
  if (E === 1) return weights;
  const residuals = residualsOf(predictions, targets, train);
  const rows = residuals[0].length;
  const importance = new Float64Array(rows).fill(1);
  let variance = weightImportance(residuals, weights, importance, Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    const gram = gramOf(residuals, importance);
    weights = leastOnSimplex(gram, E);
    variance = weightImportance(residuals, weights, importance, variance);
    onRound?.();
  }
  return weights;
}

/** Σ wₑ predictionsₑ of every row. */
export function poolPredictions(predictions: readonly Float64Array[], weights: Float64Array): Float64Array {
  const pooled = new Float64Array(predictions[0].length);
  predictions.forEach((values, e) => {
    if (weights[e] === 0) return;
    for (let i = 0; i < pooled.length; i++) pooled[i] += weights[e] * values[i];
  });
  return pooled;
}

/** Target − prediction of each expert, in the rows that are looked at. */
function residualsOf(predictions: readonly Float64Array[], targets: Float64Array, train: Float64Array): Float64Array[] {
  const rows = Int32Array.from(train.keys()).filter((row) => train[row] !== 0);
  return predictions.map((values) => Float64Array.from(rows, (row) => targets[row] - values[row]));
}

/**
 * How much each row counts, (ν + 1)/(ν + r²/s²), into `importance`; s² of the distribution for the residuals of the
 * weighted mean, from a variance before it (∞ = plain).
 */
function weightImportance(
  residuals: readonly Float64Array[],
  weights: Float64Array,
  importance: Float64Array,
  before: number,
): number {
  const rows = importance.length;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let residual = 0;
    for (let e = 0; e < residuals.length; e++) residual += weights[e] * residuals[e][i];
    importance[i] = residual * residual;
    sum += before === Number.POSITIVE_INFINITY ? importance[i] : (freedom + 1) / (freedom / importance[i] + 1 / before);
  }
  // Predictions that hit every label leave nothing to weigh.
  const variance = Math.max(sum / rows, Number.MIN_VALUE);
  for (let i = 0; i < rows; i++) importance[i] = (freedom + 1) / (freedom + importance[i] / variance);
  return variance;
}

/** E×E: Σ uᵢ rₑᵢ r_fᵢ, lower triangle and mirror. */
function gramOf(residuals: readonly Float64Array[], importance: Float64Array): Float64Array {
  const E = residuals.length;
  const gram = new Float64Array(E * E);
  for (let e = 0; e < E; e++) {
    for (let f = 0; f <= e; f++) {
      const value = weightedDot(residuals[e], residuals[f], importance);
      gram[e * E + f] = value;
      gram[f * E + e] = value;
    }
  }
  for (let e = 0; e < E; e++) gram[e * E + e] *= 1 + sharing;
  return gram;
}

function weightedDot(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += weights[i] * a[i] * b[i];
  return sum;
}

/**
 * The w ≥ 0 with Σ w = 1 of the least wᵀQw: of every set of experts the one with w ∝ Q⁻¹1 there, as far as it has no
 * negative weight; the least of these.
 */
export function leastOnSimplex(gram: Float64Array, E: number): Float64Array {
  let best = new Float64Array(E);
  let least = Number.POSITIVE_INFINITY;
  for (let set = 1; set < 2 ** E; set++) {
    const members = Array.from({ length: E }, (_, e) => e).filter((e) => (set >> e) & 1);
    const solved = solveSmall(members.map((e) => [...members.map((f) => gram[e * E + f]), 1]));
    if (solved === null || solved.some((value) => value < 0)) continue;
    const sum = solved.reduce((a, b) => a + b, 0);
    // wᵀQw of w = Q⁻¹1 / 1ᵀQ⁻¹1.
    const value = 1 / sum;
    if (!(value < least)) continue;
    least = value;
    best = new Float64Array(E);
    members.forEach((e, at) => (best[e] = solved[at] / sum));
  }
  if (least === Number.POSITIVE_INFINITY) best.fill(1 / E);
  return best;
}
