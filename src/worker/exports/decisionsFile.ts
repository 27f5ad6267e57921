import type { Decision } from '../../core/review/decisions';
import { contentOf } from '../decisions/rowContent';
import type { ProjectStore } from '../store/projectStore';
import { formatListLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import type { StagedWriter } from './stagedFiles';

/** The columns of `decisions.csv`, in their order. */
const decisionColumns = [
  'row',
  'id',
  'content',
  'given_label',
  'decision',
  'new_label',
  'flag',
  'note',
  'reviewer',
  'time',
] as const;

/** Rows all over the file: a few thousand cost one look at the whole table, as one row more does. */
const blockRows = 5_000;

/**
 * Writes `decisions.csv`: one line for each row with a decision or a note, in row order. `decision` is keep, remove or
 * relabel, `flag` is later; `content` names the row's cells (see `contentOf`), so that the file finds its rows in
 * another copy of the data.
 */
export async function writeDecisions(
  store: ProjectStore,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<void> {
  const { state } = store.decisions;
  const { columns } = store.sources;
  const placeOf = (role: string): number => columns.findIndex((column) => column.role === role);
  const [id, label] = [placeOf('id'), placeOf('label')];
  const rows = Int32Array.from(state.rows.keys()).sort();
  await writer.write(formatListLines([decisionColumns]));
  for (let start = 0; start < rows.length; start += blockRows) {
    signal?.throwIfCancelled();
    const part = [...rows.subarray(start, start + blockRows)];
    const cells = await store.sources.readCells(part);
    const lines = part.map((row, k) => {
      const review = state.rows.get(row);
      return [
        row,
        cells[k][id] ?? '',
        contentOf(cells[k]),
        cells[k][label] ?? '',
        ...decisionCells(review?.decision ?? null),
        review?.note ?? '',
        review?.reviewer ?? '',
        review?.time ?? '',
      ];
    });
    await writer.write(formatListLines(lines));
    onProgress(Math.min(start + blockRows, rows.length), rows.length);
  }
}

/** Cells of `decision`, `new_label` and `flag`. */
function decisionCells(decision: Decision | null): [string, string, string] {
  if (decision === null) return ['', '', ''];
  switch (decision.kind) {
    case 'later':
      return ['', '', 'later'];
    case 'relabel':
      return ['relabel', decision.label, ''];
    default:
      return [decision.kind, '', ''];
  }
}
