import type { Expert } from './experts';

const largestStepCount = 500;
const tolerance = 1e-9;

/**
 * Weights on the simplex that maximise the log-likelihood of the given labels, Σᵢ log Σₑ wₑPₑ(yᵢ), over the rows of weight 1, by
 * EM (science.md, "The default suspicion ranking", 2). Concave: the start does not matter. O(rows·experts) a step.
 */
export function fitExpertWeights(
  experts: readonly Expert[],
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: () => void,
): Float64Array {
  const count = experts.length;
  const w = new Float64Array(count).fill(1 / count);
  if (count === 1) return w;
  const rows: number[] = [];
  for (let i = 0; i < labels.length; i++) if (weights[i] !== 0) rows.push(i);
  const likelihoods = new Float64Array(rows.length * count);
  rows.forEach((row, at) => {
    for (let e = 0; e < count; e++) likelihoods[at * count + e] = experts[e].probabilities[row * classes + labels[row]];
  });
  const sums = new Float64Array(count);
  for (let step = 0; step < largestStepCount; step++) {
    sums.fill(0);
    for (let at = 0; at < rows.length; at++) {
      let mixture = 0;
      for (let e = 0; e < count; e++) mixture += w[e] * likelihoods[at * count + e];
      for (let e = 0; e < count; e++) sums[e] += (w[e] * likelihoods[at * count + e]) / mixture;
    }
    let moved = 0;
    for (let e = 0; e < count; e++) {
      const next = sums[e] / rows.length;
      moved = Math.max(moved, Math.abs(next - w[e]));
      w[e] = next;
    }
    onStep?.();
    if (moved < tolerance) break;
  }
  return w;
}

/** n×C: Σₑ wₑPₑ. */
export function mixExperts(experts: readonly Expert[], weights: Float64Array): Float32Array {
  const mixture = new Float32Array(experts[0].probabilities.length);
  for (let at = 0; at < mixture.length; at++) {
    let sum = 0;
    for (let e = 0; e < experts.length; e++) sum += weights[e] * experts[e].probabilities[at];
    mixture[at] = sum;
  }
  return mixture;
}
