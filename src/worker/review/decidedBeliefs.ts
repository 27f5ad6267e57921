import { splitCodes } from '../../core/base/splitCodes';
import type { LabelBeliefs } from '../../core/influence/measurements/measuredLabels';
import type { RowReview } from '../../core/review/decisions';
import type { SessionFacts } from './sessionFacts';

/**
 * What is thought of the labels once a person has looked: a label that was kept is right, a row that was relabelled has
 * its new label, and surely; one that is no class of the head cannot be measured, and does not count. Rows to remove
 * stay as suspicious as they were. Decisions about rows that train change nothing that is measured. O(n).
 */
export function decidedBeliefs(
  { beliefs, classes }: Pick<SessionFacts, 'beliefs' | 'classes'>,
  reviews: ReadonlyMap<number, RowReview>,
): LabelBeliefs | undefined {
  if (beliefs === undefined) return undefined;
  const decided = [...reviews].filter(([row, { decision }]) => row < beliefs.suspicion.length && isFinal(decision));
  if (decided.length === 0) return beliefs;
  const labels = beliefs.labels.slice();
  const suspicion = beliefs.suspicion.slice();
  const others = beliefs.others.slice();
  const noLabel = classes.length === 0 ? Number.NaN : -1;
  for (const [row, { decision }] of decided) {
    suspicion[row] = 0;
    if (decision?.kind !== 'relabel') continue;
    const text = decision.label.trim();
    const label = classes.length === 0 ? Number(text) : classes.indexOf(text);
    if (label >= 0 || (classes.length === 0 && Number.isFinite(label))) {
      labels[row] = label;
    } else {
      suspicion[row] = 1;
      others[row] = noLabel;
    }
  }
  return { labels, suspicion, others };
}

/** The decisions that measuring depends on, in a form to compare: those about labels of rows that do not train. */
export function decidedLabels({ split }: Pick<SessionFacts, 'split'>, reviews: ReadonlyMap<number, RowReview>): string {
  return [...reviews]
    .filter(([row, { decision }]) => isFinal(decision) && row < split.length && split[row] !== splitCodes.train)
    .sort(([a], [b]) => a - b)
    .map(([row, { decision }]) => `${row} ${decision?.kind === 'relabel' ? JSON.stringify(decision.label) : 'kept'}`)
    .join('\n');
}

function isFinal(decision: RowReview['decision']): boolean {
  return decision?.kind === 'keep' || decision?.kind === 'relabel';
}
