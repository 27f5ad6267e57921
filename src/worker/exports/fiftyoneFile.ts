import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import { describeDecision } from './removalList';
import type { RowFiles } from './rowFiles';
import { scanReviewed } from './scanReviewed';
import type { StagedWriter } from './stagedFiles';

/** None of these names is one that samples of FiftyOne have already (id, tags, metadata). */
const header = [
  'filepath',
  'label',
  'given_label',
  'suggested_label',
  'suspicion',
  'rank',
  'decision',
  'reasons',
  'split',
  'row',
];

/**
 * Writes `fiftyone.csv`, which FiftyOne opens as a CSVDataset: one line for each row with a file, in input order.
 * `filepath` is relative to the folder that is given as its `data_path`; `label` is the one that the row is to have.
 * @returns the lines written.
 */
export async function writeFiftyone(
  store: ProjectStore,
  files: RowFiles,
  labels: ReadonlyMap<number, string>,
  writer: StagedWriter,
  options: WritingOptions,
): Promise<number> {
  let count = 0;
  await writer.write(formatDataLines([header]));
  await scanReviewed(store, options, async (rows) => {
    const cells = await store.sources.readCells(
      rows.map(({ row }) => row),
      [files.column],
    );
    const lines = rows.flatMap((row, k) => {
      const path = files.pathOf(cells[k][0]);
      if (path === null) return [];
      const { labelAsGiven, suggestedLabel, suspicion, rank, decision, reasons, split } = row;
      const label = labels.get(row.row) ?? labelAsGiven;
      const judged = [labelAsGiven, suggestedLabel, suspicion, rank, describeDecision(decision), reasons.join('; ')];
      return [[path, label, ...judged, split, row.row]];
    });
    count += lines.length;
    await writer.write(formatDataLines(lines));
  });
  return count;
}
