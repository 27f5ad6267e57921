import type { Column } from '../../contract/dataset';
import { nameColumns } from '../datasets/dialect/columnNames';
import { findLayout } from '../datasets/folders/folderLayout';
import type { ProjectStore } from '../store/projectStore';
import type { WritingOptions } from './exportRequest';
import type { RowFiles } from './rowFiles';
import { type DatasetChanges, scanKept } from './scanKept';
import type { StagedWriter } from './stagedFiles';

/** What is said of a file: a name, and the column that it comes from. */
interface MetadataField {
  readonly name: string;
  readonly column: number;
}

/**
 * The fields of a file in `metadata.jsonl`: `file_name`, `label` and `split`, whatever their columns are called, then
 * all other columns under their names, told apart where those are taken.
 */
export function metadataFields(columns: readonly Column[], files: RowFiles): MetadataField[] {
  const label = columns.find(({ role }) => role === 'label');
  const split = columns.find(({ role }) => role === 'split');
  const own = [
    { name: 'file_name', column: files.column },
    ...(label === undefined ? [] : [{ name: 'label', column: label.index }]),
    ...(split === undefined ? [] : [{ name: 'split', column: split.index }]),
  ];
  const taken = new Set([files.content, ...own.map(({ column }) => column)]);
  const others = columns.flatMap(({ index, name }) => (taken.has(index) ? [] : [{ name, column: index }]));
  const all = [...own, ...others];
  const { names } = nameColumns(
    all.map(({ name }) => name),
    all.length,
  );
  return all.map(({ column }, at) => ({ name: names[at], column }));
}

/** A line of `metadata.jsonl`: every value is text, a blank label null. */
export function metadataLine(fields: readonly MetadataField[], values: readonly string[]): string {
  const said = fields.map(({ name }, at) => [name, name === 'label' && values[at] === '' ? null : values[at]]);
  return `${JSON.stringify(Object.fromEntries(said))}\n`;
}

/** A `metadata.jsonl`, and the folder for which it is. */
export interface MetadataPart {
  /** Below the folder of the data; '' for that folder itself. */
  readonly folder: string;
  /** Under which it is written. */
  readonly fileName: string;
}

const wholeDataset: readonly MetadataPart[] = [{ folder: '', fileName: 'metadata.jsonl' }];
const mostParts = 20;

/**
 * Hugging Face's imagefolder passes over a table above the folders of splits: each split has one of its own then. Its
 * `file_name` is relative to the folder that the table is to lie in. O(rows).
 */
export async function findMetadataParts(store: ProjectStore, files: RowFiles): Promise<readonly MetadataPart[]> {
  const paths: string[] = [];
  await store.sources.scan([files.column], (_, [cells = []]) => {
    for (const cell of cells) {
      const path = files.pathOf(cell);
      if (path !== null) paths.push(path);
    }
  });
  const layout = findLayout(paths, false);
  if (!layout.hasSplit) return wholeDataset;
  const folders = new Set<string>();
  for (const path of paths) {
    const place = layout.place(path);
    const parts = path.split('/');
    folders.add(typeof place === 'string' ? '' : parts.slice(0, parts.indexOf(place.split) + 1).join('/'));
    if (folders.size > mostParts) return wholeDataset;
  }
  const named = [...folders].map((folder) => ({ folder, fileName: partName(folder) }));
  return new Set(named.map(({ fileName }) => fileName)).size === named.length ? named : wholeDataset;
}

function partName(folder: string): string {
  return folder === '' ? 'metadata.jsonl' : `metadata.${folder.replace(/[^\p{L}\p{N}_-]+/gu, '_')}.jsonl`;
}

/**
 * Writes a `metadata.jsonl` as Hugging Face's imagefolder reads it: one line for each file of its folder that stays, in
 * input order, with the label that it is to have. Rows without a file are left out. @returns the lines written.
 */
export async function writeMetadata(
  store: ProjectStore,
  files: RowFiles,
  { folder }: MetadataPart,
  { removed = new Set(), labels = new Map<number, string>() }: DatasetChanges,
  writer: StagedWriter,
  options: WritingOptions,
): Promise<number> {
  const fields = metadataFields(store.sources.columns, files);
  const label = fields.findIndex(({ name }) => name === 'label');
  const indices = fields.map(({ column }) => column);
  const above = folder === '' ? '' : `${folder}/`;
  let count = 0;
  await scanKept(store, indices, removed, options, async (rows, cells) => {
    const lines = cells.flatMap((line, k) => {
      const path = files.pathOf(line[0]);
      if (path?.startsWith(above) !== true) return [];
      const values = line.map((cell, at) => (at === label ? (labels.get(rows[k]) ?? cell) : cell));
      return [metadataLine(fields, [path.slice(above.length), ...values.slice(1)])];
    });
    count += lines.length;
    if (lines.length > 0) await writer.write(lines.join(''));
  });
  return count;
}
