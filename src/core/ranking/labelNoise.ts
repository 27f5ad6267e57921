import type { Matrix } from '../base/matrix';

const iterations = 100;
/** Pseudo-counts of the prior on T, as a share of the mean class size (science.md, "The default suspicion ranking", 4). */
const priorShare = 0.03;

/** What {@link refineTransitions} learns T from. */
export interface TransitionRows {
  /** n×C, rows sum to 1: taken as the probabilities of the *true* class. */
  readonly probabilities: Float32Array;
  /** n given labels. */
  readonly labels: Int32Array;
  /** n; rows of weight 0 are left out. */
  readonly weights: Float64Array;
  readonly classes: number;
}

/** Transition matrix that the EM starts from: 0.8 on the diagonal. */
export function startTransitions(classes: number): Matrix {
  const data = new Float64Array(classes * classes).fill(0.2 / (classes - 1));
  for (let j = 0; j < classes; j++) data[j * classes + j] = 0.8;
  return { rows: classes, columns: classes, data };
}

/**
 * Runs `steps` EM steps on T, in place:
 *
 *     qᵢⱼ ∝ Pᵢⱼ T_{j,yᵢ}        T_{jc} ∝ Σ_{i: yᵢ=c} qᵢⱼ + a·[j = c] + a/20        a = 0.03·n/C
 *
 * The penalised log-likelihood Σᵢ log Σⱼ Pᵢⱼ T_{j,yᵢ} + Σⱼ (a log T_jj + a/20 Σ_c log T_jc) is concave in T, so the start does not
 * matter for where this goes. O(steps·n·C).
 * @returns that penalised log-likelihood as it was before the last step.
 */
export function refineTransitions(
  from: TransitionRows,
  transitions: Matrix,
  steps: number,
  onStep?: (step: number, steps: number) => void,
): number {
  const { probabilities, labels, weights, classes } = from;
  const t = transitions.data;
  let rows = 0;
  for (const w of weights) if (w !== 0) rows++;
  const prior = (priorShare * rows) / classes;
  const counts = new Float64Array(classes * classes);
  const q = new Float64Array(classes);
  let likelihood = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    likelihood = 0;
    for (let j = 0; j < classes; j++) {
      for (let c = 0; c < classes; c++) {
        const pseudoCount = (j === c ? prior : 0) + prior / 20;
        counts[j * classes + c] = pseudoCount;
        likelihood += pseudoCount * Math.log(t[j * classes + c]);
      }
    }
    for (let i = 0; i < labels.length; i++) {
      if (weights[i] === 0) continue;
      const y = labels[i];
      let sum = 0;
      for (let j = 0; j < classes; j++) {
        q[j] = probabilities[i * classes + j] * t[j * classes + y];
        sum += q[j];
      }
      for (let j = 0; j < classes; j++) counts[j * classes + y] += q[j] / sum;
      likelihood += Math.log(sum);
      if (i % 65536 === 65535) onStep?.(step, steps);
    }
    for (let j = 0; j < classes; j++) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += counts[j * classes + c];
      for (let c = 0; c < classes; c++) t[j * classes + c] = counts[j * classes + c] / sum;
    }
    onStep?.(step + 1, steps);
  }
  return likelihood;
}

/**
 * Label transition matrix T (true class → given label, rows sum to 1) by 100 EM steps ({@link refineTransitions}) on out-of-sample
 * probabilities P (n×C) over the rows whose `weights` are not 0. P is taken as it is, as if it knew nothing of label noise: T
 * and the posterior under it give a good order, but too small a probability (see calibrateSuspicion.ts). O(100·n·C).
 */
export function estimateTransitions(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: (step: number, steps: number) => void,
): Matrix {
  const transitions = startTransitions(classes);
  refineTransitions({ probabilities: mixture, labels, weights, classes }, transitions, iterations, onStep);
  return transitions;
}

/** Whether a row's given label is wrong, for all rows. */
export interface Suspicions {
  /** 1 − q_{i,yᵢ}; NaN for unlabelled rows. Larger = more suspicious. */
  readonly suspicion: Float64Array;
  /** log(Σ_{j≠y} qⱼ / q_y); NaN for unlabelled rows. */
  readonly logOdds: Float64Array;
  /** argmax q; argmax P for unlabelled rows. */
  readonly suggested: Int32Array;
}

/**
 * The posterior q over true classes given P and the given label, with T (or without: q = P). Neither suspicion nor its odds is
 * formed by subtraction from 1. O(n·C).
 */
export function computeSuspicions(
  mixture: Float32Array,
  labels: Int32Array,
  classes: number,
  transitions: Matrix | null,
): Suspicions {
  const n = labels.length;
  const suspicion = new Float64Array(n).fill(Number.NaN);
  const logOdds = new Float64Array(n).fill(Number.NaN);
  const suggested = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const y = labels[i];
    let own = 0;
    let others = 0;
    let best = -1;
    for (let j = 0; j < classes; j++) {
      const through = y < 0 || transitions === null ? 1 : transitions.data[j * classes + y];
      const q = mixture[i * classes + j] * through;
      if (j === y) own = q;
      else others += q;
      if (q > best) {
        best = q;
        suggested[i] = j;
      }
    }
    if (y < 0) continue;
    suspicion[i] = others / (own + others);
    logOdds[i] = Math.log(Math.max(others, Number.MIN_VALUE)) - Math.log(Math.max(own, Number.MIN_VALUE));
  }
  return { suspicion, logOdds, suggested };
}
