import { fillResidual, lossOfRow } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import { lossChange } from './lossChange';
import type { PreparedMeasurement, RowMeasurement } from './measurement';

/** Margin or loss of one row with the features x. */
export function prepareRow(
  { problem, logits }: Pick<FittedModel, 'problem' | 'logits'>,
  measurement: RowMeasurement,
  x: Float64Array,
): PreparedMeasurement {
  const { row, kind } = measurement;
  const { outputs, labels, parameters: p } = problem;
  const d = x.length;
  const label = labels[row];
  const weights = new Float64Array(outputs);
  if (kind === 'loss') fillResidual(problem, logits, row, label, weights, 0);
  else fillMarginWeights(problem, label, weights);
  const gradient = new Float64Array(p);
  for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) gradient[c * d + j] = weights[c] * x[j];
  const moves = new Float64Array(outputs);
  const evaluateAt = (data: Float64Array, from: number): number => {
    moves.fill(0);
    for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) moves[c] += data[from + c * d + j] * x[j];
    return kind === 'loss'
      ? lossChange(problem, logits, row * outputs, moves, 0, label)
      : marginOf(problem, moves, 0, label);
  };
  return {
    measurement,
    name: `${kind}_${row}`,
    value: kind === 'loss' ? lossOfRow(problem, logits, row) : marginOf(problem, logits, row * outputs, label),
    gradient,
    evaluate: (change) => evaluateAt(change, 0),
    evaluateMany: (changes) => Float64Array.from({ length: changes.rows }, (_, k) => evaluateAt(changes.data, k * p)),
    dispose: () => undefined,
  };
}

/** The margin of a label (see {@link Measurement}) under the K logits, or of their moves, at `logits[from]`. */
export function marginOf(
  { kind }: Pick<HeadProblem, 'kind'>,
  logits: Float64Array,
  from: number,
  label: number,
): number {
  if (kind === 'softmax') return logits[from + label];
  return kind === 'logistic' && label === 0 ? -logits[from] : logits[from];
}

/** ∂margin/∂logits: e_y − 1/C for softmax, the part of e_y that sums to zero over the classes. */
function fillMarginWeights(
  { kind, outputs }: Pick<HeadProblem, 'kind' | 'outputs'>,
  label: number,
  out: Float64Array,
): void {
  if (kind === 'softmax') {
    out.fill(-1 / outputs);
    out[label] += 1;
  } else {
    out[0] = kind === 'logistic' && label === 0 ? -1 : 1;
  }
}
