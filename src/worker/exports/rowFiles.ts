import { basename } from 'node:path';
import { hasFilesAsRows } from '../../contract/dataset';
import { type ExportKind, exportKinds } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { isMissing } from '../datasets/cells/cells';
import type { SourceFingerprint } from '../datasets/datasetTypes';
import { findSource } from '../datasets/findSource';
import type { MediaKind } from '../datasets/folders/fileKinds';
import { sourceFolder } from '../datasets/sourceFolder';
import { partsBelow } from '../pictures/partsBelow';
import { isSameSource } from '../project/projectFolders';
import { findPictureColumn } from '../project/projectPictures';
import type { ProjectStore } from '../store/projectStore';
import { type FileStock, openArchiveStock, openFolderStock } from './fileStock';

/** The files that rows are, or that they name. */
export interface RowFiles {
  readonly kind: MediaKind;
  /** The column whose cells are their paths. */
  readonly column: number;
  /** The column that is what is in them; that of the paths itself where cells name files. */
  readonly content: number;
  /** The path of a cell, parted by `/`; null where it names no file below. */
  readonly pathOf: (cell: string) => string | null;
  /** Opens the files themselves. @throws InputError where they are gone, or not as they were read. */
  readonly open: () => Promise<FileStock>;
  /** What the paths are relative to, for people. */
  readonly relativeTo: string;
}

/** Null where rows are cells and nothing else. */
export function findRowFiles({ sources }: ProjectStore): RowFiles | null {
  const { source, columns } = sources;
  if (source === null) return null;
  if (hasFilesAsRows(source.format)) {
    // The first column is where each file lies, the second one what is in it.
    const kind = columns[1]?.type === 'picture' ? 'picture' : 'text';
    const isArchive = source.format === 'zip';
    const open = async (): Promise<FileStock> => {
      const { path } = source.fingerprint;
      await checkFolderUnchanged(source.fingerprint);
      return isArchive ? openArchiveStock(path) : openFolderStock(path);
    };
    const relativeTo = isArchive ? 'the top of the archive' : 'the folder of the data';
    return { kind, column: 0, content: 1, pathOf: (cell) => cell, open, relativeTo };
  }
  const pictures = findPictureColumn(columns);
  if (pictures === undefined) return null;
  const { index } = pictures;
  const pathOf = (cell: string): string | null => (isMissing(cell) ? null : partsBelow(cell.trim())?.join('/')) ?? null;
  const { path, entry } = source.fingerprint;
  const relativeTo =
    entry === undefined
      ? 'the folder in which the data file lies'
      : 'the folder in which the table lies in its archive';
  const open = (): Promise<FileStock> =>
    entry === undefined
      ? openFolderStock(sourceFolder(source.format, source.fingerprint))
      : openArchiveStock(path, entry.split('/').slice(0, -1));
  return { kind: 'picture', column: index, content: index, pathOf, open, relativeTo };
}

async function checkFolderUnchanged(fingerprint: SourceFingerprint): Promise<void> {
  const { path } = fingerprint;
  const now = await findSource(path);
  if (isSameSource(now.stamp, { ...fingerprint, embeddings: undefined })) return;
  throw new InputError(
    `${basename(path)} has changed since it was read, so a folder of its files cannot be made. Put it back as it was, or open it anew.`,
    { details: { file: path } },
  );
}

const ofPictures: ReadonlySet<ExportKind> = new Set(['metadata', 'fiftyone']);

/** The kinds of files that make sense for a dataset: some are about pictures, or files. */
export function kindsMeantFor(files: RowFiles | null): ExportKind[] {
  return exportKinds.filter((kind) =>
    ofPictures.has(kind) ? files?.kind === 'picture' : kind !== 'dataset' || files !== null,
  );
}
