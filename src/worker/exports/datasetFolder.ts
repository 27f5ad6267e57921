import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMode } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { parseSplit } from '../datasets/columns/splitWords';
import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import { DatasetPaths } from './datasetPaths';
import type { WritingOptions } from './exportRequest';
import type { FileStock } from './fileStock';
import { FolderSummary } from './folderSummary';
import { metadataFields, metadataLine } from './metadataFile';
import { type PlacedFile, placeFile } from './placeFile';
import type { RowFiles } from './rowFiles';
import { type DatasetChanges, scanKept } from './scanKept';
import { StagedWriter, type WrittenFile } from './stagedFiles';

/** The folder that is made, and the list of what is in it. */
export const datasetFolderName = 'dataset';

/** Files that are placed at a time. */
const atOnce = 16;

const header = ['file_name', 'source', 'row', 'label', 'split', 'made_by', 'bytes', 'sha256'];

export interface MadeFolder {
  readonly rows: number;
  readonly links: number;
  readonly copies: number;
  /** The tables in it. */
  readonly tables: readonly WrittenFile[];
  /** What is to be known of it, in sentences. */
  readonly notes: readonly string[];
}

interface DatasetFolderRequest {
  readonly files: RowFiles;
  readonly stock: FileStock;
  readonly mode: FileMode;
  readonly changes: DatasetChanges;
  /** An empty folder. */
  readonly folder: string;
}

interface PlannedFile {
  readonly source: string;
  readonly label: string;
  readonly split: string;
  /** In the folder. */
  readonly path: string;
}

/**
 * Makes a folder of the files that stay, in folders of the labels that they are to have (and of their splits), with a
 * `metadata.jsonl` in each split, and lists them as CSV: where each came from, how it was made, its SHA-256. Names are
 * those of the files; where two would be one, that of the file whose label was changed, or of the later one, is
 * numbered.
 * O(files) memory, and every byte is read.
 */
export async function makeDatasetFolder(
  store: ProjectStore,
  request: DatasetFolderRequest,
  writer: StagedWriter,
  { signal, onProgress }: WritingOptions,
): Promise<MadeFolder> {
  const { files, stock, mode, changes, folder } = request;
  const { planned, paths, withoutFile } = await planFiles(store, files, changes, signal);
  await makeFolders(folder, planned.values(), paths);
  const summary = new FolderSummary(withoutFile);
  const placed = new Set<number>();
  await writer.write(formatDataLines([header]));
  const rows = [...planned];
  for (let at = 0; at < rows.length; at += atOnce) {
    signal?.throwIfCancelled();
    const part = rows.slice(at, at + atOnce);
    const made = await Promise.all(
      part.map(([, { source, path }]) => place(stock, source, join(folder, path), mode, files)),
    );
    const lines = part.flatMap(([row, file], k) => {
      const one = made[k];
      summary.add(file, one);
      if (typeof one === 'string') return [];
      placed.add(row);
      return [[file.path, file.source, row, file.label, file.split, one.mode, one.bytes, one.sha256]];
    });
    await writer.write(formatDataLines(lines));
    onProgress(at + part.length, rows.length);
  }
  const tables = await writeTables(store, request, { planned, paths, placed }, signal);
  const { links, copies } = summary;
  return { rows: placed.size, links, copies, tables, notes: summary.describe(datasetFolderName, paths.renamedLabels) };
}

interface FolderPlan {
  /** By row, in input order. */
  readonly planned: ReadonlyMap<number, PlannedFile>;
  readonly paths: DatasetPaths;
  readonly withoutFile: number;
}

async function planFiles(
  store: ProjectStore,
  files: RowFiles,
  { removed = new Set(), labels = new Map<number, string>() }: DatasetChanges,
  signal: WritingOptions['signal'],
): Promise<FolderPlan> {
  const label = store.sources.columns.find(({ role }) => role === 'label');
  const split = store.sources.columns.find(({ role }) => role === 'split');
  const columns = [files.column, ...[label, split].flatMap((one) => (one === undefined ? [] : [one.index]))];
  const splitNames = new SplitNames();
  const found: { row: number; source: string; label: string; split: string }[] = [];
  let withoutFile = 0;
  const reading = { signal, onProgress: () => undefined };
  await scanKept(store, columns, removed, reading, async (rows, cells) => {
    cells.forEach((line, k) => {
      const source = files.pathOf(line[0]);
      if (source === null) {
        withoutFile++;
        return;
      }
      const row = rows[k];
      const given = label === undefined ? '' : line[1].trim();
      const splitCell = split === undefined ? null : line[columns.length - 1];
      found.push({
        row,
        source,
        label: labels.get(row) ?? given,
        split: splitCell === null ? '' : splitNames.of(splitCell),
      });
    });
    return Promise.resolve();
  });
  const paths = new DatasetPaths(
    found.map((one) => one.label),
    found.map((one) => one.split),
  );
  const pathOf = new Map<number, string>();
  const placeAll = (isMoved: boolean): void => {
    for (const { row, source, label: own, split: part } of found) {
      if (labels.has(row) !== isMoved) continue;
      pathOf.set(row, paths.place(part, own, source.slice(source.lastIndexOf('/') + 1)));
    }
  };
  placeAll(false);
  placeAll(true);
  const planned = new Map(found.map(({ row, ...file }) => [row, { ...file, path: pathOf.get(row) ?? '' }]));
  return { planned, paths, withoutFile };
}

/** One folder for each split, however its cells spell it; blank cells are training rows. */
class SplitNames {
  readonly #names = new Map<number, string>();

  of(cell: string): string {
    const said = cell.trim() === '' ? 'train' : cell.trim();
    const code = parseSplit(said);
    if (code === undefined) return said;
    const known = this.#names.get(code);
    if (known === undefined) this.#names.set(code, said);
    return known ?? said;
  }
}

async function makeFolders(folder: string, files: Iterable<PlannedFile>, paths: DatasetPaths): Promise<void> {
  const needed = new Set<string>();
  for (const { split, label } of files) needed.add(paths.folderOfSplit(split)).add(paths.folderOf(split, label));
  // A folder comes before those in it.
  for (const path of [...needed].filter((one) => one !== '').sort((a, b) => a.length - b.length)) {
    await mkdir(join(folder, path), { recursive: true });
  }
}

/** @returns why a file that a cell names is not there. */
async function place(
  stock: FileStock,
  source: string,
  target: string,
  mode: FileMode,
  { content, column }: RowFiles,
): Promise<PlacedFile | string> {
  try {
    return await placeFile(stock, source, target, mode);
  } catch (error) {
    // What cells name may never have been there; the files of a folder were.
    if (error instanceof InputError && content === column) return error.message;
    throw error;
  }
}

async function writeTables(
  store: ProjectStore,
  { files, changes, folder }: DatasetFolderRequest,
  { planned, paths, placed }: Omit<FolderPlan, 'withoutFile'> & { readonly placed: ReadonlySet<number> },
  signal: WritingOptions['signal'],
): Promise<WrittenFile[]> {
  const fields = metadataFields(store.sources.columns, files);
  const [label, split] = ['label', 'split'].map((own) => fields.findIndex(({ name }) => name === own));
  const indices = fields.map(({ column }) => column);
  const tables: WrittenFile[] = [];
  for (const part of new Set([...planned.values()].map((file) => file.split))) {
    const table = paths.tableOf(part);
    const above = table.length - 'metadata.jsonl'.length;
    const handle = await open(join(folder, table), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
    try {
      const writer = new StagedWriter(handle);
      const reading = { signal, onProgress: () => undefined };
      await scanKept(store, indices, changes.removed ?? new Set(), reading, async (rows, cells) => {
        const lines = cells.flatMap((line, k) => {
          const file = planned.get(rows[k]);
          if (file === undefined || file.split !== part || !placed.has(rows[k])) return [];
          const values = line.map((cell, at) => (at === label ? file.label : at === split ? file.split : cell));
          return [metadataLine(fields, [file.path.slice(above), ...values.slice(1)])];
        });
        await writer.write(lines.join(''));
      });
      await handle.sync();
      tables.push(writer.finish(`${datasetFolderName}/${table}`));
    } finally {
      await handle.close();
    }
  }
  return tables;
}
