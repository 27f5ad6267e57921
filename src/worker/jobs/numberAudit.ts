import type { AuditSettings, AuditSummary } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import type { NumbersResult, NumbersSplit } from '../../core/audit/numbers/numbersTypes';
import { finiteOrNull, formatCount, formatPercent } from '../../core/base/format';
import { listed } from '../../core/base/listed';
import { listedFrom } from '../../core/base/listedFrom';
import type { BackendDescription } from '../compute/thread/messages';
import { reasonNamesByBit } from '../review/reasonText';
import { beliefArrays, sessionArrays, weightArrays } from '../review/sessionFacts';
import type { AuditDraft } from '../store/audits/auditDraft';
import type { ProjectStore } from '../store/projectStore';
import { planStages } from './auditEstimate';
import { cutColumns, describeFeatures, summarizeShared } from './auditParts';
import { createBlockEncoders, type JobTools } from './blockEncoders';
import type { Job } from './job';
import type { MediaSearch } from './mediaSearch';
import { buildNumberData, type NumberData } from './numberData';
import { describeSetAside } from './setAsideRows';

interface NumberAudit {
  readonly store: ProjectStore;
  readonly tools: JobTools;
  readonly settings: AuditSettings;
  readonly job: Job;
  readonly media: MediaSearch;
  readonly draft: AuditDraft;
  readonly matrixBytes: number;
  readonly backend: BackendDescription;
  readonly abort: AbortController;
  readonly startedAt: Date;
}

/** An audit of a label that is a number, into the draft and the project: see `runAudit`. */
export async function auditNumberLabels(audit: NumberAudit): Promise<AuditSummary> {
  const { store, tools, settings, job, media, draft, matrixBytes, backend, abort, startedAt } = audit;
  const data = await buildNumberData(store, settings, {
    encoders: createBlockEncoders(tools, settings, media.takeLooks),
    draft,
    matrixBytes,
    signal: job.signal,
    progress: (done, total) => job.progress({ stage: 'features', done, total }),
  });
  const { features, labels, split, pipeline, rows } = data;
  media.begin(
    { rows, validationRows: features.rows - rows, labels, classes: new Int32Array(labels.length).fill(-1), split },
    job.signal,
  );
  job.expect(planStages({ rows: features.rows, features: features.columns, classes: 0 }, settings, backend.name));
  job.progress({
    stage: 'features',
    done: 1,
    total: 1,
    detail: describeFeatures(features, pipeline),
  });
  const result = await tools.compute.auditNumbers(
    {
      input: {
        features,
        labels,
        split,
        unpenalised: pipeline.intercept ? [features.columns - 1] : [],
        l2: settings.l2,
        vouched: data.vouched,
        rowWeights: data.rowWeights.weights,
        options: {
          rounds: settings.rounds,
          validationLabels: settings.validationLabels,
          ...(settings.experts === 'auto' ? {} : { experts: settings.experts }),
        },
      },
      backend: settings.backend,
      seed: settings.seed,
    },
    { signal: abort.signal, onProgress: job.progress },
  );
  job.signal.throwIfCancelled();
  job.progress({ stage: 'saving', done: 0, total: 1 });
  const { columns } = store.sources;
  const shared = {
    settings,
    startedAt,
    job,
    backend,
    classes: [],
    features: features.columns,
    pipeline,
    columns,
    rowWeights: data.rowWeights,
    result,
  };
  const looked = await media.finish(result.columns, rows);
  const numbers = summarizeNumbers(data, settings, result, columns);
  const summary: AuditSummary = {
    ...summarizeShared(shared),
    ...numbers,
    ...(looked.summary && { media: looked.summary }),
    warnings: [...looked.warnings, ...numbers.warnings],
  };
  await store.audits.replace(
    {
      summary,
      columns: cutColumns(looked.columns, rows),
      labels: Int32Array.from(labels.subarray(0, rows), (label) => (Number.isNaN(label) ? -1 : 0)),
      split: split.subarray(0, rows),
      classes: [],
      reasonNames: reasonNamesByBit,
      pipeline,
      // The features are in the draft already.
      arrays: {
        [sessionArrays.responses]: { data: labels, shape: [features.rows] },
        [sessionArrays.split]: { data: split, shape: [features.rows] },
        [sessionArrays.theta]: { data: result.head.theta, shape: [result.head.theta.length] },
        [sessionArrays.valLossRif]: { data: result.columns.valLossRif, shape: [features.rows] },
        ...weightArrays(data.rowWeights.weights),
        ...beliefArrays(result.beliefs),
      },
    },
    job.signal,
    draft,
  );
  return summary;
}

function summarizeNumbers(
  { label, labels, rows, rowWeights, setAside, pipeline }: NumberData,
  settings: AuditSettings,
  result: NumbersResult,
  columns: readonly Column[],
): Pick<
  AuditSummary,
  | 'train'
  | 'leaveOneOut'
  | 'validation'
  | 'test'
  | 'transitionMatrix'
  | 'expertsLeftOut'
  | 'rounds'
  | 'rowsSetAside'
  | 'numbers'
  | 'warnings'
  | 'labelling'
> {
  const figures = ({ meanLoss, rSquared }: NonNullable<NumbersSplit['given']>) => ({
    loss: meanLoss,
    accuracy: null,
    rSquared: finiteOrNull(rSquared),
  });
  const metrics = (split: NumbersSplit) => ({
    rows: split.rows,
    ...figures(split),
    ...(split.given && { given: figures(split.given) }),
  });
  return {
    train: metrics(result.train),
    leaveOneOut: metrics(result.leaveOneOut),
    validation: result.validation && metrics(result.validation),
    test: result.test && metrics(result.test),
    transitionMatrix: [],
    expertsLeftOut: result.expertsLeftOut.map(({ name, reason }) => ({ name, reason })),
    rounds: result.setAside > 0 ? 2 : 1,
    rowsSetAside: result.setAside,
    numbers: {
      scale: result.scale,
      errorShare: result.errorShare,
      pooledRSquared: finiteOrNull(result.pooledRSquared),
      setAside: result.setAside,
      histogram: drawHistogram(labels.subarray(0, rows), result.columns.suspicion),
    },
    warnings: [
      ...(settings.head === 'auto' ? [describeChoice(label)] : []),
      ...describeScale(label.name, result),
      ...describeSetAside(setAside),
      ...describePredictions(columns),
      ...rowWeights.warnings,
      ...(pipeline.cautions ?? []),
      ...result.warnings,
    ],
    labelling: { column: label.name, index: label.index, spellings: [], asSpelt: false },
  };
}

function describePredictions(columns: readonly Column[]): string[] {
  const names = columns.filter(({ role }) => role === 'probability').map(({ name }) => `“${name}”`);
  if (names.length === 0) return [];
  return [`Predicted probabilities of classes say nothing of numbers and are not used: ${listed(names)}.`];
}

function describeChoice({ name, distinct }: NumberData['label']): string {
  const values = distinct === null ? 'very many' : formatCount(distinct);
  return `The label ${name} is a number with ${values} different values, and was audited as one, by a ridge head. If its values are classes, choose softmax.`;
}

function describeScale(label: string, { scale, setAside, columns }: NumbersResult): string[] {
  const sentences: string[] = [];
  if (scale === 'logarithmic') {
    sentences.push(
      `Labels were compared by their logarithms, on which the experts predict ${label} better: differences count as ratios. The head and the effects are those of the labels themselves.`,
    );
  }
  const share = setAside / columns.rank.length;
  if (setAside > 0) {
    sentences.push(
      `${formatCount(setAside)} ${setAside === 1 ? 'row was' : 'rows were'} suspicious at first (${formatPercent(share, 1)}) and did not take part when the others were judged again.`,
    );
  }
  return sentences;
}

const bins = 40;

/** Labelled rows by label, and the suspects among them, in bins of equal width. */
function drawHistogram(
  labels: Float64Array,
  suspicion: Float64Array,
): NonNullable<AuditSummary['numbers']>['histogram'] {
  const sorted = labels.filter((label) => !Number.isNaN(label)).sort();
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  const counts = new Array<number>(bins).fill(0);
  const suspects = counts.slice();
  for (let row = 0; row < labels.length; row++) {
    if (Number.isNaN(labels[row])) continue;
    const bin = Math.min(bins - 1, Math.floor(((labels[row] - low) / (high - low)) * bins));
    counts[bin]++;
    if (suspicion[row] >= listedFrom) suspects[bin]++;
  }
  return { low, high, counts, suspects };
}
