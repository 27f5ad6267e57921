import type { OnBlock } from '../../linalg/linearAlgebra';
import { lossOfLogits, parametersAsColumns } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import { lossChange } from './lossChange';
import type { MeasuredLabels } from './measuredLabels';
import { likelierLabel } from './measuredLabels';
import type { RowSet } from './rowSet';

/** A row of a set, and what a change of θ does to its loss. */
interface PulledRow {
  readonly row: number;
  /** The label it is taken to have; NaN where neither of two has half of its weight. */
  readonly label: number;
  /** Loss of its labels by their weights before, and how much it rises (nats; ridge: half the squared error). */
  readonly loss: number;
  readonly lossChange: number;
}

/** Rows of which the loss rises most, and falls most, the farthest first. */
export interface PulledRows {
  readonly rising: readonly PulledRow[];
  readonly falling: readonly PulledRow[];
  /** How many rise and fall at all. */
  readonly risingRows: number;
  readonly fallingRows: number;
}

/**
 * What θ̂ → θ̂ + Δ (`change`, p numbers) does to the loss of each row of a set, its labels taken as `labels` says: at
 * most `limit` rows that rise and as many that fall. The changes of all rows add up to the set's by their weights
 * (`effectsOnSet`). One pass, O(|set|·d·K).
 */
export function pulledRows(
  head: { readonly problem: Pick<HeadProblem, 'kind' | 'outputs' | 'classes'>; readonly logits: Float64Array },
  labels: MeasuredLabels,
  set: RowSet,
  change: Float64Array,
  limit: number,
  onBlock?: OnBlock,
): PulledRows {
  const { problem, logits } = head;
  const { outputs } = problem;
  const [rising, falling] = [new Leading(limit), new Leading(limit)];
  const counts = { rising: 0, falling: 0 };
  set.forEachProduct(
    parametersAsColumns(change, change.length / outputs),
    (row, products, from) => {
      const own = row * outputs;
      const second = labels.second;
      let loss = 0;
      let moved = 0;
      const add = (label: number, weight: number): void => {
        if (!(weight > 0)) return;
        loss += weight * lossOfLogits(problem, logits, own, label);
        moved += weight * lossChange(problem, logits, own, products, from, label);
      };
      add(labels.labels[row], labels.weights?.[row] ?? 1);
      if (second !== undefined) add(second.labels[row], second.weights[row]);
      if (moved > 0) counts.rising++;
      if (moved < 0) counts.falling++;
      const leading = moved > 0 ? rising : moved < 0 ? falling : undefined;
      leading?.offer({ row, label: likelierLabel(labels, row), loss, lossChange: moved });
    },
    onBlock,
  );
  return { rising: rising.rows, falling: falling.rows, risingRows: counts.rising, fallingRows: counts.falling };
}

/** The rows that move farthest of those offered, a few of them. */
class Leading {
  readonly #rows: PulledRow[] = [];

  constructor(private readonly limit: number) {}

  get rows(): readonly PulledRow[] {
    return this.#rows;
  }

  offer(one: PulledRow): void {
    const rows = this.#rows;
    const size = Math.abs(one.lossChange);
    const last = rows[rows.length - 1];
    if (rows.length === this.limit && size <= Math.abs(last?.lossChange ?? Infinity)) return;
    let at = rows.length;
    while (at > 0 && Math.abs(rows[at - 1].lossChange) < size) at--;
    rows.splice(at, 0, one);
    if (rows.length > this.limit) rows.pop();
  }
}
