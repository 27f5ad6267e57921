import type { AuditSettings } from '../../contract/audit';
import type { SeededMethod } from '../../contract/seeded';
import type { Progress } from '../../core/job/jobContext';
import { findTwins } from '../../core/labels/labelReading';
import { readPredictions } from '../labels/readPredictions';
import type { SessionFacts } from '../review/sessionFacts';
import { readSessionInput } from '../review/sessionInput';
import type { ProjectStore } from '../store/projectStore';
import type { JobTools } from './blockEncoders';
import type { Job } from './job';
import { findLabelledData, findVouched, weighedParts } from './labelledData';

type Scores = Partial<Record<SeededMethod, ArrayLike<number>>>;

/** Audits a copy of the data with other labels: suspicions 0 … 1, and what each ranking goes by, larger = earlier. */
type AuditCopy = (
  labels: Int32Array | Float64Array,
  onProgress: (progress: Progress) => void,
) => Promise<{ readonly suspicion: Float64Array; readonly scores: Scores }>;

/** Copies are audited as the data were; features are not encoded again. */
export async function prepareCopies(
  store: ProjectStore,
  tools: JobTools,
  facts: SessionFacts,
  settings: AuditSettings,
  matrixBytes: number,
  job: Job,
): Promise<AuditCopy> {
  const { features, unpenalised } = await readSessionInput(store, facts, matrixBytes);
  const data = findLabelledData(store, settings);
  const vouched = findVouched(store.sources, data, settings, facts.split);
  const predictions = await readPredictionsOf(store, facts, settings, job);
  const abort = new AbortController();
  job.onCancel(() => abort.abort());
  const { split, rowWeights, classes } = facts;
  const { l2, experts, rounds, validationLabels, backend, seed } = settings;
  const shared = { features, split, rowWeights, unpenalised, l2, vouched };
  return async (labels, onProgress) => {
    const options = { signal: abort.signal, onProgress };
    if (labels instanceof Float64Array) {
      const numbers = { rounds, validationLabels, ...(experts === 'auto' ? {} : { experts }) };
      const { columns } = await tools.compute.auditNumbers(
        { input: { ...shared, labels, options: numbers }, backend, seed },
        options,
      );
      return { suspicion: columns.suspicion, scores: scoresOf(columns) };
    }
    const twins = twinsOf(store, classes);
    const { columns, neighbours } = await tools.compute.audit(
      {
        input: {
          ...shared,
          labels,
          classes: classes.length,
          predictions,
          ...(twins === undefined ? {} : { twins }),
          ...(settings.head === 'auto' ? {} : { head: settings.head }),
          options: { experts, rounds, validationLabels },
        },
        backend,
        seed,
      },
      options,
    );
    const { disagreement } = neighbours ?? {};
    const scores = { ...scoresOf(columns), ...(disagreement === undefined ? {} : { neighbours: disagreement }) };
    return { suspicion: columns.suspicion, scores };
  };
}

async function readPredictionsOf(
  store: ProjectStore,
  { classes }: SessionFacts,
  settings: AuditSettings,
  job: Job,
): Promise<Float32Array | undefined> {
  if (classes.length === 0) return undefined;
  const { columns } = store.sources;
  const parts = weighedParts(store, findLabelledData(store, settings));
  return (await readPredictions({ columns, classes, parts, signal: job.signal })).probabilities;
}

/** The order of suspicion goes by log-odds: they tell rows apart where suspicions round to 1. */
function scoresOf(columns: {
  readonly suspicionLogOdds: Float64Array;
  readonly selfInfluenceRif: Float64Array;
  readonly selfInfluenceIf: Float64Array;
  readonly loss: Float64Array;
  readonly looLoss: Float64Array;
}): Scores {
  return {
    suspicion: columns.suspicionLogOdds,
    self_influence_rif: columns.selfInfluenceRif,
    self_influence_if: columns.selfInfluenceIf,
    loss: columns.loss,
    loo_loss: columns.looLoss,
  };
}

/** Classes that may be the same, as the audit took them. */
export function twinsOf({ sources, decisions }: ProjectStore, classes: readonly string[]): Int32Array | undefined {
  const label = sources.columns.find(({ role }) => role === 'label');
  return findTwins(classes, label === undefined ? null : decisions.state.labelReading(label.name));
}
