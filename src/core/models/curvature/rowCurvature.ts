import type { HeadProblem } from '../headProblem';
import { fillSoftmax, logisticCurvature } from '../rowMath';

/** What sums over the curvatures wᵢAᵢ of all rows begin with. */
export interface RowCurvatures {
  readonly kind: HeadProblem['kind'];
  readonly outputs: number;
  readonly weights: Float64Array;
  /** n×K for softmax: p of each row; else n: wᵢAᵢ. 0 for rows without weight. */
  readonly values: Float64Array;
}

/** O(n·K), n·K numbers. */
export function createRowCurvatures(problem: HeadProblem, logits: Float64Array): RowCurvatures {
  const { kind, outputs, weights } = problem;
  const values = new Float64Array(weights.length * outputs);
  if (kind === 'softmax') fillProbabilities(logits, weights, outputs, values);
  else
    for (let i = 0; i < values.length; i++)
      values[i] = weights[i] * (kind === 'logistic' ? logisticCurvature(logits[i]) : 1);
  return { kind, outputs, weights, values };
}

function fillProbabilities(logits: Float64Array, weights: Float64Array, K: number, p: Float64Array): void {
  for (let i = 0, at = 0; i < weights.length; i++, at += K) if (weights[i] !== 0) fillSoftmax(logits, at, K, p, at);
}

/** tr(wᵢAᵢ) of every row (n): the weight of xᵢxᵢᵀ in Σ_c H_cc. 0 for rows without weight. O(n·K). */
export function curvatureTraces({ kind, outputs, weights, values }: RowCurvatures): Float64Array {
  if (kind !== 'softmax') return values;
  const traces = new Float64Array(weights.length);
  fillTraces(values, weights, outputs, traces);
  return traces;
}

function fillTraces(p: Float64Array, weights: Float64Array, K: number, traces: Float64Array): void {
  for (let i = 0, from = 0; i < weights.length; i++, from += K) {
    if (weights[i] === 0) continue;
    let likeliest = from;
    for (let at = from + 1; at < from + K; at++) if (p[at] > p[likeliest]) likeliest = at;
    // p_l(1 − p_l) of the likeliest class from the sum of the others, which keeps its digits.
    let others = 0;
    let sum = 0;
    for (let at = from; at < from + K; at++) {
      if (at === likeliest) continue;
      others += p[at];
      sum += p[at] * (1 - p[at]);
    }
    traces[i] = weights[i] * (sum + p[likeliest] * others);
  }
}

/**
 * Ā = Σ wᵢAᵢ of a softmax head, K×K: −Σ w·p_a·p_b off the diagonal, and on it the negative sums of those. O(n·K²/2).
 */
export function sumCurvatures({ outputs: K, weights, values }: RowCurvatures): Float64Array {
  const mean = new Float64Array(K * K);
  addProducts(values, weights, K, mean);
  for (let a = 0; a < K; a++) {
    for (let b = 0; b < a; b++) {
      mean[b * K + a] = mean[a * K + b];
      mean[a * K + a] -= mean[a * K + b];
      mean[b * K + b] -= mean[a * K + b];
    }
  }
  return mean;
}

function addProducts(p: Float64Array, weights: Float64Array, K: number, mean: Float64Array): void {
  for (let i = 0, from = 0; i < weights.length; i++, from += K) {
    if (weights[i] === 0) continue;
    for (let a = 1; a < K; a++) {
      const scaled = weights[i] * p[from + a];
      for (let b = 0, to = a * K; b < a; b++, to++) mean[to] -= scaled * p[from + b];
    }
  }
}

/**
 * wᵢ·vⱼᵀAᵢvⱼ of the rows [first, first + count) for the J rows vⱼ of a J×K matrix: the curvature of a row along
 * directions of the outputs, count×J. Σ_c p_c(v_jc − v̄_j)², summed about the likeliest class, so that a row near
 * certainty loses no digits. O(count·K·J).
 */
export function directionalCurvatures(
  { kind, outputs: K, weights, values }: RowCurvatures,
  vectors: { readonly rows: number; readonly data: Float64Array },
  first: number,
  count: number,
): Float64Array {
  const J = vectors.rows;
  const out = new Float64Array(count * J);
  if (kind === 'softmax') {
    const turned = new Float64Array(K * J);
    for (let j = 0; j < J; j++) for (let c = 0; c < K; c++) turned[c * J + j] = vectors.data[j * K + c];
    fillDirectional(values, weights, K, J, turned, first, count, new Float64Array(J), out);
  } else {
    for (let at = 0; at < count; at++) {
      for (let j = 0; j < J; j++) out[at * J + j] = values[first + at] * vectors.data[j] * vectors.data[j];
    }
  }
  return out;
}

function fillDirectional(
  p: Float64Array,
  weights: Float64Array,
  K: number,
  J: number,
  turned: Float64Array,
  first: number,
  count: number,
  mean: Float64Array,
  out: Float64Array,
): void {
  for (let row = first, to = 0; row < first + count; row++, to += J) {
    const w = weights[row];
    if (w === 0) continue;
    const from = row * K;
    let likeliest = 0;
    for (let c = 1; c < K; c++) if (p[from + c] > p[from + likeliest]) likeliest = c;
    mean.fill(0);
    const origin = likeliest * J;
    for (let c = 0, at = 0; c < K; c++, at += J) {
      const share = p[from + c];
      if (c === likeliest || share === 0) continue;
      for (let j = 0; j < J; j++) {
        const difference = turned[at + j] - turned[origin + j];
        const weighted = share * difference;
        mean[j] += weighted;
        out[to + j] += weighted * difference;
      }
    }
    for (let j = 0; j < J; j++) out[to + j] = w * Math.max(0, out[to + j] - mean[j] * mean[j]);
  }
}
