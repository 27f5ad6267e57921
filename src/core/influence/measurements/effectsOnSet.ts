import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { columnsAsParameters, parametersAsColumns } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import { lossChange } from './lossChange';
import type { MeasuredLabels } from './measuredLabels';
import { fillWeightedResidual, likelierLabel, totalWeight, weightedLoss, weightOfLabel } from './measuredLabels';
import type { RowSet } from './rowSet';

/** Changed logits between two questions whether to go on: some 10 ms. */
const numbersPerReport = 2 ** 18;

/** The head at θ̂. */
interface MeasuredHead {
  readonly problem: Pick<HeadProblem, 'kind' | 'outputs'>;
  /** n×K at θ̂, by row number. */
  readonly logits: Float64Array;
}

/** Mean loss and accuracy of a set at θ̂. */
interface SetValue {
  readonly meanLoss: number;
  /** NaN for a ridge head. */
  readonly accuracy: number;
}

/** What θ̂ → θ̂ + Δ does to a set whose labels are taken in one way. */
export interface SetEffect {
  /** Mean of ℓ(θ̂ + Δ) − ℓ(θ̂), each difference without cancellation. */
  readonly meanLoss: number;
  /** ∇f(θ̂)ᵀΔ for the mean loss f. */
  readonly meanLossLinear: number;
  /** Change of the accuracy; 0 for a ridge head. */
  readonly accuracy: number;
  /** Rows that Δ makes right, and wrong, by the label that each is taken to have; 0 for a ridge head. */
  readonly becameRight: number;
  readonly becameWrong: number;
  /** Rows whose predicted class changes. */
  readonly changedPredictions: number;
}

/** O(|set|·K): logits are there already. @throws InputError where no row counts. */
export function valueOfSet({ problem, logits }: MeasuredHead, labels: MeasuredLabels, rows: Int32Array): SetValue {
  const total = totalWeight(labels, rows);
  let loss = 0;
  let right = 0;
  for (const row of rows) {
    loss += weightedLoss(problem, logits, row, labels);
    right += weightOfLabel(labels, row, predictedClass(problem, logits, row * problem.outputs, undefined, 0));
  }
  return { meanLoss: loss / total, accuracy: problem.kind === 'ridge' ? Number.NaN : right / total };
}

/** ∇ of the mean loss of the set at θ̂, p numbers. One pass, O(|set|·d·K). @throws InputError where no row counts. */
export function meanLossGradient(
  { problem, logits }: MeasuredHead,
  labels: MeasuredLabels,
  set: RowSet,
  onBlock?: OnBlock,
): Float64Array {
  const total = totalWeight(labels, set.rows);
  const sum = set.transposeMultiply(
    problem.outputs,
    (row, out, to) => fillWeightedResidual(problem, logits, row, labels, out, to),
    onBlock,
  );
  const gradient = columnsAsParameters(sum);
  for (let at = 0; at < gradient.length; at++) gradient[at] /= total;
  return gradient;
}

/**
 * The effect of each row Δ of a t×p matrix on the set, by each way to take its labels: `[way][Δ]`. One pass over its
 * rows for all of them, O(t·|set|·(d·K + ways·K)). @throws InputError where no row counts.
 */
export function effectsOnSet(
  { problem, logits }: MeasuredHead,
  ways: readonly MeasuredLabels[],
  set: RowSet,
  changes: Matrix,
  onBlock?: OnBlock,
): SetEffect[][] {
  const { outputs } = problem;
  const t = changes.rows;
  const m = set.rows.length;
  const sums = ways.map((labels) => new EffectSums(problem, logits, labels, t));
  const changed = new Int32Array(t);
  const after = new Float64Array(t);
  const rowsPerReport = Math.ceil(numbersPerReport / (t * outputs));
  set.forEachProduct(
    parametersAsColumns(changes.data, changes.columns / outputs),
    (row, products, from, place) => {
      if (place % rowsPerReport === 0) onBlock?.(place, m);
      const own = row * outputs;
      const before = predictedClass(problem, logits, own, undefined, 0);
      if (problem.kind !== 'ridge') {
        for (let k = 0; k < t; k++) {
          after[k] = predictedClass(problem, logits, own, products, from + k * outputs);
          if (after[k] !== before) changed[k]++;
        }
      }
      for (const one of sums) one.add(row, products, from, before, after);
    },
    onBlock,
  );
  return sums.map((one) => one.effects(totalWeight(one.labels, set.rows), changed));
}

/** Sums over the rows of a set for t changes, its labels taken in one way. */
class EffectSums {
  readonly #loss: Float64Array;
  readonly #linear: Float64Array;
  readonly #right: Float64Array;
  readonly #becameRight: Int32Array;
  readonly #becameWrong: Int32Array;
  readonly #residual: Float64Array;

  constructor(
    readonly head: Pick<HeadProblem, 'kind' | 'outputs'>,
    readonly logits: Float64Array,
    readonly labels: MeasuredLabels,
    changes: number,
  ) {
    this.#loss = new Float64Array(changes);
    this.#linear = new Float64Array(changes);
    this.#right = new Float64Array(changes);
    this.#becameRight = new Int32Array(changes);
    this.#becameWrong = new Int32Array(changes);
    this.#residual = new Float64Array(head.outputs);
  }

  /** `products` holds the moves of the row's logits from `from` on; `after` the classes predicted then. */
  add(row: number, products: Float64Array, from: number, before: number, after: Float64Array): void {
    const { head, logits } = this;
    const { weights, labels, second } = this.labels;
    const { outputs } = head;
    fillWeightedResidual(head, logits, row, this.labels, this.#residual, 0);
    this.#addLosses(row, labels[row], weights?.[row] ?? 1, products, from);
    const other = second?.weights[row] ?? 0;
    if (second !== undefined && other > 0) this.#addLosses(row, second.labels[row], other, products, from);
    for (let k = 0, at = from; k < after.length; k++, at += outputs) {
      for (let c = 0; c < outputs; c++) this.#linear[k] += this.#residual[c] * products[at + c];
    }
    if (head.kind !== 'ridge') this.#addPredictions(row, before, after);
  }

  #addLosses(row: number, label: number, weight: number, products: Float64Array, from: number): void {
    const { head, logits } = this;
    const { outputs } = head;
    const own = row * outputs;
    const loss = this.#loss;
    for (let k = 0, at = from; k < loss.length; k++, at += outputs) {
      loss[k] += weight * lossChange(head, logits, own, products, at, label);
    }
  }

  #addPredictions(row: number, before: number, after: Float64Array): void {
    const label = likelierLabel(this.labels, row);
    for (let k = 0; k < after.length; k++) {
      if (after[k] === before) continue;
      this.#right[k] += weightOfLabel(this.labels, row, after[k]) - weightOfLabel(this.labels, row, before);
      if (after[k] === label) this.#becameRight[k]++;
      if (before === label) this.#becameWrong[k]++;
    }
  }

  /** By change; `total` is the weight of all rows. */
  effects(total: number, changedPredictions: Int32Array): SetEffect[] {
    return Array.from(changedPredictions, (changed, k) => ({
      meanLoss: this.#loss[k] / total,
      meanLossLinear: this.#linear[k] / total,
      accuracy: this.#right[k] / total,
      becameRight: this.#becameRight[k],
      becameWrong: this.#becameWrong[k],
      changedPredictions: changed,
    }));
  }
}

/** The most probable class at logits + moves; NaN, which nothing equals, for the ridge head: it predicts no class. */
export function predictedClass(
  { kind, outputs }: Pick<HeadProblem, 'kind' | 'outputs'>,
  logits: Float64Array,
  from: number,
  moves: Float64Array | undefined,
  movesFrom: number,
): number {
  if (kind === 'ridge') return Number.NaN;
  if (kind === 'logistic') return logits[from] + (moves?.[movesFrom] ?? 0) > 0 ? 1 : 0;
  let best = 0;
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < outputs; c++) {
    const z = logits[from + c] + (moves === undefined ? 0 : moves[movesFrom + c]);
    if (z > largest) {
      largest = z;
      best = c;
    }
  }
  return best;
}
