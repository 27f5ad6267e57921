import type { ReviewRow } from '../../contract/review';
import type { ProjectStore } from '../store/projectStore';
import type { WritingOptions } from './exportRequest';

const blockRows = 4_000;

interface ReviewedRow extends ReviewRow {
  /** The given label as the file spells it, so that it joins with the data; its class may be spelt otherwise. */
  readonly labelAsGiven: string;
}

/**
 * All rows with what the audit and the review say of them, in input order and in blocks. The scan waits for `onBlock`.
 */
export async function scanReviewed(
  store: ProjectStore,
  { signal, onProgress }: WritingOptions,
  onBlock: (rows: readonly ReviewedRow[]) => Promise<void>,
): Promise<void> {
  const { rowCount } = store.sources.requireSource();
  for (let start = 0; start < rowCount; start += blockRows) {
    signal?.throwIfCancelled();
    const end = Math.min(start + blockRows, rowCount);
    const numbers = Array.from({ length: end - start }, (_, k) => start + k);
    await onBlock(await readAsGiven(store, numbers));
    onProgress(end, rowCount);
  }
}

async function readAsGiven(store: ProjectStore, numbers: readonly number[]): Promise<ReviewedRow[]> {
  const rows = await store.review.readRows(numbers);
  const labelling = store.audits.latest?.summary.labelling;
  if (labelling === undefined || labelling.asSpelt)
    return rows.map((row) => ({ ...row, labelAsGiven: row.givenLabel }));
  const cells = await store.sources.readCells(numbers, [labelling.index]);
  return rows.map((row, k) => ({ ...row, labelAsGiven: row.givenLabel === '' ? '' : cells[k][0] }));
}
