import type { CancellationSignal } from '../../core/base/jobContext';
import type { ProjectStoreApi } from '../store/projectStoreApi';
import { scoreColumns } from '../review/scoreColumns';
import { formatDataLines } from './csvText';
import type { StagedWriter } from './stagedFiles';

const blockRows = 4_000;

/** Writes `scores.csv`: one line per input row, in input order; empty cells where a score does not exist. */
export async function writeScores(
  store: ProjectStoreApi,
  writer: StagedWriter,
  options: { readonly signal?: CancellationSignal; readonly onRows?: (done: number, total: number) => void } = {},
): Promise<number> {
  const total = store.source?.rowCount ?? 0;
  await writer.write(formatDataLines([scoreColumns.map(([name]) => name)]));
  for (let start = 0; start < total; start += blockRows) {
    options.signal?.throwIfCancelled();
    const numbers = Array.from({ length: Math.min(blockRows, total - start) }, (_, i) => start + i);
    const rows = await store.readRows(numbers);
    await writer.write(formatDataLines(rows.map((row) => scoreColumns.map(([, read]) => read(row)))));
    options.onRows?.(start + rows.length, total);
  }
  return total;
}
