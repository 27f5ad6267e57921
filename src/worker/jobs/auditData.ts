import type { AuditSettings } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import { splitCodes } from '../../core/audit/auditTypes';
import { InputError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/base/jobContext';
import type { FeatureSource } from '../compute/featureSource';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from '../datasets/applyFeaturePipeline';
import type { TakeRows } from '../datasets/applyFeaturePipeline';
import type { FeaturePipeline, Labels } from '../datasets/datasetTypes';
import { fitFeaturePipeline } from '../datasets/fitFeaturePipeline';
import { readLabels, readLabelsAs } from '../datasets/labels';
import { drawStratifiedSplit, findTrainingRows, readSplitColumn } from '../datasets/splits';
import { sessionArrays } from '../review/sessionFacts';
import type { AuditDraft } from '../store/auditDraft';
import type { ProjectStoreApi } from '../store/projectStoreApi';

/** What an audit computes with. Rows of a separate validation file come after the dataset's own `rows`. */
export interface AuditData {
  readonly rows: number;
  /** All rows: those of `rows`, and those of a separate validation file. */
  readonly features: FeatureSource;
  readonly labels: Labels;
  readonly split: Uint8Array;
  readonly pipeline: FeaturePipeline;
}

export interface BuildOptions {
  /** Gets the features as the array {@link sessionArrays.features}. */
  readonly draft: AuditDraft;
  /** Larger features are not held in memory; see `largestMatrixBytes`. */
  readonly matrixBytes: number;
  readonly signal: CancellationSignal;
  /** Rows done of rows to do, over all passes. */
  readonly progress: (done: number, total: number) => void;
}

/**
 * Labels, split and features as the settings and the columns' roles ask for them: one pass over the data to learn the
 * encoding from the training rows, one to apply it. Features go to disk block by block, and into shared memory as well where they
 * are small enough.
 * @throws InputError when the labels or the features do not allow an audit; StorageError when the disk is full.
 */
export async function buildAuditData(
  store: ProjectStoreApi,
  settings: AuditSettings,
  { draft, matrixBytes, signal, progress }: BuildOptions,
): Promise<AuditData> {
  const { source, validationSource, columns } = store;
  if (source === null) throw new InputError('The file is still being read. Wait until it is.');
  const rows = source.rowCount;
  const label = needLabel(columns);
  const ownLabels = await readLabels(store.scan, label, rows, signal);
  const ownSplit = await chooseSplit(store, settings, ownLabels, signal);

  const extra = usesValidationFile(store, settings) ? (validationSource?.rowCount ?? 0) : 0;
  const total = 2 * rows + extra;
  const trainRows = findTrainingRows(ownLabels, ownSplit);
  const pipeline = await fitFeaturePipeline({
    scan: store.scan,
    columns,
    trainRows,
    standardize: settings.standardize,
    intercept: settings.intercept,
    signal,
    onRows: (done) => progress(done, total),
  });
  const size = { rows: rows + extra, columns: pipeline.features.length };
  const sink = await createFeatureSink(draft, size, matrixBytes);
  await applyFeaturePipeline(pipeline, {
    scan: store.scan,
    take: sink.take,
    signal,
    onRows: (done) => progress(rows + done, total),
  });
  if (extra === 0) {
    return { rows, features: await sink.finish(), labels: ownLabels, split: ownSplit, pipeline };
  }

  await applyFeaturePipeline(pipeline, {
    scan: store.scanValidation,
    take: (block, firstRow, count) => sink.take(block, rows + firstRow, count),
    signal,
    onRows: (done) => progress(2 * rows + done, total),
  });
  const features = await sink.finish();
  const extraCodes = await readLabelsAs(ownLabels.classes, store.scanValidation, label, extra, signal);
  const codes = new Int32Array(rows + extra);
  codes.set(ownLabels.codes);
  codes.set(extraCodes, rows);
  const split = new Uint8Array(rows + extra).fill(splitCodes.validation);
  split.set(ownSplit);
  return { rows, features, labels: { classes: ownLabels.classes, codes }, split, pipeline };
}

/** Takes features in row order, to disk and, up to `matrixBytes`, into shared memory. */
async function createFeatureSink(
  draft: AuditDraft,
  size: { readonly rows: number; readonly columns: number },
  matrixBytes: number,
): Promise<{ readonly take: TakeRows; finish(): Promise<FeatureSource> }> {
  const { rows, columns } = size;
  const matrix = 8 * rows * columns <= matrixBytes ? createSharedMatrix(rows, columns) : undefined;
  const fill = matrix && fillMatrix(matrix);
  const writer = await draft.writeRows(sessionArrays.features, { ...size, element: 'float64' });
  return {
    take: async (block, firstRow, count) => {
      await fill?.(block, firstRow, count);
      await writer.append(block);
    },
    finish: async () => {
      const stored = await writer.finish();
      return matrix ?? stored;
    },
  };
}

function needLabel(columns: readonly Column[]): Column {
  const label = columns.find((column) => column.role === 'label');
  if (label === undefined) throw new InputError('No column is the label. Give one column the role “label”.');
  return label;
}

/** A validation file that was given is used unless the settings ask for another way of validating. */
function usesValidationFile(store: ProjectStoreApi, settings: AuditSettings): boolean {
  return store.validationSource !== null && settings.validation === 'auto';
}

async function chooseSplit(
  store: ProjectStoreApi,
  settings: AuditSettings,
  labels: Labels,
  signal: CancellationSignal,
): Promise<Uint8Array> {
  const rows = labels.codes.length;
  const column = store.columns.find(({ role }) => role === 'split');
  const everythingTrains = new Uint8Array(rows).fill(splitCodes.train);
  switch (settings.validation) {
    case 'none':
      return everythingTrains;
    case 'stratified':
      return drawStratifiedSplit(labels, settings.validationShare, settings.seed);
    case 'column':
      if (column === undefined)
        throw new InputError('No column has the role “split”. Choose one, or another way to validate.');
      return readSplitColumn(store.scan, column, rows, signal);
    case 'auto':
      if (usesValidationFile(store, settings)) return everythingTrains;
      return column === undefined
        ? drawStratifiedSplit(labels, settings.validationShare, settings.seed)
        : readSplitColumn(store.scan, column, rows, signal);
  }
}
