import type { ProjectStore } from '../store/projectStore';
import type { WritingOptions } from './exportRequest';

const blockRows = 5_000;

/** What an export says otherwise than the data. */
export interface DatasetChanges {
  /** Rows that are left out. */
  readonly removed?: ReadonlySet<number>;
  /** Labels by row. */
  readonly labels?: ReadonlyMap<number, string>;
}

/** The rows that stay, in input order and in blocks, with their cells of some columns. The scan waits for `onBlock`. */
export async function scanKept(
  { sources }: ProjectStore,
  columns: readonly number[],
  removed: ReadonlySet<number>,
  { signal, onProgress }: WritingOptions,
  onBlock: (rows: readonly number[], cells: readonly (readonly string[])[]) => Promise<void>,
): Promise<void> {
  const { rowCount } = sources.requireSource();
  for (let start = 0; start < rowCount; start += blockRows) {
    signal?.throwIfCancelled();
    const end = Math.min(start + blockRows, rowCount);
    const rows = Array.from({ length: end - start }, (_, k) => start + k).filter((row) => !removed.has(row));
    if (rows.length > 0) await onBlock(rows, await sources.readCells(rows, columns));
    onProgress(end, rowCount);
  }
}
