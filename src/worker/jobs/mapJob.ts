import type { AuditSummary } from '../../contract/audit';
import { layoutStages } from '../../core/ranking/neighbours/umap/layOutNeighbours';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { ProjectStore } from '../store/projectStore';
import type { AuditRecord } from '../store/storeTypes';
import type { Job, PlannedStage } from './job';

/** Two maps of one audit are the same. */
const seed = 0;

/** First guesses of the stages' seconds; only ratios matter much. */
export function planMap(rowCount: number, { head, stageSeconds }: AuditSummary): PlannedStage[] {
  const thousands = rowCount / 1_000;
  const searched = stageSeconds[layoutStages.neighbours] ?? 0;
  return [
    { name: layoutStages.neighbours, expectedSeconds: 0.2 + Math.max(searched, (thousands * head.features) / 5_000) },
    { name: layoutStages.layout, expectedSeconds: 0.1 + thousands * (thousands > 10 ? 0.4 : 1) },
    { name: 'saving', expectedSeconds: 0.1 },
  ];
}

/**
 * Places the rows of an audit among their neighbours, beginning with their plane, and keeps the places in the project.
 * A cancelled or failed one leaves what there was.
 */
export async function runMap(
  store: ProjectStore,
  compute: ComputeClient,
  { audit, start }: { readonly audit: AuditRecord; readonly start: Float32Array },
  job: Job,
): Promise<void> {
  const { rowCount } = store.sources.requireSource();
  const abort = new AbortController();
  job.onCancel(() => abort.abort());
  const { xy } = await compute.layOutNeighbours(
    { input: { features: store.audits.findRows('features'), rows: rowCount, start }, backend: 'auto', seed },
    { signal: abort.signal, onProgress: job.progress },
  );
  job.signal.throwIfCancelled();
  job.progress({ stage: 'saving', done: 0, total: 1 });
  await store.audits.writePlaces('umap', audit.generation, xy);
}
