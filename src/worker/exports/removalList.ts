import type { ReviewRow } from '../../contract/review';
import type { Decision, RowReview } from '../../core/review/decisions';
import type { ProjectStore } from '../store/projectStore';
import { formatListLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import type { RowFiles } from './rowFiles';
import type { StagedWriter } from './stagedFiles';

const header = ['reason', 'score', 'rank', 'decision', 'reviewer', 'time', 'note'] as const;
/** Rows all over the file: a few thousand cost one look at the whole table, as one row more does. */
const blockRows = 5_000;

/**
 * Writes `removal_list.csv`: one line per removed row, in the order given. `score` is the suspicion; where rows name
 * files and their ids do not, `file_name` does.
 */
export async function writeRemovalList(
  store: ProjectStore,
  rows: Int32Array,
  files: RowFiles | null,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<void> {
  const named = files === null || store.sources.columns[files.column]?.role === 'id' ? null : files;
  await writer.write(formatListLines([['row', 'id', ...(named === null ? [] : ['file_name']), ...header]]));
  for (let start = 0; start < rows.length; start += blockRows) {
    signal?.throwIfCancelled();
    const numbers = [...rows.subarray(start, start + blockRows)];
    const block = await store.review.readRows(numbers);
    const cells = named === null ? [] : await store.sources.readCells(numbers, [named.column]);
    const lines = block.map((row, k) => [
      row.row,
      row.id,
      ...(named === null ? [] : [named.pathOf(cells[k][0]) ?? '']),
      ...judgement(row, store.decisions.state.rows.get(row.row)),
    ]);
    await writer.write(formatListLines(lines));
    onProgress(Math.min(start + blockRows, rows.length), rows.length);
  }
}

function judgement(row: ReviewRow, review: RowReview | undefined): (string | number | null)[] {
  return [
    row.reasons.join('; '),
    row.suspicion,
    row.rank,
    describeDecision(row.decision),
    review?.reviewer ?? '',
    review?.time ?? '',
    row.note,
  ];
}

/** As data files say it; empty where nobody decided. */
export function describeDecision(decision: Decision | null): string {
  if (decision === null) return '';
  return decision.kind === 'relabel' ? `relabel: ${decision.label}` : decision.kind;
}
