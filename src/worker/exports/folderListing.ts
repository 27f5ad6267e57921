import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import { type DatasetChanges, scanKept } from './scanKept';
import type { StagedWriter } from './stagedFiles';

/**
 * Writes the files of a folder as CSV, one line for each row: `file_name`, its label and split, and what tables say of
 * it, but not what is in it. The files themselves are neither copied nor touched.
 */
export async function writeFolderListing(
  store: ProjectStore,
  { removed = new Set(), labels = new Map<number, string>() }: DatasetChanges,
  writer: StagedWriter,
  options: WritingOptions,
): Promise<void> {
  const all = store.sources.columns;
  // The second column is what is in each file, and the last one what was joined to it.
  const joined = store.sources.source?.fingerprint.embeddings === undefined ? -1 : all.length - 1;
  const columns = all.filter(({ index }) => index !== 1 && index !== joined);
  const label = columns.findIndex(({ role }) => role === 'label');
  const indices = columns.map(({ index }) => index);
  await writer.write(formatDataLines([columns.map(({ name }) => name)]));
  await scanKept(store, indices, removed, options, async (rows, cells) => {
    const lines = cells.map((line, k) => line.map((cell, at) => (at === label ? (labels.get(rows[k]) ?? cell) : cell)));
    await writer.write(formatDataLines(lines));
  });
}
