import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { columnsAsParameters, fillResidual, lossOfRow, parametersAsColumns } from '../../models/evaluateHead';
import type { RowLabels } from '../../models/headKind';
import type { HeadProblem } from '../../models/headProblem';
import { lossChange } from './lossChange';
import type { RowSet } from './rowSet';

/** Changed logits between two questions whether to go on: some 10 ms. */
const numbersPerReport = 2 ** 18;

/** The head at θ̂ with a label for every row that is measured. */
interface MeasuredHead {
  readonly problem: Pick<HeadProblem, 'kind' | 'outputs'>;
  /** n, by row number. */
  readonly labels: RowLabels;
  /** n×K at θ̂, by row number. */
  readonly logits: Float64Array;
}

/** Mean loss and accuracy of a set at θ̂. */
interface SetValue {
  readonly rows: number;
  readonly meanLoss: number;
  /** NaN for a ridge head. */
  readonly accuracy: number;
}

/** What θ̂ → θ̂ + Δ does to a set. */
interface SetEffect {
  /** Mean of ℓ(θ̂ + Δ) − ℓ(θ̂), each difference without cancellation. */
  readonly meanLoss: number;
  /** ∇f(θ̂)ᵀΔ for the mean loss f. */
  readonly meanLossLinear: number;
  /** Rows that Δ makes right, and wrong; 0 for a ridge head. */
  readonly becameRight: number;
  readonly becameWrong: number;
  /** Rows whose predicted class changes. */
  readonly changedPredictions: number;
}

/** O(|set|·K): logits are there already. */
export function valueOfSet({ problem, labels, logits }: MeasuredHead, rows: Int32Array): SetValue {
  const head = { ...problem, labels };
  let loss = 0;
  let right = 0;
  for (const row of rows) {
    loss += lossOfRow(head, logits, row);
    if (predictedClass(problem, logits, row * problem.outputs, undefined, 0) === labels[row]) right++;
  }
  const m = rows.length;
  return { rows: m, meanLoss: loss / m, accuracy: problem.kind === 'ridge' ? Number.NaN : right / m };
}

/** ∇ of the mean loss of the set at θ̂, p numbers. One pass, O(|set|·d·K). */
export function meanLossGradient(head: MeasuredHead, set: RowSet, onBlock?: OnBlock): Float64Array {
  const { problem, labels, logits } = head;
  const { outputs } = problem;
  const m = set.rows.length;
  const sum = set.transposeMultiply(
    outputs,
    (row, out, to) => fillResidual(problem, logits, row, labels[row], out, to),
    onBlock,
  );
  const gradient = columnsAsParameters(sum);
  for (let at = 0; at < gradient.length; at++) gradient[at] /= m;
  return gradient;
}

/** The effect of each row Δ of a t×p matrix on the set. One pass over its rows, O(t·|set|·d·K). */
export function effectsOnSet(head: MeasuredHead, set: RowSet, changes: Matrix, onBlock?: OnBlock): SetEffect[] {
  const { problem, labels, logits } = head;
  const { outputs } = problem;
  const t = changes.rows;
  const m = set.rows.length;
  const loss = new Float64Array(t);
  const linear = new Float64Array(t);
  const becameRight = new Int32Array(t);
  const becameWrong = new Int32Array(t);
  const changed = new Int32Array(t);
  const residual = new Float64Array(outputs);
  const rowsPerReport = Math.ceil(numbersPerReport / (t * outputs));
  set.forEachProduct(
    parametersAsColumns(changes.data, changes.columns / outputs),
    (row, products, from, place) => {
      if (place % rowsPerReport === 0) onBlock?.(place, m);
      const label = labels[row];
      const own = row * outputs;
      fillResidual(problem, logits, row, label, residual, 0);
      const before = predictedClass(problem, logits, own, undefined, 0);
      for (let k = 0, at = from; k < t; k++, at += outputs) {
        loss[k] += lossChange(problem, logits, own, products, at, label);
        for (let c = 0; c < outputs; c++) linear[k] += residual[c] * products[at + c];
        if (problem.kind === 'ridge') continue;
        const after = predictedClass(problem, logits, own, products, at);
        if (after === before) continue;
        changed[k]++;
        if (after === label) becameRight[k]++;
        if (before === label) becameWrong[k]++;
      }
    },
    onBlock,
  );
  return Array.from({ length: t }, (_, k) => ({
    meanLoss: loss[k] / m,
    meanLossLinear: linear[k] / m,
    becameRight: becameRight[k],
    becameWrong: becameWrong[k],
    changedPredictions: changed[k],
  }));
}

/** The most probable class at logits + moves; NaN, which nothing equals, for the ridge head: it predicts no class. */
function predictedClass(
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
