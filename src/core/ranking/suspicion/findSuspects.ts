import { listedFrom } from '../../base/listedFrom';
import type { Matrix } from '../../base/matrix';
import { rowsOfWeight } from '../../base/weights';
import type { Expert } from './experts';
import type { Suspicions } from './labelNoise';
import { climbTransitions, computeSuspicions, converged, startTransitions } from './labelNoise';
import { fitPoolWeights, poolExperts, rowsForPool } from './poolExperts';
import { climbPool, fillPool, gatherPoolRows } from './poolObjective';
import type { RowsByLabel } from './rowsByLabel';
import { gatherByLabel, orderByLabel } from './rowsByLabel';
import { fitTwoClassNoise, suspectTwoClasses } from './twoClassNoise';

const rounds = 15;
const transitionSteps = 3;
const newtonSteps = 2;
/** On the diagonal of T at the start. */
const start = 0.9;
/** No more of a class than this is set aside: the rest has to be judged by somebody. */
const mostOfClass = 0.4;

/**
 * Rows that the others are better judged without (docs/mathematics.md, "Suspicion", 3): 1 = set aside, n entries.
 * Strengths w and transitions T are fitted together to the given labels,
 *
 *     Σᵢ log Σⱼ πᵢⱼ T_{j,yᵢ} − Σₑ (wₑ − 1/E)² + the weak prior of `climbTransitions`,
 *
 * in 15 rounds of three steps of EM for T and two Newton steps for w towards the posterior qᵢⱼ ∝ πᵢⱼ T_{j,yᵢ}. Those
 * rows go whose given label has at most half of q, at most 40 % of a class: the most suspicious. w is fitted on the
 * rows of `fitPoolWeights`. Of two classes it is the model of twoClassNoise.ts that suspects. Only rows whose
 * `weights` are not 0 take part. O(n·C·E).
 *
 * @param known strengths of `fitPoolWeights` for the same, where they are at hand
 */
export function findSuspects(
  experts: readonly Expert[],
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  onStep?: () => void,
  known?: Float64Array,
): Uint8Array {
  const strengths = known?.slice() ?? fitPoolWeights(experts, labels, weights, classes, onStep);
  if (classes === 2) {
    const pool = poolExperts(experts, strengths, classes, onStep);
    const model = fitTwoClassNoise(pool, labels, weights, onStep);
    return setAside(suspectTwoClasses(pool, labels, model), labels, rowsOfWeight(weights), classes);
  }
  const order = rowsForPool(labels, weights, classes);
  const transitions = fitTogether(experts, order, strengths, onStep);
  const pool = poolExperts(experts, strengths, classes, onStep);
  const all = rowsOfWeight(weights);
  if (all.length > order.rows.length) {
    const everyone = orderByLabel(all, labels, classes);
    climbTransitions({ order: everyone, probabilities: gatherByLabel(pool, everyone) }, transitions, converged, onStep);
  }
  return setAside(computeSuspicions(pool, labels, classes, transitions), labels, all, classes);
}

/** Fits `strengths` in place; returns T. */
function fitTogether(
  experts: readonly Expert[],
  order: RowsByLabel,
  strengths: Float64Array,
  onStep?: () => void,
): Matrix {
  const { classes } = order;
  const rows = gatherPoolRows(experts, order);
  const transitions = startTransitions(classes, start);
  const pool = new Float32Array(order.rows.length * classes);
  for (let round = 0; round < rounds; round++) {
    fillPool(rows, strengths, pool);
    for (let step = 0; step < transitionSteps; step++) {
      // One pass at a time is EM as it is, without acceleration.
      climbTransitions({ order, probabilities: pool }, transitions, { passes: 1, tolerance: 0 }, onStep);
    }
    if (experts.length === 1) continue;
    weighByTransitions(order, transitions.data, pool);
    climbPool(rows, pool, strengths, newtonSteps, onStep);
  }
  return transitions;
}

/** π → q, in place. */
function weighByTransitions({ classes, starts }: RowsByLabel, t: Float64Array, pool: Float32Array): void {
  for (let c = 0; c < classes; c++) {
    for (let row = starts[c] * classes; row < starts[c + 1] * classes; row += classes) {
      let sum = 0;
      for (let j = 0; j < classes; j++) sum += pool[row + j] *= t[j * classes + c];
      for (let j = 0; j < classes; j++) pool[row + j] /= sum;
    }
  }
}

/** The rows with a suspicion of ½ or more, the most suspicious of each class first, ties by row number. */
function setAside(
  { suspicion, logOdds }: Suspicions,
  labels: Int32Array,
  rows: Int32Array,
  classes: number,
): Uint8Array {
  const aside = new Uint8Array(labels.length);
  const order = orderByLabel(rows, labels, classes);
  for (let c = 0; c < classes; c++) {
    const own = order.rows.subarray(order.starts[c], order.starts[c + 1]);
    const suspects = Array.from(own.filter((row) => suspicion[row] >= listedFrom));
    suspects.sort((a, b) => logOdds[b] - logOdds[a] || a - b);
    for (const row of suspects.slice(0, Math.floor(mostOfClass * own.length))) aside[row] = 1;
  }
  return aside;
}
