import type { ReviewRow } from '../../contract/review';
import type { CancellationSignal } from '../../core/base/jobContext';
import type { ProjectStoreApi } from '../store/projectStoreApi';
import { formatCsvLines } from './csvText';
import type { StagedWriter } from './stagedFiles';

/** The columns of `scores.csv`, in this order: part of the interface, see product documentation. */
const columns: readonly (readonly [name: string, read: (row: ReviewRow) => string | number | null])[] = [
  ['row', (row) => row.row],
  ['id', (row) => row.id],
  ['split', (row) => row.split],
  ['given_label', (row) => row.givenLabel],
  ['suggested_label', (row) => row.suggestedLabel],
  ['rank', (row) => row.rank],
  ['suspicion', (row) => row.suspicion],
  ['loss', (row) => row.loss],
  ['probability', (row) => row.probability],
  ['loo_probability', (row) => row.looProbability],
  ['loo_loss', (row) => row.looLoss],
  ['leverage', (row) => row.leverage],
  ['self_influence_if', (row) => row.selfInfluenceIf],
  ['self_influence_rif', (row) => row.selfInfluenceRif],
  ['val_loss_if', (row) => row.valLossIf],
  ['val_loss_rif', (row) => row.valLossRif],
  ['reasons', (row) => row.reasons.join('; ')],
];

const blockRows = 4_000;

/** Writes `scores.csv`: one line per input row, in input order; empty cells where a score does not exist. */
export async function writeScores(
  store: ProjectStoreApi,
  writer: StagedWriter,
  options: { readonly signal?: CancellationSignal; readonly onRows?: (done: number, total: number) => void } = {},
): Promise<number> {
  const total = store.source?.rowCount ?? 0;
  await writer.write(formatCsvLines([columns.map(([name]) => name)]));
  for (let start = 0; start < total; start += blockRows) {
    options.signal?.throwIfCancelled();
    const numbers = Array.from({ length: Math.min(blockRows, total - start) }, (_, i) => start + i);
    const rows = await store.readRows(numbers);
    await writer.write(formatCsvLines(rows.map((row) => columns.map(([, read]) => read(row)))));
    options.onRows?.(start + rows.length, total);
  }
  return total;
}
