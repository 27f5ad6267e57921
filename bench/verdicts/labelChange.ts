import type { Matrix } from '../../src/core/base/matrix';
import { indexOfLargest } from '../../src/core/base/vectors';
import { lossOfLogits } from '../../src/core/models/evaluateHead';
import type { HeadProblem } from '../../src/core/models/headProblem';

export const statistics = ['loss', 'accuracy'] as const;
export type Statistic = (typeof statistics)[number];

/** m×C, by row and label: its loss (nats), or whether it is what the head predicts. */
export type LabelScores = Readonly<Record<Statistic, Float64Array>>;

/** What a head says to each label of the rows of `features` (m×d), by its p parameters, class-major. O(m·d·K). */
export function scoreLabels(
  head: Pick<HeadProblem, 'kind' | 'outputs'>,
  classes: number,
  features: Matrix,
  theta: Float64Array,
): LabelScores {
  const { rows: m, columns: d, data } = features;
  const loss = new Float64Array(m * classes);
  const accuracy = new Float64Array(m * classes);
  const logits = new Float64Array(head.outputs);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < head.outputs; k++) {
      let z = 0;
      for (let j = 0; j < d; j++) z += data[i * d + j] * theta[k * d + j];
      logits[k] = z;
    }
    for (let c = 0; c < classes; c++) loss[i * classes + c] = lossOfLogits(head, logits, 0, c);
    const predicted = head.outputs === 1 ? Number(logits[0] > 0) : indexOfLargest(logits, 0, classes);
    accuracy[i * classes + predicted] = 1;
  }
  return { loss, accuracy };
}

/** Σ W·(after − before) / Σ W. */
export function weightedChange({ data }: Matrix, before: Float64Array, after: Float64Array): number {
  let change = 0;
  let total = 0;
  for (let at = 0; at < data.length; at++) {
    change += data[at] * (after[at] - before[at]);
    total += data[at];
  }
  return change / total;
}
