import type { AuditSettings, AuditSummary } from '../../contract/audit';
import type { Column, DatasetSummary, Leakage } from '../../contract/dataset';
import type { AuditResult } from '../../core/audit/auditTypes';
import { CancelledError, InputError } from '../../core/base/errors';
import { closeAll } from '../closeAll';
import { largestMatrixBytes } from '../compute/featureSource';
import type { BackendDescription } from '../compute/thread/messages';
import { describeSimilarLabels } from '../labels/describeLabels';
import { readLabelSummary } from '../labels/labelSummary';
import { takesNumbers } from '../labels/numericLabel';
import { describeLeak, isAccepted, leakConsequence, openLeaks } from '../leakage/describeLeakage';
import { reasonNamesByBit } from '../review/reasonText';
import { beliefArrays, sessionArrays, weightArrays } from '../review/sessionFacts';
import type { AuditDraft } from '../store/audits/auditDraft';
import { unlabelledSplit } from '../store/audits/auditTables';
import type { ProjectStore } from '../store/projectStore';
import { type AuditData, buildAuditData } from './auditData';
import { estimateSize, planStages } from './auditEstimate';
import { cutColumns, describeFeatures, summarizeShared } from './auditParts';
import { createBlockEncoders, type JobTools } from './blockEncoders';
import type { Job, PlannedStage } from './job';
import { findLabelledData } from './labelledData';
import { warnOfLargeLists } from './largeLists';
import { MediaSearch } from './mediaSearch';
import { auditNumberLabels } from './numberAudit';
import { describeSetAside } from './setAsideRows';

/** The stages of an audit with a first guess of how long each takes; corrected once the backend is known. */
export function planAuditStages(dataset: DatasetSummary, settings: AuditSettings): PlannedStage[] {
  const backend = settings.backend === 'auto' ? 'native' : settings.backend;
  return planStages(estimateSize(dataset, settings), settings, backend);
}

interface AuditJobOptions {
  /** Features larger than this are computed with from disk. Default {@link largestMatrixBytes}. */
  readonly matrixBytes?: number | undefined;
  /**
   * Resolves with the columns that give the label away, once it is known which do. Default: nothing is known of any.
   */
  readonly measured?: () => Promise<Leakage | null>;
}

/**
 * One audit: features, fit, scores, ranking, and all of it into the project at once. What the project had before stays
 * until the last moment, so that a cancelled or failed audit changes nothing. Decisions are never touched.
 */
export async function runAudit(
  store: ProjectStore,
  tools: JobTools,
  settings: AuditSettings,
  job: Job,
  options: AuditJobOptions = {},
): Promise<AuditSummary> {
  const draft = store.audits.draft();
  const media = new MediaSearch(store, tools.compute, settings);
  try {
    const { matrixBytes, measured = () => Promise.resolve(null) } = options;
    return await auditInto(draft, { store, tools, settings, job, media, matrixBytes, measured });
  } finally {
    await closeAll([() => media.close(), () => draft.discard()]);
  }
}

async function auditInto(
  draft: AuditDraft,
  {
    store,
    tools,
    settings,
    job,
    media,
    matrixBytes = largestMatrixBytes,
    measured,
  }: {
    readonly store: ProjectStore;
    readonly tools: JobTools;
    readonly settings: AuditSettings;
    readonly job: Job;
    readonly media: MediaSearch;
    readonly matrixBytes: number | undefined;
    readonly measured: () => Promise<Leakage | null>;
  },
): Promise<AuditSummary> {
  const startedAt = new Date();
  const abort = new AbortController();
  job.onCancel(() => abort.abort());
  job.progress({ stage: 'features', done: 0, total: 1 });
  const { compute } = tools;
  const backend = await compute.describe(settings.backend, abort.signal);
  const found = findLabelledData(store, settings);
  if (takesNumbers(settings, found.label, found.rows)) {
    return auditNumberLabels({ store, tools, settings, job, media, draft, matrixBytes, backend, abort, startedAt });
  }
  // Measured beside the audit, which only tells of it.
  const measuring = untilCancelled(measured(), job);
  measuring.catch(() => undefined);
  const similar = await describeReading(store);
  const data = await buildAuditData(store, settings, {
    encoders: createBlockEncoders(tools, settings, media.takeLooks),
    draft,
    matrixBytes,
    signal: job.signal,
    progress: (done, total) => job.progress({ stage: 'features', done, total }),
  });
  const { features, labels, split, pipeline } = data;
  media.begin(
    {
      rows: data.rows,
      validationRows: features.rows - data.rows,
      labels: labelNumbers(labels.codes, data.twins),
      classes: labels.codes,
      split,
    },
    job.signal,
  );
  const size = { rows: features.rows, features: features.columns, classes: labels.classes.length };
  job.expect(planStages(size, settings, backend.name));
  job.progress({
    stage: 'features',
    done: 1,
    total: 1,
    detail: describeFeatures(features, pipeline),
  });
  const result = await compute.audit(
    {
      input: {
        features,
        labels: labels.codes,
        classes: labels.classes.length,
        split,
        ...(data.twins === undefined ? {} : { twins: data.twins }),
        vouched: data.vouched,
        rowWeights: data.rowWeights.weights,
        predictions: data.predictions.probabilities,
        unpenalised: pipeline.intercept ? [features.columns - 1] : [],
        l2: settings.l2,
        ...(settings.head === 'auto' ? {} : { head: settings.head }),
        options: {
          experts: settings.experts,
          rounds: settings.rounds,
          validationLabels: settings.validationLabels,
        },
      },
      backend: settings.backend,
      seed: settings.seed,
    },
    { signal: abort.signal, onProgress: job.progress },
  );
  job.signal.throwIfCancelled();
  const leakage = await measuring;
  job.progress({ stage: 'saving', done: 0, total: 1 });
  const { columns } = store.sources;
  const looked = await media.finish(result.columns, data.rows);
  const summary = summarize({ settings, startedAt, job, data, result, backend, columns, leakage, similar, looked });
  await store.audits.replace(
    {
      summary,
      columns: cutColumns(looked.columns, data.rows),
      ...(await shownLabels(store, data)),
      classes: labels.classes,
      reasonNames: reasonNamesByBit,
      pipeline,
      // The features are in the draft already.
      arrays: {
        [sessionArrays.labels]: { data: labels.codes, shape: [features.rows] },
        [sessionArrays.split]: { data: split, shape: [features.rows] },
        [sessionArrays.theta]: { data: result.head.theta, shape: [result.head.theta.length] },
        [sessionArrays.classProbabilities]: {
          data: result.classProbabilities,
          shape: [features.rows, labels.classes.length],
        },
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

/** Equal numbers are labels that may be the same; NaN is none. */
function labelNumbers(codes: Int32Array, twins: Int32Array | undefined): Float64Array {
  return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : (twins?.[code] ?? code)));
}

/**
 * Labels and split as they are shown: rows that were set aside have the label of the file where it is a class, and
 * belong to no split.
 */
async function shownLabels(
  store: ProjectStore,
  { rows, labels, split, setAside, labelling }: AuditData,
): Promise<{ readonly labels: Int32Array; readonly split: Uint8Array }> {
  const own = { labels: labels.codes.slice(0, rows), split: split.slice(0, rows) };
  const label = store.sources.columns.find(({ role }) => role === 'label');
  if (label === undefined || setAside.rows.size === 0) return own;
  const codeOf = new Map(labels.classes.map((name, code) => [name, code]));
  const spellings = new Map(labelling.spellings);
  const asked = [...setAside.rows];
  for (let start = 0; start < asked.length; start += 1_000) {
    const part = asked.slice(start, start + 1_000);
    const cells = await store.sources.readCells(part, [label.index]);
    part.forEach((row, k) => {
      const text = (cells[k]?.[0] ?? '').trim();
      own.labels[row] = codeOf.get(spellings.get(text) ?? text) ?? -1;
      own.split[row] = unlabelledSplit;
    });
  }
  return own;
}

function summarize(input: {
  readonly settings: AuditSettings;
  readonly startedAt: Date;
  readonly job: Job;
  readonly data: AuditData;
  readonly result: AuditResult;
  readonly backend: BackendDescription;
  readonly columns: readonly Column[];
  readonly leakage: Leakage | null;
  /** What was made of labels that look alike, in sentences. */
  readonly similar: readonly string[];
  /** What was found in pictures and texts. */
  readonly looked: Awaited<ReturnType<MediaSearch['finish']>>;
}): AuditSummary {
  const { settings, startedAt, job, data, result, backend, columns, leakage, similar, looked } = input;
  const { transitions } = result;
  const classes = [...data.labels.classes];
  const figures = ({ meanLoss, accuracy }: NonNullable<AuditResult['train']['given']>) => ({
    loss: meanLoss,
    accuracy,
  });
  const metrics = (split: AuditResult['train'] | null) =>
    split && { rows: split.rows, ...figures(split), ...(split.given && { given: figures(split.given) }) };
  const train = metrics(result.train);
  const leaveOneOut = metrics(result.leaveOneOut);
  if (train === null || leaveOneOut === null) throw new InputError('There are no labelled training rows.');
  const { pipeline } = data;
  const features = data.features.columns;
  return {
    ...summarizeShared({
      settings,
      startedAt,
      job,
      backend,
      classes,
      features,
      pipeline,
      columns,
      rowWeights: data.rowWeights,
      result,
    }),
    train,
    leaveOneOut,
    validation: metrics(result.validation),
    test: metrics(result.test),
    rounds: result.rounds,
    rowsSetAside: result.rowsSetAside,
    forests: result.forests,
    ...(looked.summary && { media: looked.summary }),
    transitionMatrix:
      transitions === null
        ? []
        : classes.map((_, row) => [...transitions.data.subarray(row * classes.length, (row + 1) * classes.length)]),
    warnings: [
      ...describeSetAside(data.setAside),
      ...warnOfLeaks(leakage, data.labelling.column),
      ...similar,
      ...looked.warnings,
      ...(data.pipeline.cautions ?? []),
      ...data.predictions.notes,
      ...data.rowWeights.warnings,
      ...result.warnings,
      ...warnOfLargeLists(data, result),
    ],
    labelling: data.labelling,
    leaks: (leakage?.leaks ?? []).map((leak) => ({
      columns: leak.columns,
      accuracy: leak.accuracy,
      accepted: isAccepted(leak, leakage?.accepted ?? []),
    })),
  };
}

/** Rejects when the job is cancelled, whatever the work does then. */
async function untilCancelled<T>(work: Promise<T>, job: Job): Promise<T> {
  return Promise.race([work, new Promise<never>((_, reject) => job.onCancel(() => reject(new CancelledError())))]);
}

/** What was made of labels that look alike. */
async function describeReading(store: ProjectStore): Promise<string[]> {
  const labels = await readLabelSummary(store);
  return labels === null ? [] : describeSimilarLabels(labels.column, labels.similarity);
}

function warnOfLeaks(leakage: Leakage | null, label: string): string[] {
  if (leakage === null) return [];
  return openLeaks(leakage).map((leak) => `${describeLeak(leak, label, leakage)} ${leakConsequence(leak)}`);
}
