import { BugError } from '../../core/base/errors';
import { type FeatureSource, largestMatrixBytes } from '../compute/featureSource';
import type { ComputeSessionInput } from '../compute/thread/messages';
import type { ProjectStore } from '../store/projectStore';
import { decidedBeliefs } from './decidedBeliefs';
import { sessionArrays, type SessionFacts } from './sessionFacts';

/**
 * What the compute thread opens a session of the latest audit with. Features of up to `matrixBytes` are loaded into
 * shared memory, larger ones stay in their file.
 * @throws StorageError when an array is missing or damaged.
 */
export async function readSessionInput(
  store: ProjectStore,
  facts: Pick<SessionFacts, 'labels' | 'split' | 'rowWeights' | 'classes' | 'beliefs'>,
  matrixBytes = largestMatrixBytes,
): Promise<ComputeSessionInput> {
  const audit = store.audits.latest;
  if (audit === null) throw new BugError('There is no audit to read.');
  const theta = (await store.audits.readArray(sessionArrays.theta)).data;
  if (!(theta instanceof Float64Array))
    throw new BugError('The head of this audit is not of the kind it was written in.');
  const features = await readFeatures(store, matrixBytes);
  return {
    features,
    labels: facts.labels,
    classes: facts.classes.length,
    split: facts.split,
    rowWeights: facts.rowWeights,
    unpenalised: audit.pipeline.intercept ? [features.columns - 1] : [],
    kind: audit.summary.head.kind,
    theta,
    l2: audit.summary.head.l2,
    beliefs: decidedBeliefs(facts, store.decisions.state.rows),
    validationLabels: audit.summary.settings.validationLabels,
  };
}

async function readFeatures(store: ProjectStore, matrixBytes: number): Promise<FeatureSource> {
  const stored = store.audits.findRows(sessionArrays.features);
  const { rows, columns } = stored;
  if (8 * rows * columns > matrixBytes) return stored;
  const { data } = await store.audits.readArray(sessionArrays.features, { shared: true });
  if (!(data instanceof Float64Array))
    throw new BugError('The features of this audit are not of the kind they were written in.');
  return { rows, columns, data };
}
