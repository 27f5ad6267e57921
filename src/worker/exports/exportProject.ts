import { performance } from 'node:perf_hooks';
import { type ExportKind, exportKinds, type ExportResult } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { describeSources } from '../project/projectSources';
import type { ProjectStore } from '../store/projectStore';
import { describeClassChanges } from './classWarnings';
import { exportFileName, exportFileNames, type ExportRequest } from './exportRequest';
import { createManifest } from './manifest';
import { createLabelEdits, findRelabelled } from './relabelling';
import { writeRemovalList } from './removalList';
import { planRemoval } from './removalRows';
import { checkSource, type RecordEdit, rewriteSource } from './rewriteSource';
import { writeScores } from './scoresFile';
import { StagedFiles, type StagedWriter, type WrittenFile } from './stagedFiles';

/**
 * Writes the files asked for into a folder, together or not at all; the manifest is always among them.
 * @throws InputError when the data file changed since it was read, or would be overwritten.
 * @throws StorageError when the disk is full or the folder may not be written.
 * @throws CancelledError
 */
export async function exportProject(store: ProjectStore, request: ExportRequest): Promise<ExportResult> {
  const startedAt = performance.now();
  const { source } = store.sources;
  const audit = store.audits.latest;
  if (source === null) throw new InputError('The data file has not been read completely. Wait until it is.');
  if (audit === null) throw new InputError('There is nothing to export before an audit. Run one first.');
  const kinds = exportKinds.filter((kind) => kind === 'manifest' || request.kinds.includes(kind));
  // A project that came from elsewhere may name any file of this machine: not one byte goes out before it is known to be the one it was made from.
  if (!store.sources.readHere && kinds.some((kind) => kind === 'cleaned' || kind === 'relabelled')) {
    await checkSource(source.fingerprint, request.signal);
  }

  const { rows: removed, classes: classChanges } = await planRemoval(store, request.removal);
  const relabelled = await findRelabelled(store);
  const files: (WrittenFile & { rows: number | null })[] = [];
  const progressOf = (kind: ExportKind) => (done: number, total: number) => {
    const share = total === 0 ? 1 : done / total;
    request.progress?.({
      stage: 'exporting',
      done: Math.round((kinds.indexOf(kind) + share) * 1000),
      total: kinds.length * 1000,
      detail: exportFileName(kind, source.fingerprint.path),
    });
  };
  const edits = (kind: ExportKind): Map<number, RecordEdit> =>
    kind === 'cleaned'
      ? new Map([...removed].map((row) => [row, null]))
      : createLabelEdits(relabelled, labelColumn(store), source.dialect);
  const fill: Record<Exclude<ExportKind, 'manifest'>, (writer: StagedWriter) => Promise<number>> = {
    removal_list: async (writer) => {
      await writeRemovalList(store, removed, writer, { ...signalOf(request), onRows: progressOf('removal_list') });
      return removed.length;
    },
    cleaned: async (writer) => {
      await rewriteSource(store, edits('cleaned'), writer, { ...signalOf(request), onBytes: progressOf('cleaned') });
      return source.rowCount - removed.length;
    },
    relabelled: async (writer) => {
      await rewriteSource(store, edits('relabelled'), writer, {
        ...signalOf(request),
        onBytes: progressOf('relabelled'),
      });
      return source.rowCount;
    },
    scores: (writer) => writeScores(store, writer, { ...signalOf(request), onRows: progressOf('scores') }),
  };
  const destination = {
    fileNames: exportFileNames(source.fingerprint.path, kinds),
    reads: [...describeSources(store), ...(request.reads ?? [])],
    overwrite: request.overwrite === true,
  };
  await StagedFiles.write(request.folder, destination, async (staged) => {
    for (const kind of kinds) {
      request.signal?.throwIfCancelled();
      if (kind === 'manifest') continue;
      progressOf(kind)(0, 1);
      let rows = 0;
      const file = await staged.add(exportFileName(kind, source.fingerprint.path), async (writer) => {
        rows = await fill[kind](writer);
      });
      files.push({ ...file, rows });
    }
    const manifest = createManifest(store, {
      request,
      removed: removed.length,
      classChanges,
      relabelled: relabelled.size,
      files,
    });
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    files.push({ ...(await staged.add('manifest.json', (writer) => writer.write(text))), rows: null });
    request.signal?.throwIfCancelled();
  });
  progressOf('manifest')(1, 1);
  const seconds = (performance.now() - startedAt) / 1000;
  return { folder: request.folder, files, seconds, classWarnings: describeClassChanges(classChanges) };
}

function signalOf(request: ExportRequest): Pick<ExportRequest, 'signal'> {
  return request.signal === undefined ? {} : { signal: request.signal };
}

function labelColumn(store: ProjectStore): number {
  const label = store.sources.columns.find((column) => column.role === 'label');
  if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
  return label.index;
}
