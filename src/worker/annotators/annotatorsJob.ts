import { countLabels } from '../../core/annotators/annotations';
import { consensusStages } from '../../core/annotators/findConsensus';
import { InputError } from '../../core/base/errors';
import { formatPlural } from '../../core/base/format';
import { largestMatrixBytes } from '../compute/featureSource';
import { createBlockEncoders, type JobTools } from '../jobs/blockEncoders';
import { encodeFeatures } from '../jobs/encodeFeatures';
import type { Job, PlannedStage } from '../jobs/job';
import { blankRows } from '../jobs/setAsideRows';
import type { ProjectRows } from '../rows/projectRows';
import type { ProjectStore } from '../store/projectStore';
import type { AnnotatorsReport, AnnotatorsRequest } from './annotatorsRequest';
import { type ReadAnnotations, readLabelColumns } from './readAnnotations';
import { readLabelLines } from './readLabelLines';

/** First guesses of the stages' seconds; only ratios matter much. */
export const annotatorStages: readonly PlannedStage[] = [
  { name: 'features', expectedSeconds: 2 },
  ...consensusStages.map((name) => ({ name, expectedSeconds: name === 'experts' ? 8 : 2 })),
];

interface AnnotatorsJobOptions {
  readonly store: ProjectStore;
  readonly rows: ProjectRows;
  readonly tools: JobTools;
  readonly matrixBytes?: number | undefined;
}

/**
 * The consensus of several annotators, with the experts on the features where there are columns for them. Keeps
 * nothing.
 * @throws InputError when labels cannot be read or features not be made; StorageError; CancelledError.
 */
export async function runAnnotatorsJob(
  request: AnnotatorsRequest,
  { store, rows, tools, matrixBytes = largestMatrixBytes }: AnnotatorsJobOptions,
  job: Job,
): Promise<AnnotatorsReport> {
  job.progress({ stage: 'features', done: 0, total: 1 });
  const { source } = store.sources;
  if (source === null) throw new InputError('The file is still being read. Wait until it is.');
  const { annotations, classes, annotators, warnings } = await readLabels(request, store, rows, job);
  const abort = new AbortController();
  job.onCancel(() => abort.abort());
  const draft = store.audits.draft();
  try {
    const wanted = request.experts && store.sources.columns.some(({ role }) => role === 'feature');
    const trainRows = Uint8Array.from(countLabels(annotations), (count) => (count > 0 ? 1 : 0));
    const encoded = wanted
      ? await encodeFeatures(
          store,
          { rows: source.rowCount, validationRows: 0 },
          trainRows,
          { standardize: request.standardize, scale: request.scale, intercept: true },
          {
            encoders: createBlockEncoders(tools, request),
            draft,
            matrixBytes,
            signal: job.signal,
            progress: (done, total) => job.progress({ stage: 'features', done, total }),
          },
        )
      : null;
    const features = encoded?.features ?? null;
    const unpenalised = features === null ? [] : [features.columns - 1];
    const result = await tools.compute.consensus(
      { input: { annotations, features, unpenalised }, backend: request.backend, seed: request.seed },
      { signal: abort.signal, onProgress: job.progress },
    );
    return { result, classes, annotators, features: (features?.columns ?? 0) - unpenalised.length, warnings };
  } finally {
    await draft.discard();
  }
}

async function readLabels(
  { source, ragged }: AnnotatorsRequest,
  store: ProjectStore,
  rows: ProjectRows,
  job: Job,
): Promise<ReadAnnotations> {
  const { columns, scan } = store.sources;
  const rowCount = store.sources.source?.rowCount ?? 0;
  if (source.kind === 'lines') {
    const idColumn = columns.find(({ role }) => role === 'id')?.name;
    return readLabelLines(source.text, { rowCount, ids: await rows.readIds(), idColumn }, source.columns);
  }
  // A row that lacks its last cells lacks the labels there; one with more cells than columns may have them shifted.
  const damaged = ragged === 'use' ? [] : await store.sources.readRaggedRows('source');
  const shifted = new Set(damaged.filter(({ cells }) => cells > columns.length).map(({ row }) => row));
  const chosen = source.columns.map((index) => columns[index]);
  const read = await readLabelColumns(blankRows(scan, shifted), chosen, rowCount, job.signal);
  if (shifted.size === 0) return read;
  const said = `${formatPlural(shifted.size, 'row has', 'rows have')} more cells than there are columns: labels there may be shifted, and do not count. To use them all the same: --ragged use.`;
  return { ...read, warnings: [...read.warnings, said] };
}
