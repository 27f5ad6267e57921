import { rowsOfWeight } from '../../base/weights';
import type { ClimbOptions, EmStep } from './climb';
import { climb } from './climb';
import type { Expert } from './experts';

/** Some 10 to 40 passes are needed. */
const limits: ClimbOptions = { passes: 300, tolerance: 1e-8 };

/**
 * Weights on the simplex that maximise the log-likelihood of the given labels, Σᵢ log Σₑ wₑPₑ(yᵢ), over the rows of
 * weight 1 (docs/mathematics.md, "Suspicion", 2), by accelerated EM (climb.ts): wₑ ← mean of wₑPₑ(yᵢ)/Σ wP. Concave:
 * the start does not matter. O(rows·experts) a pass.
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
  const rows = rowsOfWeight(weights);
  const likelihoods = new Float64Array(rows.length * count);
  experts.forEach(({ probabilities }, e) =>
    fillLikelihoods(probabilities, rows, labels, classes, count, e, likelihoods),
  );
  const step: EmStep = (from, to) => {
    onStep?.();
    return emStep(likelihoods, from, to);
  };
  climb(w, step, limits);
  return w;
}

/** Probabilities of the given labels of `rows`, into every `count`-th place from `at` on. */
function fillLikelihoods(
  probabilities: Float32Array,
  rows: Int32Array,
  labels: Int32Array,
  classes: number,
  count: number,
  at: number,
  to: Float64Array,
): void {
  for (let k = 0; k < rows.length; k++) to[k * count + at] = probabilities[rows[k] * classes + labels[rows[k]]];
}

function emStep(likelihoods: Float64Array, from: Float64Array, to: Float64Array): number {
  const count = from.length;
  to.fill(0);
  let logs = 0;
  // A logarithm takes as long as the rest: one for as many factors as cannot underflow.
  let product = 1;
  for (let at = 0; at < likelihoods.length; at += count) {
    let mixture = 0;
    for (let e = 0; e < count; e++) mixture += from[e] * likelihoods[at + e];
    product *= mixture;
    if (product < 1e-200) {
      logs += Math.log(product);
      product = 1;
    }
    const share = 1 / mixture;
    for (let e = 0; e < count; e++) to[e] += likelihoods[at + e] * share;
  }
  const rows = likelihoods.length / count;
  for (let e = 0; e < count; e++) to[e] *= from[e] / rows;
  return logs + Math.log(product);
}

/** n×C: Σₑ wₑPₑ. */
export function mixExperts(experts: readonly Expert[], weights: Float64Array): Float32Array {
  const sums = new Float64Array(experts[0].probabilities.length);
  experts.forEach(({ probabilities }, e) => addScaled(sums, weights[e], probabilities));
  return new Float32Array(sums);
}

function addScaled(to: Float64Array, factor: number, from: Float32Array): void {
  for (let at = 0; at < to.length; at++) to[at] += factor * from[at];
}
