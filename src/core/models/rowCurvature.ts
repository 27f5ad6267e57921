import type { HeadProblem } from './headProblem';
import { complement, fillSoftmax, logisticCurvature } from './rowMath';

/** tr(wᵢAᵢ) of every row (n): the weight of xᵢxᵢᵀ in Σ_c H_cc. 0 for rows without weight. O(n·K²) at most. */
export function curvatureTraces(problem: HeadProblem, logits: Float64Array): Float64Array {
  const { kind, outputs, weights } = problem;
  const p = new Float64Array(outputs);
  return weights.map((w, i) => {
    if (w === 0) return 0;
    if (kind === 'ridge') return w;
    if (kind === 'logistic') return w * logisticCurvature(logits[i]);
    fillSoftmax(logits, i * outputs, outputs, p, 0);
    let sum = 0;
    for (let c = 0; c < outputs; c++) sum += p[c] * complement(p, 0, outputs, c);
    return w * sum;
  });
}

/**
 * Fills `out[to + j]` with vⱼᵀAᵢvⱼ for the J rows vⱼ of a matrix handed over transposed (K×J): the curvature of a row along directions of
 * the outputs. Σ_c p_c(v_jc − v̄_j)², summed about the likeliest class, so that a row near certainty loses no digits. O(K·J).
 */
export function fillDirectionalCurvatures(
  kind: HeadProblem['kind'],
  logits: Float64Array,
  from: number,
  directions: DirectionTable,
  out: Float64Array,
  to: number,
): void {
  const { outputs, count, transposed, probabilities, mean } = directions;
  if (kind !== 'softmax') {
    const curvature = kind === 'logistic' ? logisticCurvature(logits[from]) : 1;
    for (let j = 0; j < count; j++) out[to + j] = curvature * transposed[j] * transposed[j];
    return;
  }
  fillSoftmax(logits, from, outputs, probabilities, 0);
  let likeliest = 0;
  for (let c = 1; c < outputs; c++) if (probabilities[c] > probabilities[likeliest]) likeliest = c;
  mean.fill(0);
  out.fill(0, to, to + count);
  const origin = likeliest * count;
  for (let c = 0; c < outputs; c++) {
    const p = probabilities[c];
    if (c === likeliest || p === 0) continue;
    const at = c * count;
    for (let j = 0; j < count; j++) {
      const difference = transposed[at + j] - transposed[origin + j];
      mean[j] += p * difference;
      out[to + j] += p * difference * difference;
    }
  }
  for (let j = 0; j < count; j++) out[to + j] = Math.max(0, out[to + j] - mean[j] * mean[j]);
}

/** Directions v₁ … v_J of the outputs and room to work with. */
export interface DirectionTable {
  readonly outputs: number;
  readonly count: number;
  /** K×J. */
  readonly transposed: Float64Array;
  readonly probabilities: Float64Array;
  readonly mean: Float64Array;
}

/** `vectors`: J×K, row j is vⱼ. */
export function createDirectionTable(vectors: { rows: number; columns: number; data: Float64Array }): DirectionTable {
  const { rows: count, columns: outputs, data } = vectors;
  const transposed = new Float64Array(outputs * count);
  for (let j = 0; j < count; j++) for (let c = 0; c < outputs; c++) transposed[c * count + j] = data[j * outputs + c];
  return { outputs, count, transposed, probabilities: new Float64Array(outputs), mean: new Float64Array(count) };
}
