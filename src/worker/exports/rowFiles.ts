import { type ExportKind, exportKinds } from '../../contract/exports';
import { isMissing } from '../datasets/cells/cells';
import type { MediaKind } from '../datasets/folders/fileKinds';
import { partsBelow } from '../pictures/partsBelow';
import { findPictureColumn } from '../project/projectPictures';
import type { ProjectStore } from '../store/projectStore';

/** The files that rows are, or that they name. */
export interface RowFiles {
  readonly kind: MediaKind;
  /** The column whose cells are their paths. */
  readonly column: number;
  /** The column that is what is in them; that of the paths itself where cells name files. */
  readonly content: number;
  /** The path of a cell, parted by `/`; null where it names no file below. */
  readonly pathOf: (cell: string) => string | null;
  /** What the paths are relative to, for people. */
  readonly relativeTo: string;
}

/** Null where rows are cells and nothing else. */
export function findRowFiles({ sources }: ProjectStore): RowFiles | null {
  const { source, columns } = sources;
  if (source === null) return null;
  if (source.format === 'folder') {
    // The first column is where each file lies, the second one what is in it.
    const kind = columns[1]?.type === 'picture' ? 'picture' : 'text';
    return { kind, column: 0, content: 1, pathOf: (cell) => cell, relativeTo: 'the folder of the data' };
  }
  const pictures = findPictureColumn(columns);
  if (pictures === undefined) return null;
  const { index } = pictures;
  const pathOf = (cell: string): string | null => (isMissing(cell) ? null : partsBelow(cell.trim())?.join('/')) ?? null;
  const relativeTo = 'the folder in which the data file lies';
  return { kind: 'picture', column: index, content: index, pathOf, relativeTo };
}

const ofPictures: ReadonlySet<ExportKind> = new Set(['metadata', 'fiftyone']);

/** The kinds of files that make sense for a dataset: some are about pictures. */
export function kindsMeantFor(files: RowFiles | null): ExportKind[] {
  return exportKinds.filter((kind) => !ofPictures.has(kind) || files?.kind === 'picture');
}
