import { performance } from 'node:perf_hooks';
import { hasFilesAsRows } from '../../contract/dataset';
import { type ExportKind, exportKinds, type ExportResult } from '../../contract/exports';
import { InputError } from '../../core/base/errors';
import { listed } from '../../core/base/listed';
import { listedFrom } from '../../core/base/listedFrom';
import { describeSources, filesBeside } from '../project/projectSources';
import { composeReport } from '../report/composeReport';
import { printPage } from '../report/printPdf';
import type { ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import { describeClassChanges } from './classWarnings';
import { datasetFolderName, type MadeFolder, makeDatasetFolder } from './datasetFolder';
import { writeDecisions } from './decisionsFile';
import { exportFileName, type ExportRequest, sourceNameOf, type WritingOptions } from './exportRequest';
import { writeFiftyone } from './fiftyoneFile';
import { writeFolderListing } from './folderListing';
import { writeIssues } from './issuesFile';
import { createManifest } from './manifest';
import { findMetadataParts, type MetadataPart, writeMetadata } from './metadataFile';
import { describePass } from './planExport';
import { createLabelEdits, findRelabelled } from './relabelling';
import { writeRemovalList } from './removalList';
import { planRemoval } from './removalRows';
import { checkSource, type RecordEdit, rewriteSource } from './rewriteSource';
import { findRowFiles, kindsMeantFor, type RowFiles } from './rowFiles';
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
  const rowFiles = findRowFiles(store);
  const kinds = exportKinds.filter((kind) => kind === 'manifest' || request.kinds.includes(kind));
  const meant = kindsMeantFor(rowFiles);
  const pointless = kinds.filter((kind) => !meant.includes(kind));
  if (pointless.length > 0) {
    throw new InputError(
      `The rows of this dataset are no ${pointless.includes('dataset') ? 'files' : 'pictures'}, which ${listed(pointless)} would be about. Leave that out.`,
    );
  }
  // A project that came from elsewhere may name any file of this machine: not one byte goes out before it is known to
  // be the one it was made from.
  if (
    !hasFilesAsRows(source.format) &&
    !store.sources.readHere &&
    kinds.some((kind) => kind === 'cleaned' || kind === 'relabelled')
  ) {
    await checkSource(source.fingerprint, request.signal);
  }
  const removal = await planRemoval(store, request.removal);
  const relabelled = await findRelabelled(store);
  if (kinds.includes('dataset') && request.mayReadFiles?.() === false) throw new InputError(foreignFiles);
  const files: ExportResult['files'] = [];
  const made: MadeFolder[] = [];
  const manifest = (): string => {
    const counts = {
      removed: removal.rows.length,
      emptyList: removal.empty,
      classChanges: removal.classes,
      relabelled: relabelled.size,
      pathsRelativeTo: rowFiles?.relativeTo ?? null,
    };
    return `${JSON.stringify(createManifest(store, { request, ...counts, made: made[0] ?? null, files }), null, 2)}\n`;
  };
  const parts = rowFiles === null || !kinds.includes('metadata') ? [] : await findMetadataParts(store, rowFiles);
  const report = once(async () => {
    const { appVersion: version, readPictures, signal } = request;
    return composeReport(store, {
      version,
      threshold: thresholdOf(request),
      readPictures,
      signal,
      outputs: [...files],
    });
  });
  const changes = { request, files: rowFiles, parts, removed: removal.rows, labels: relabelled, report };
  const contents: Record<ExportKind, readonly FileContent[]> = {
    ...dataContents(store, source, changes),
    dataset: [
      {
        write: async (...to) => {
          const folder = await writeDataset(store, changes, ...to);
          made.push(folder);
          return folder.rows;
        },
      },
    ],
    manifest: [{ write: (writer) => writer.write(manifest()).then(() => null) }],
  };
  const wanted = kinds.flatMap((kind) => {
    const fileName = exportFileName(kind, sourceNameOf(source));
    return contents[kind].map((content) => ({ fileName, ...content }));
  });
  const progressOf = (at: number) => (done: number, total: number) => {
    const share = total === 0 ? 1 : done / total;
    request.progress?.({
      stage: 'exporting',
      done: Math.round((at + share) * 1000),
      total: wanted.length * 1000,
      detail: wanted[at].fileName,
    });
  };
  const destination = {
    fileNames: wanted.map(({ fileName }) => fileName),
    folderNames: kinds.includes('dataset') ? [datasetFolderName] : [],
    reads: [...describeSources(store), ...filesBeside(store), ...(request.reads ?? [])],
    overwrite: request.overwrite === true,
  };
  await StagedFiles.write(request.folder, destination, async (staged) => {
    for (const [at, { fileName, changedLabels = null, write }] of wanted.entries()) {
      request.signal?.throwIfCancelled();
      const onProgress = progressOf(at);
      onProgress(0, 1);
      let rows: number | null = null;
      const file = await staged.add(fileName, async (writer) => {
        rows = await write(writer, { signal: request.signal, onProgress }, staged);
      });
      files.push({ ...file, rows, changedLabels });
    }
    request.signal?.throwIfCancelled();
  });
  progressOf(wanted.length - 1)(1, 1);
  const seconds = (performance.now() - startedAt) / 1000;
  const classWarnings = describeClassChanges(removal.classes);
  const pass = describePass(store);
  const notes = [
    ...(pass === '' ? [] : [pass]),
    ...made.flatMap((folder) => folder.notes),
    ...describePaths(rowFiles, parts),
  ];
  return { folder: request.folder, files, seconds, classWarnings, notes, emptyList: removal.empty };
}

interface FileContent {
  /** Where it is not that of its kind. */
  readonly fileName?: string;
  readonly changedLabels?: number;
  /** @returns the rows written; null where that says nothing. */
  readonly write: (writer: StagedWriter, options: WritingOptions, staged: StagedFiles) => Promise<number | null>;
}

interface ExportedChanges {
  readonly request: ExportRequest;
  readonly files: RowFiles | null;
  readonly parts: readonly MetadataPart[];
  readonly removed: Int32Array;
  /** Rows and the labels they are to have. */
  readonly labels: ReadonlyMap<number, string>;
  /** The report's page, of what was written before it. */
  readonly report: () => Promise<string>;
}

/** What goes into the files of each kind; none where a kind makes no sense. */
function dataContents(
  store: ProjectStore,
  source: SourceRecord,
  { request, files, parts, removed, labels, report }: ExportedChanges,
): Record<Exclude<ExportKind, 'dataset' | 'manifest'>, readonly FileContent[]> {
  const lists = hasFilesAsRows(source.format);
  const { rowCount } = source;
  const left = new Set(removed);
  const remove = (): Map<number, RecordEdit> => new Map([...removed].map((row) => [row, null]));
  const relabel = (): Map<number, RecordEdit> => createLabelEdits(labels, labelColumn(store), source.dialect);
  const counted =
    (rows: number, write: (writer: StagedWriter, options: WritingOptions) => Promise<void>): FileContent['write'] =>
    async (writer, options) => {
      await write(writer, options);
      return rows;
    };
  return {
    removal_list: [{ write: counted(removed.length, (...to) => writeRemovalList(store, removed, files, ...to)) }],
    cleaned: [
      {
        write: counted(rowCount - removed.length, (...to) =>
          lists ? writeFolderListing(store, { removed: left }, ...to) : rewriteSource(store, remove(), ...to),
        ),
      },
    ],
    relabelled: [
      {
        changedLabels: labels.size,
        write: counted(rowCount, (...to) =>
          lists ? writeFolderListing(store, { labels }, ...to) : rewriteSource(store, relabel(), ...to),
        ),
      },
    ],
    decisions: [{ write: counted(store.decisions.state.rows.size, (...to) => writeDecisions(store, ...to)) }],
    scores: [{ write: counted(rowCount, (...to) => writeScores(store, ...to)) }],
    issues: [{ write: counted(rowCount, (...to) => writeIssues(store, request.removal, ...to)) }],
    metadata: parts.flatMap((part) => {
      if (files === null) return [];
      const { fileName } = part;
      return [
        {
          fileName,
          write: (writer, options) => writeMetadata(store, files, part, { removed: left, labels }, writer, options),
        },
      ];
    }),
    report: [{ write: async (writer) => writer.write(await report()).then(() => null) }],
    report_pdf: [
      {
        write: async (writer, { signal }) =>
          writer.write(await printPage(request.print, await report(), signal)).then(() => null),
      },
    ],
    fiftyone:
      files === null ? [] : [{ write: (writer, options) => writeFiftyone(store, files, labels, writer, options) }],
  };
}

/** Makes the folder of the files that stay. */
async function writeDataset(
  store: ProjectStore,
  { request, files, removed, labels }: ExportedChanges,
  writer: StagedWriter,
  options: WritingOptions,
  staged: StagedFiles,
): Promise<MadeFolder> {
  if (files === null) throw new InputError('The rows of this dataset are no files.');
  const stock = await files.open();
  try {
    const folder = await staged.addFolder(datasetFolderName);
    const mode = request.fileMode ?? 'copy';
    const changes = { removed: new Set(removed), labels };
    return await makeDatasetFolder(store, { files, stock, mode, changes, folder }, writer, options);
  } finally {
    await stock.close();
  }
}

/** From which suspicion rows are suspects, for the report. */
function thresholdOf({ threshold, removal }: ExportRequest): number {
  return threshold ?? (removal.kind === 'suspicion' ? removal.threshold : listedFrom);
}

/** The same page is written and printed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function labelColumn(store: ProjectStore): number {
  const label = store.sources.columns.find((column) => column.role === 'label');
  if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
  return label.index;
}

const foreignFiles =
  'This project came from elsewhere, and files are not read because a project names them. Open its data on this machine, or leave the folder of files out.';

/** What the paths in the files are relative to, and where files belong. */
function describePaths(files: RowFiles | null, parts: readonly MetadataPart[]): string[] {
  if (files === null) return [];
  const places = parts.flatMap(({ folder, fileName }) => (folder === '' ? [] : [`${fileName} into ${folder}`]));
  return [
    `Paths of ${files.kind}s in these files are relative to ${files.relativeTo}.`,
    ...(places.length === 0
      ? []
      : [
          `Hugging Face wants a table in the folder of each split, called metadata.jsonl there: put ${listed(places, mostNamed)}.`,
        ]),
  ];
}

const mostNamed = 20;
