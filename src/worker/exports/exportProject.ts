import { performance } from 'node:perf_hooks';
import { type ExportKind, exportKinds, type ExportResult } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { describeSources } from '../project/projectSources';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import { describeClassChanges } from './classWarnings';
import { exportFileName, type ExportRequest, sourceNameOf, type WritingOptions } from './exportRequest';
import { writeFolderListing } from './folderListing';
import { createManifest } from './manifest';
import { createLabelEdits, findRelabelled } from './relabelling';
import { writeRemovalList } from './removalList';
import { planRemoval } from './removalRows';
import { checkSource, type RecordEdit, rewriteSource } from './rewriteSource';
import { writeScores } from './scoresFile';
import { StagedFiles, type StagedWriter } from './stagedFiles';

/**
 * Writes the files asked for into a folder, together or not at all; the manifest is always among them.
 * @throws InputError when the data file changed since it was read, or would be overwritten.
 * @throws StorageError when the disk is full or the folder may not be written.
 * @throws CancelledError
 */
export async function exportProject(store: ProjectStore, request: ExportRequest): Promise<ExportResult> {
  const startedAt = performance.now();
  const { source } = store.sources;
  if (source === null) throw new InputError('The data file has not been read completely. Wait until it is.');
  if (store.audits.latest === null) throw new InputError('There is nothing to export before an audit. Run one first.');
  const kinds = exportKinds.filter((kind) => kind === 'manifest' || request.kinds.includes(kind));
  // A project that came from elsewhere may name any file of this machine: not one byte goes out before it is known to
  // be the one it was made from.
  if (
    source.format !== 'folder' &&
    !store.sources.readHere &&
    kinds.some((kind) => kind === 'cleaned' || kind === 'relabelled')
  ) {
    await checkSource(source.fingerprint, request.signal);
  }
  const removal = await planRemoval(store, request.removal);
  const relabelled = await findRelabelled(store);
  const files: ExportResult['files'] = [];
  const manifest = (): string => {
    const counts = {
      removed: removal.rows.length,
      emptyList: removal.empty,
      classChanges: removal.classes,
      relabelled: relabelled.size,
    };
    return `${JSON.stringify(createManifest(store, { request, ...counts, files }), null, 2)}\n`;
  };
  const contents: Record<ExportKind, FileContent> = {
    ...dataContents(store, source, removal.rows, relabelled),
    manifest: { rows: null, write: (writer) => writer.write(manifest()) },
  };
  const nameOf = (kind: ExportKind): string => exportFileName(kind, sourceNameOf(source));
  const progressOf = (kind: ExportKind) => (done: number, total: number) => {
    const share = total === 0 ? 1 : done / total;
    request.progress?.({
      stage: 'exporting',
      done: Math.round((kinds.indexOf(kind) + share) * 1000),
      total: kinds.length * 1000,
      detail: nameOf(kind),
    });
  };
  const destination = {
    fileNames: kinds.map(nameOf),
    reads: [...describeSources(store), ...(request.reads ?? [])],
    overwrite: request.overwrite === true,
  };
  await StagedFiles.write(request.folder, destination, async (staged) => {
    for (const kind of kinds) {
      request.signal?.throwIfCancelled();
      const onProgress = progressOf(kind);
      onProgress(0, 1);
      const { rows, changedLabels = null, write } = contents[kind];
      const file = await staged.add(nameOf(kind), (writer) => write(writer, { signal: request.signal, onProgress }));
      files.push({ ...file, rows, changedLabels });
    }
    request.signal?.throwIfCancelled();
  });
  progressOf('manifest')(1, 1);
  const seconds = (performance.now() - startedAt) / 1000;
  const classWarnings = describeClassChanges(removal.classes);
  return { folder: request.folder, files, seconds, classWarnings, emptyList: removal.empty };
}

interface FileContent {
  readonly rows: number | null;
  readonly changedLabels?: number;
  readonly write: (writer: StagedWriter, options: WritingOptions) => Promise<void>;
}

/** `relabelled`: rows and the labels they are to have. */
function dataContents(
  store: ProjectStore,
  source: SourceRecord,
  removed: Int32Array,
  relabelled: ReadonlyMap<number, string>,
): Record<Exclude<ExportKind, 'manifest'>, FileContent> {
  const isFolder = source.format === 'folder';
  const remove = (): Map<number, RecordEdit> => new Map([...removed].map((row) => [row, null]));
  const relabel = (): Map<number, RecordEdit> => createLabelEdits(relabelled, labelColumn(store), source.dialect);
  return {
    removal_list: {
      rows: removed.length,
      write: (writer, options) => writeRemovalList(store, removed, writer, options),
    },
    cleaned: {
      rows: source.rowCount - removed.length,
      write: (writer, options) =>
        isFolder
          ? writeFolderListing(store, { removed: new Set(removed) }, writer, options)
          : rewriteSource(store, remove(), writer, options),
    },
    relabelled: {
      rows: source.rowCount,
      changedLabels: relabelled.size,
      write: (writer, options) =>
        isFolder
          ? writeFolderListing(store, { labels: relabelled }, writer, options)
          : rewriteSource(store, relabel(), writer, options),
    },
    scores: { rows: source.rowCount, write: (writer, options) => writeScores(store, writer, options) },
  };
}

function labelColumn(store: ProjectStore): number {
  const label = store.sources.columns.find((column) => column.role === 'label');
  if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
  return label.index;
}
