import type { AuditSettings } from '../../contract/audit';
import type { Column, ColumnType } from '../../contract/dataset';
import type { CancellationSignal } from '../../core/job/jobContext';
import type { FeatureSource } from '../compute/featureSource';
import type { FeaturePipeline } from '../datasets/datasetTypes';
import type { TakeRows } from '../datasets/features/applyFeaturePipeline';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from '../datasets/features/applyFeaturePipeline';
import {
  type BlockColumn,
  type BlockEncoder,
  type BlockEncoders,
  isBlockColumn,
  type VectorWriter,
} from '../datasets/features/blocks/blockTypes';
import { fitBlock, type FittedBlock } from '../datasets/features/blocks/fitBlock';
import { featureColumns } from '../datasets/features/featureColumns';
import { fitFeaturePipeline } from '../datasets/features/fitFeaturePipeline';
import { rememberScan } from '../datasets/features/rememberScan';
import { sourceFolder } from '../datasets/sourceFolder';
import { sessionArrays } from '../review/sessionFacts';
import { termArrays } from '../review/storedTerms';
import type { AuditDraft } from '../store/audits/auditDraft';
import type { ProjectStore } from '../store/projectStore';
import type { LabelledData } from './labelledData';

/** Cells that take no more memory are kept from learning features until these are made. */
const keptCellBytes = 256 * 2 ** 20;

export interface EncodeOptions {
  readonly encoders: BlockEncoders;
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
 * The features of all rows: the vectors of columns that become blocks, by their encoders; then one pass over the data
 * to learn the encoding of the other columns from the labelled rows of the dataset, whatever their split, and one to
 * apply it all. No label is looked at, so validation rows stay as good as new. Features go to disk block by block, and
 * into shared memory as well where they are small enough.
 * @throws InputError when the columns do not give features; StorageError when the disk is full.
 */
export async function encodeFeatures(
  store: ProjectStore,
  { rows, validationRows }: Pick<LabelledData, 'rows' | 'validationRows'>,
  labelledRows: Uint8Array,
  settings: Pick<AuditSettings, 'standardize' | 'scale' | 'intercept'>,
  { encoders, draft, matrixBytes, signal, progress }: EncodeOptions,
): Promise<EncodedFeatures> {
  const { columns, scanCells, scanValidationCells } = store.sources;
  const missing = store.sources.source?.dialect.missing ?? [];
  const parts = [
    { scan: scanCells, rows },
    ...(validationRows > 0 ? [{ scan: scanValidationCells, rows: validationRows }] : []),
  ];
  const wanted: { readonly group: readonly BlockColumn[]; readonly encoder: BlockEncoder; readonly rows: number }[] =
    [];
  for (const group of groupBlocks(columns)) {
    for (const encoder of await encoders[group[0].type]()) {
      wanted.push({ group, encoder, rows: encoder.passes * (rows + validationRows) });
    }
  }
  const all = wanted.reduce((sum, block) => sum + block.rows, 2 * rows + validationRows);
  let done = 0;
  const onRows = (count: number): void => progress(done + count, all);
  const source = store.sources.requireSource();
  const blocks: FittedBlock[] = [];
  let files = 0;
  try {
    for (const { group, encoder, rows: blockRows } of wanted) {
      const vectors = await encoder.encode({
        columns: group,
        root: sourceFolder(source.format, source.fingerprint),
        parts,
        labelledRows,
        missing,
        openVectors: (width) =>
          openVectors(draft, `vectors-${files++}`, { rows: rows + validationRows, columns: width }),
        signal,
        onShare: (share) => onRows(share * blockRows),
      });
      if (vectors.kind === 'vectors' && vectors.terms !== undefined) {
        await draft.writeArrays(termArrays(vectors.terms), signal);
      }
      blocks.push(await fitBlock(vectors, labelledRows, signal));
      done += blockRows;
    }
    const scan = rememberScan(scanCells, keptCellBytes);
    const pipeline = await fitFeaturePipeline({
      scan,
      columns,
      blocks,
      labelledRows,
      standardize: settings.standardize,
      scale: settings.scale,
      intercept: settings.intercept,
      missing,
      signal,
      onRows,
    });
    const vectors = blocks.flatMap((block) => (block.kind === 'vectors' ? [block.vectors] : []));
    const sink = await createFeatureSink(
      draft,
      { rows: rows + validationRows, columns: pipeline.features.length },
      matrixBytes,
    );
    done += rows;
    let offset = 0;
    for (const part of parts) {
      const first = offset;
      await applyFeaturePipeline(pipeline, {
        scan: part.scan === scanCells ? scan : part.scan,
        blocks: { vectors, offset: first, rows: part.rows },
        take: (block, firstRow, count) => sink.take(block, first + firstRow, count),
        signal,
        onRows: (count) => onRows(first + count),
      });
      offset += part.rows;
    }
    return { features: await sink.finish(), pipeline };
  } finally {
    await draft.dropScratch();
  }
}

/**
 * Columns whose vectors are one block: all of a type. Subject and body of mails read as one text rank planted errors
 * better than each by itself (docs/ranking.md). Lists of numbers are a block each: they may come from different models.
 */
function groupBlocks(columns: readonly Column[]): BlockColumn[][] {
  const groups = new Map<ColumnType | number, BlockColumn[]>();
  for (const column of featureColumns(columns).filter(isBlockColumn)) {
    const key = column.type === 'vector' ? column.index : column.type;
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  return [...groups.values()];
}

/** A file of vectors that nobody needs once features are made of them. */
async function openVectors(
  draft: AuditDraft,
  name: string,
  size: { readonly rows: number; readonly columns: number },
): Promise<VectorWriter> {
  const writer = await draft.writeScratch(name, { ...size, element: 'float32' });
  return {
    append: (block) => writer.append(block),
    finish: async () => draft.openScratch(await writer.finish()),
  };
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
