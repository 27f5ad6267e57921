import type { Matrix } from '../base/matrix';

const iterations = 100;
/** Pseudo-counts of the prior on T, as a share of the mean class size (science.md, "The default suspicion ranking", 4). */
const priorShare = 0.03;

/**
 * Label transition matrix T (true class → given label, rows sum to 1) by EM on out-of-sample probabilities P, from 0.8 on the
 * diagonal:
 *
 *     qᵢⱼ ∝ Pᵢⱼ T_{j,yᵢ}        T_{jc} ∝ Σ_{i: yᵢ=c} qᵢⱼ + a·[j = c] + a/20        a = 0.03·n/C
 *
 * over the rows whose `weights` are not 0. O(100·n·C).
 */
export function estimateTransitions(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: (step: number, steps: number) => void,
): Matrix {
  let rows = 0;
  for (const w of weights) if (w !== 0) rows++;
  const prior = (priorShare * rows) / classes;
  const t = new Float64Array(classes * classes);
  const counts = new Float64Array(classes * classes);
  for (let j = 0; j < classes; j++) {
    for (let c = 0; c < classes; c++) t[j * classes + c] = j === c ? 0.8 : 0.2 / (classes - 1);
  }
  const q = new Float64Array(classes);
  for (let step = 0; step < iterations; step++) {
    for (let j = 0; j < classes; j++) {
      for (let c = 0; c < classes; c++) counts[j * classes + c] = (j === c ? prior : 0) + prior / 20;
    }
    for (let i = 0; i < labels.length; i++) {
      if (weights[i] === 0) continue;
      const y = labels[i];
      let sum = 0;
      for (let j = 0; j < classes; j++) {
        q[j] = mixture[i * classes + j] * t[j * classes + y];
        sum += q[j];
      }
      for (let j = 0; j < classes; j++) counts[j * classes + y] += q[j] / sum;
      if (i % 65536 === 65535) onStep?.(step, iterations);
    }
    for (let j = 0; j < classes; j++) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += counts[j * classes + c];
      for (let c = 0; c < classes; c++) t[j * classes + c] = counts[j * classes + c] / sum;
    }
    onStep?.(step + 1, iterations);
  }
  return { rows: classes, columns: classes, data: t };
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
