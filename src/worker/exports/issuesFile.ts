import { listedFrom } from '../../core/base/listedFrom';
import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import type { RemovalChoice, WritingOptions } from './exportRequest';
import { scanReviewed } from './scanReviewed';
import type { StagedWriter } from './stagedFiles';

/** The columns that cleanlab's Datalab gives label issues, after the row's number and id. */
const header = ['row', 'id', 'is_label_issue', 'label_score', 'given_label', 'predicted_label'];

/**
 * Writes `issues.csv`: one line per input row, in input order, as cleanlab's Datalab says it. `label_score` is
 * 1 − suspicion: near 0 the label is likely wrong, near 1 right; a row without a label has none and is no issue.
 */
export async function writeIssues(
  store: ProjectStore,
  removal: RemovalChoice,
  writer: StagedWriter,
  options: WritingOptions,
): Promise<void> {
  const threshold = removal.kind === 'suspicion' ? removal.threshold : listedFrom;
  await writer.write(formatDataLines([header]));
  await scanReviewed(store, options, async (rows) => {
    const lines = rows.map(({ row, id, suspicion, givenLabel, suggestedLabel, labelAsGiven }) => [
      row,
      id,
      // As pandas writes and reads truth.
      suspicion !== null && suspicion >= threshold ? 'True' : 'False',
      suspicion === null ? null : 1 - suspicion,
      labelAsGiven,
      suggestedLabel === givenLabel ? labelAsGiven : suggestedLabel,
    ]);
    await writer.write(formatDataLines(lines));
  });
}
