import { type Preview, unknownReasons } from '../../contract/dataset';
import { previewRowCount } from '../datasets/previewSize';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';

/** The first rows of a file that was read. */
export async function readPreview(store: ProjectStore, source: SourceRecord): Promise<Preview> {
  const shown = Math.min(previewRowCount(store.sources.columns.length), source.rowCount);
  const rows = Array.from({ length: shown }, (_, row) => row);
  const found = source.found ?? { reasons: unknownReasons, rawLines: [] };
  return {
    dialect: source.dialect,
    columns: [...store.sources.columns],
    rows: await store.sources.readCells(rows),
    ...found,
  };
}

/**
 * A preview is of the file's first part: of wide tables that holds fewer rows than can be shown, and no vectors of a
 * second file.
 */
export async function completePreview(preview: Preview, store: ProjectStore, source: SourceRecord): Promise<Preview> {
  const columns = [...store.sources.columns];
  const isAlone = source.fingerprint.embeddings === undefined;
  const full = isAlone && preview.rows.length >= Math.min(previewRowCount(columns.length), source.rowCount);
  return full
    ? { ...preview, dialect: source.dialect, columns }
    : { ...preview, ...(await readPreview(store, source)) };
}
