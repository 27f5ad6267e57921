import { type Column, type Dialect, hasFilesAsRows, type Preview, type SaidDialect } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import type { FoundSource, Inspection } from '../datasets/sourceFormat';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import type { Job } from './job';

/** How long it takes shows itself: bytes are counted as they are read. */
export const loadStages = [{ name: 'reading', expectedSeconds: 0 }];

export interface LoadRequest {
  /** What is read, as its first part shows it. */
  readonly inspection: Inspection;
  /** What the analyst says of the columns that were found. */
  readonly adjust?: (columns: readonly Column[]) => readonly Column[];
  /** Called after each block with the rows and problems so far. */
  readonly onProgress: (rows: number, issues: number) => void;
}

/** Reads the data file into the project: all of it or nothing. */
export async function loadSource(store: ProjectStore, request: LoadRequest, job: Job): Promise<SourceRecord> {
  const { inspection } = request;
  let rows = 0;
  let issues = 0;
  const writer = await store.sources.write(inspection.columnNames.length);
  job.onCancel(() => writer.interrupt());
  try {
    const result = await inspection.read({
      signal: job.signal,
      onBlock: async (block) => {
        await writer.append(block);
        rows = block.firstRow + block.cells.length;
        issues += block.issues.length;
        job.progress({
          stage: 'reading',
          done: block.done,
          total: block.total,
          detail: hasFilesAsRows(inspection.format) ? `${formatCount(rows)} files` : `${formatCount(rows)} rows`,
        });
        request.onProgress(rows, issues);
      },
      onRestart: async () => {
        rows = 0;
        issues = 0;
        await writer.restart();
      },
    });
    const record: SourceRecord = {
      fingerprint: result.source,
      format: inspection.format,
      dialect: result.dialect,
      said: inspection.said,
      rowCount: result.rowCount,
      issueCount: result.issueCount,
      raggedRows: result.raggedRows,
      columns: request.adjust?.(result.columns) ?? result.columns,
      pictures: result.pictures,
      notes: result.notes,
      found: describeFound(inspection.preview, result.dialect),
    };
    await writer.finish(record);
    return record;
  } catch (error) {
    await writer.abort();
    // Of a query that was stopped in the middle, the database says only that it was.
    job.signal.throwIfCancelled();
    throw error;
  }
}

/**
 * How the beginning of the file was read; where the rest showed that its encoding is another one, that is said instead.
 */
function describeFound(
  { dialect, reasons, rawLines }: Preview,
  { encoding }: Dialect,
): NonNullable<SourceRecord['found']> {
  if (encoding === dialect.encoding) return { reasons, rawLines };
  return { reasons: { ...reasons, encoding: 'UTF-8 fails further down' }, rawLines };
}

/**
 * Reads a second file whose rows are for validation only, written as it shows itself but for what is said. Its columns
 * are found by name, in any order.
 * @throws InputError naming the columns that are missing.
 */
export async function loadValidation(
  store: ProjectStore,
  found: FoundSource,
  said: SaidDialect,
  job: Job,
): Promise<void> {
  if (hasFilesAsRows(found.format)) {
    throw new InputError(
      `${found.stamp.path} is ${found.format === 'zip' ? 'an archive' : 'a folder'} of files. Put files that validate beside the others, in a folder named val.`,
      { details: { path: found.stamp.path } },
    );
  }
  const inspection = await found.inspect(said);
  const places = matchColumns(
    store.sources.columns.filter((column) => column.role === 'feature' || column.role === 'label'),
    store.sources.columns.length,
    inspection.columnNames,
    found.stamp.path,
  );
  // Its rows may have weights of their own.
  const weight = store.sources.columns.find(({ role }) => role === 'weight');
  if (weight !== undefined) places[weight.index] = inspection.columnNames.indexOf(weight.name);
  const writer = await store.sources.write(store.sources.columns.length, 'validation');
  job.onCancel(() => writer.interrupt());
  try {
    const result = await inspection.read({
      signal: job.signal,
      onBlock: async (block) => {
        const cells = block.cells.map((row) => places.map((place) => (place < 0 ? '' : row[place])));
        // A shifted row is no row to validate with, whichever of its cells are asked for.
        const cellCounts = block.cellCounts.map((count) =>
          count === inspection.columnNames.length ? places.length : 0,
        );
        await writer.append({ ...block, cells, cellCounts });
        job.progress({ stage: 'reading', done: block.done, total: block.total });
      },
      onRestart: () => writer.restart(),
    });
    await writer.finish({
      fingerprint: result.source,
      dialect: result.dialect,
      said,
      rowCount: result.rowCount,
      issueCount: result.issueCount,
      raggedRows: result.raggedRows,
      columns: store.sources.columns,
      pictures: null,
      notes: result.notes,
    });
  } catch (error) {
    await writer.abort();
    // Of a query that was stopped in the middle, the database says only that it was.
    job.signal.throwIfCancelled();
    throw error;
  }
}

/** For each column of the first file its place in the second one; −1 where it is not there and not needed. */
export function matchColumns(
  needed: readonly Pick<Column, 'index' | 'name'>[],
  columnCount: number,
  names: readonly string[],
  path: string,
): number[] {
  const missing = needed.filter(({ name }) => !names.includes(name));
  if (missing.length > 0) {
    const list = missing.slice(0, 10).map(({ name }) => `“${name}”`);
    throw new InputError(
      `The validation file ${path} lacks ${missing.length === 1 ? 'the column' : `${missing.length} columns`} ${list.join(', ')}${missing.length > 10 ? ', …' : ''}. It needs the label and every feature, under the same names.`,
      { details: { path } },
    );
  }
  const places = new Array<number>(columnCount).fill(-1);
  for (const { index, name } of needed) places[index] = names.indexOf(name);
  return places;
}
