import type { ReviewRow } from '../../contract/review';
import { type LabelKind, scoreColumnsOf } from '../../contract/scoreColumns';
import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import type { StagedWriter } from './stagedFiles';

const blockRows = 4_000;

export type FileColumn = readonly [name: string, read: (row: ReviewRow) => string | number | null];

/**
 * The columns of `scores.csv` for labels of a kind, in this order: part of the interface, see product documentation.
 */
export function fileColumnsOf(labels: LabelKind): readonly FileColumn[] {
  return [
    ['row', (row) => row.row],
    ['id', (row) => row.id],
    ['split', (row) => row.split],
    ['given_label', (row) => row.givenLabel],
    ['suggested_label', (row) => row.suggestedLabel],
    ['rank', (row) => row.rank],
    ['suspicion', (row) => row.suspicion],
    ...scoreColumnsOf(labels).map(({ name, field }) => [name, (row: ReviewRow) => row[field]] as const),
    ['reasons', (row) => row.reasons.join('; ')],
  ];
}

/** Writes `scores.csv`: one line per input row, in input order; empty cells where a score does not exist. */
export async function writeScores(
  store: ProjectStore,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<void> {
  const total = store.sources.source?.rowCount ?? 0;
  const fileColumns = fileColumnsOf(store.audits.latest?.classes.length === 0 ? 'numbers' : 'classes');
  await writer.write(formatDataLines([fileColumns.map(([name]) => name)]));
  for (let start = 0; start < total; start += blockRows) {
    signal?.throwIfCancelled();
    const numbers = Array.from({ length: Math.min(blockRows, total - start) }, (_, i) => start + i);
    const rows = await readAsGiven(store, numbers);
    await writer.write(formatDataLines(rows.map((row) => fileColumns.map(([, read]) => read(row)))));
    onProgress(start + rows.length, total);
  }
}

/**
 * Rows with the given label as the file spells it, so that it joins with the data; its class may be spelt otherwise.
 */
async function readAsGiven(store: ProjectStore, numbers: readonly number[]): Promise<ReviewRow[]> {
  const rows = await store.review.readRows(numbers);
  const labelling = store.audits.latest?.summary.labelling;
  if (labelling === undefined || labelling.asSpelt) return rows;
  const cells = await store.sources.readCells(numbers, [labelling.index]);
  return rows.map((row, k) => (row.givenLabel === '' ? row : { ...row, givenLabel: cells[k][0] }));
}
