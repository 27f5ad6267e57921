import type { Matrix } from '../base/matrix';
import type { Random } from '../base/random';
import { drawNormals } from '../base/random';
import type { HeadProblem } from './headProblem';

/**
 * The gauge of the softmax head. Its loss sees differences between the classes' logits only: one a ∈ ℝᵈ added to θ_c of
 * every class c changes no probability, so that the C·d parameters describe (C − 1)·d. Where the ridge penalises every
 * feature it prefers Σ_c θ_c = 0 among all θ of the same loss; of an unpenalised feature nothing else holds the sum. So
 * θ̂ is taken there, and what follows from the loss is there of itself: gradients, H·v, solutions of H with gradients
 * and changes of a fit sum to zero over the classes, feature by feature.
 *
 * Estimates, random vectors and rounded numbers do not, and have to be brought back by the projection v_c ← v_c −
 * (1/C)·Σ_b v_b. H itself is singular along the gauge, or held by the ridge alone; γuuᵀ there makes it invertible
 * without changing any answer.
 */

/**
 * Projects the rows of an m×p matrix (p = K·d, class-major) off the gauge, in place. Nothing to do for one output.
 * Columns of a p×k matrix are projected by the same with k·d for d. O(m·p).
 */
export function removeGauge(data: Float64Array, outputs: number, d: number): void {
  if (outputs === 1) return;
  const p = outputs * d;
  for (let from = 0; from < data.length; from += p) {
    for (let j = from; j < from + d; j++) {
      let mean = 0;
      for (let c = 0; c < outputs; c++) mean += data[j + c * d] / outputs;
      for (let c = 0; c < outputs; c++) data[j + c * d] -= mean;
    }
  }
}

/** m random normal vectors of p numbers without a component along the gauge. */
export function drawOffGauge(m: number, outputs: number, d: number, random: Random): Matrix {
  const p = outputs * d;
  const data = drawNormals(random, m * p);
  removeGauge(data, outputs, d);
  return { rows: m, columns: p, data };
}

/**
 * Adds γuuᵀ to H (p×p, in place) for the direction u along the gauge of each feature of a softmax head, γ of the size
 * of H's own entries there. O(d·C²).
 */
export function holdGauge(
  { kind, outputs, parameters: p }: Pick<HeadProblem, 'kind' | 'outputs' | 'parameters'>,
  hessian: Float64Array,
): void {
  if (kind !== 'softmax') return;
  const d = p / outputs;
  for (let j = 0; j < d; j++) {
    let trace = 0;
    for (let c = 0; c < outputs; c++) trace += hessian[(c * d + j) * p + c * d + j];
    const gamma = trace > 0 ? trace / (outputs * outputs) : 1;
    for (let a = 0; a < outputs; a++) {
      for (let b = 0; b < outputs; b++) hessian[(a * d + j) * p + b * d + j] += gamma;
    }
  }
}
