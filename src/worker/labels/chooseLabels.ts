import { InputError } from '../../core/base/errors';
import { decideReading, spellingMap } from '../../core/labels/labelReading';
import { findSimilarLabels } from '../../core/labels/similarLabels';
import type { ProjectStore } from '../store/projectStore';
import type { LabelSummary } from './labelSummary';

/** `perhaps`: also what only perhaps means the same. */
export type LabelChoice =
  { readonly choice: 'merge' | 'keep'; readonly perhaps: boolean } | { readonly choice: 'undo' };

/** Writes the decision into the log. @throws InputError when there is nothing to decide or to undo. */
export async function chooseLabels(
  store: ProjectStore,
  labels: LabelSummary | null,
  wanted: LabelChoice,
  reviewer: string,
): Promise<void> {
  if (wanted.choice === 'undo') {
    const latest = labels === null ? undefined : store.log.state.undoableLabels(labels.column);
    if (latest === undefined) throw new InputError('Nothing was decided about these labels.');
    await store.log.append({ kind: 'undo', target: latest.seq, reviewer });
    return;
  }
  if (labels === null || findSimilarLabels(labels.spellings).length === 0)
    throw new InputError('No labels look alike.');
  const reading = decideReading(labels.spellings, wanted.choice, wanted.perhaps);
  const title = wanted.choice === 'merge' ? 'merge labels' : 'keep labels apart';
  await store.log.append({ kind: 'labels', rows: [], column: labels.column, reading, title, reviewer });
}

/** Why the audit there is does not speak of the classes there are now; null when it does. */
export function describeOutdated(store: ProjectStore): string | null {
  const labelling = store.audits.latest?.summary.labelling;
  const label = store.sources.columns.find(({ role }) => role === 'label');
  if (labelling === undefined || label === undefined || label.index !== labelling.index) return null;
  const now = spellingMap(store.log.state.labelReading(label.name));
  const same =
    now.size === labelling.spellings.length && labelling.spellings.every(([spelt, read]) => now.get(spelt) === read);
  if (same) return null;
  return `The audit is of other classes: how labels of ${label.name} that look alike are read was changed since. Run it again; decisions stay.`;
}
