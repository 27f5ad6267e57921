import type { AuditSettings } from '../../contract/audit';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { FeatureSource } from '../compute/featureSource';
import type { FeaturePipeline } from '../datasets/datasetTypes';
import type { TakeRows } from '../datasets/features/applyFeaturePipeline';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from '../datasets/features/applyFeaturePipeline';
import { fitFeaturePipeline } from '../datasets/features/fitFeaturePipeline';
import { sessionArrays } from '../review/sessionFacts';
import type { AuditDraft } from '../store/audits/auditDraft';
import type { ProjectStore } from '../store/projectStore';
import type { LabelledData } from './labelledData';

export interface EncodeOptions {
  /** Gets the features as the array {@link sessionArrays.features}. */
  readonly draft: AuditDraft;
  /** Larger features are not held in memory; see `largestMatrixBytes`. */
  readonly matrixBytes: number;
  readonly signal: CancellationSignal;
  /** Rows done of rows to do, over all passes. */
  readonly progress: (done: number, total: number) => void;
}

interface EncodedFeatures {
  /** The dataset's own rows, then those of a validation file. */
  readonly features: FeatureSource;
  readonly pipeline: FeaturePipeline;
}

/**
 * The features of all rows: one pass over the data to learn the encoding from the labelled rows of the dataset,
 * whatever their split, one to apply it. No label is looked at, so validation rows stay as good as new. They go to disk
 * block by block, and into shared memory as well where they are small enough.
 * @throws InputError when the columns do not give features; StorageError when the disk is full.
 */
export async function encodeFeatures(
  store: ProjectStore,
  { rows, validationRows }: Pick<LabelledData, 'rows' | 'validationRows'>,
  labelledRows: Uint8Array,
  settings: Pick<AuditSettings, 'standardize' | 'scale' | 'intercept'>,
  { draft, matrixBytes, signal, progress }: EncodeOptions,
): Promise<EncodedFeatures> {
  const total = 2 * rows + validationRows;
  const pipeline = await fitFeaturePipeline({
    scan: store.sources.scanCells,
    columns: store.sources.columns,
    labelledRows,
    standardize: settings.standardize,
    scale: settings.scale,
    intercept: settings.intercept,
    missing: store.sources.source?.dialect.missing ?? [],
    signal,
    onRows: (done) => progress(done, total),
  });
  const size = { rows: rows + validationRows, columns: pipeline.features.length };
  const sink = await createFeatureSink(draft, size, matrixBytes);
  await applyFeaturePipeline(pipeline, {
    scan: store.sources.scanCells,
    take: sink.take,
    signal,
    onRows: (done) => progress(rows + done, total),
  });
  if (validationRows > 0) {
    await applyFeaturePipeline(pipeline, {
      scan: store.sources.scanValidationCells,
      take: (block, firstRow, count) => sink.take(block, rows + firstRow, count),
      signal,
      onRows: (done) => progress(2 * rows + done, total),
    });
  }
  return { features: await sink.finish(), pipeline };
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
