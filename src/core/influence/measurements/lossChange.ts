import { lossOfLogits } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import { logisticLoss, sigmoid } from '../../models/rowMath';

/**
 * Below this change of the likelihood ratio (1 + a < ½) the loss rises or falls by more than ln 2, and the plain
 * difference of two losses keeps its digits.
 */
const smallestShift = -0.5;

/**
 * ℓ(z + δ) − ℓ(z) for one label, where both losses may be nearly equal, or both nearly 0: relative error of a few
 * roundings instead of rounding(ℓ)/change.
 *
 * - ridge: δ(z − y + δ/2)
 * - logistic: log1p(P(not y)·expm1(∓δ))
 * - softmax: log1p(Σ_{c≠y} p_c·expm1(δ_c − δ_y))
 *
 * `logits` holds z from `from` on, `moves` holds δ from `movesFrom` on, K numbers each. O(K), nothing allocated.
 */
export function lossChange(
  head: Pick<HeadProblem, 'kind' | 'outputs'>,
  logits: Float64Array,
  from: number,
  moves: Float64Array,
  movesFrom: number,
  label: number,
): number {
  if (head.kind === 'softmax') return softmaxLossChange(logits, from, moves, movesFrom, head.outputs, label);
  const z = logits[from];
  const move = moves[movesFrom];
  if (head.kind === 'ridge') return move * (z - label + move / 2);
  const towards = label === 1 ? -1 : 1;
  const shift = sigmoid(towards * z) * Math.expm1(towards * move);
  if (shift > smallestShift && shift < Number.POSITIVE_INFINITY) return Math.log1p(shift);
  return logisticLoss(z + move, label) - logisticLoss(z, label);
}

function softmaxLossChange(
  logits: Float64Array,
  from: number,
  moves: Float64Array,
  movesFrom: number,
  classes: number,
  label: number,
): number {
  let largest = logits[from];
  for (let c = 1; c < classes; c++) if (logits[from + c] > largest) largest = logits[from + c];
  let total = 0;
  let shift = 0;
  for (let c = 0; c < classes; c++) {
    const share = Math.exp(logits[from + c] - largest);
    total += share;
    if (c !== label && share !== 0) shift += share * Math.expm1(moves[movesFrom + c] - moves[movesFrom + label]);
  }
  shift /= total;
  if (shift > smallestShift && shift < Number.POSITIVE_INFINITY) return Math.log1p(shift);
  return movedSoftmaxLoss(logits, from, moves, movesFrom, classes, label) - lossAt(logits, from, classes, label);
}

function lossAt(logits: Float64Array, from: number, outputs: number, label: number): number {
  return lossOfLogits({ kind: 'softmax', outputs }, logits, from, label);
}

/** ℓ(z + δ) without a place to put z + δ. */
function movedSoftmaxLoss(
  logits: Float64Array,
  from: number,
  moves: Float64Array,
  movesFrom: number,
  classes: number,
  label: number,
): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (logits[from + c] + moves[movesFrom + c] > logits[from + best] + moves[movesFrom + best]) best = c;
  }
  const largest = logits[from + best] + moves[movesFrom + best];
  let others = 0;
  for (let c = 0; c < classes; c++) {
    if (c !== best) others += Math.exp(logits[from + c] + moves[movesFrom + c] - largest);
  }
  return largest - (logits[from + label] + moves[movesFrom + label]) + Math.log1p(others);
}
