import type { ReviewRow } from '../../contract/review';
import type { Decision, RowReview } from '../../core/review/decisions';
import type { ProjectStore } from '../store/projectStore';
import { formatListLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import type { StagedWriter } from './stagedFiles';

const header = ['row', 'id', 'reason', 'score', 'rank', 'decision', 'reviewer', 'time', 'note'] as const;
/** Rows all over the file: a few thousand cost one look at the whole table, as one row more does. */
const blockRows = 5_000;

/** Writes `removal_list.csv`: one line per removed row, in the order given. `score` is the suspicion. */
export async function writeRemovalList(
  store: ProjectStore,
  rows: Int32Array,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<void> {
  await writer.write(formatListLines([header]));
  for (let start = 0; start < rows.length; start += blockRows) {
    signal?.throwIfCancelled();
    const block = await store.review.readRows([...rows.subarray(start, start + blockRows)]);
    await writer.write(formatListLines(block.map((row) => removalLine(row, store.decisions.state.rows.get(row.row)))));
    onProgress(Math.min(start + blockRows, rows.length), rows.length);
  }
}

function removalLine(row: ReviewRow, review: RowReview | undefined): (string | number | null)[] {
  return [
    row.row,
    row.id,
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
