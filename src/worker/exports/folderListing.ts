import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import type { StagedWriter } from './stagedFiles';

const blockRows = 5_000;

/** What a listing of a folder says otherwise than the folder. */
interface ListingChanges {
  /** Rows that are not listed. */
  readonly removed?: ReadonlySet<number>;
  /** Labels by row. */
  readonly labels?: ReadonlyMap<number, string>;
}

/**
 * Writes the files of a folder as CSV, one line for each row: `file_name`, its label and split, and what tables say of
 * it, but not what is in it. The files themselves are neither copied nor touched.
 */
export async function writeFolderListing(
  store: ProjectStore,
  { removed = new Set(), labels = new Map<number, string>() }: ListingChanges,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<void> {
  const { rowCount } = store.sources.requireSource();
  // The second column is what is in each file.
  const columns = store.sources.columns.filter(({ index }) => index !== 1);
  const label = columns.findIndex(({ role }) => role === 'label');
  await writer.write(formatDataLines([columns.map(({ name }) => name)]));
  for (let start = 0; start < rowCount; start += blockRows) {
    signal?.throwIfCancelled();
    const end = Math.min(start + blockRows, rowCount);
    const rows = Array.from({ length: end - start }, (_, k) => start + k).filter((row) => !removed.has(row));
    const cells = await store.sources.readCells(
      rows,
      columns.map(({ index }) => index),
    );
    const lines = cells.map((line, k) => line.map((cell, at) => (at === label ? (labels.get(rows[k]) ?? cell) : cell)));
    if (lines.length > 0) await writer.write(formatDataLines(lines));
    onProgress(end, rowCount);
  }
}
