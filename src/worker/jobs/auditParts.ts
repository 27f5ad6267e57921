import type { AuditSettings, AuditSummary } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import type { AuditResult } from '../../core/audit/auditTypes';
import { formatPlural } from '../../core/base/format';
import type { FeatureSource } from '../compute/featureSource';
import type { BackendDescription } from '../compute/thread/messages';
import type { FeaturePipeline } from '../datasets/datasetTypes';
import type { RowWeights } from '../labels/readWeights';
import type { StoredColumns } from '../store/storeTypes';
import type { Job } from './job';

/** What class labels and numbers share of an audit's result. */
type SharedResult = Pick<
  AuditResult,
  | 'head'
  | 'l2Choice'
  | 'unlabelledRows'
  | 'effectiveDof'
  | 'maxLeverage'
  | 'highLeverageRows'
  | 'signal'
  | 'experts'
  | 'expertsLeftOut'
  | 'neighbours'
>;

interface SharedFacts {
  readonly settings: AuditSettings;
  readonly startedAt: Date;
  readonly job: Job;
  readonly backend: BackendDescription;
  /** Of the head; none for numeric labels. */
  readonly classes: readonly string[];
  /** After encoding, the intercept included. */
  readonly features: number;
  readonly pipeline: FeaturePipeline;
  /** Of the data. */
  readonly columns: readonly Column[];
  readonly rowWeights: RowWeights;
  readonly result: SharedResult;
}

type SharedSummary = Omit<
  AuditSummary,
  'train' | 'leaveOneOut' | 'validation' | 'test' | 'transitionMatrix' | 'warnings' | 'labelling' | 'leaks' | 'numbers'
>;

/** What the stage of that name made, the intercept not counted. */
export function describeFeatures(
  features: FeatureSource,
  { features: made, columns, blocks = [] }: FeaturePipeline,
): string {
  const count = made.filter(({ column }) => column !== null).length;
  const used = columns.length + blocks.reduce((sum, block) => sum + block.columns.length, 0);
  const place = 'kind' in features ? ', on disk' : '';
  return `${formatPlural(count, 'feature')} from ${formatPlural(used, 'column')}${place}`;
}

/** The part of an audit's summary that does not depend on what the labels are. */
export function summarizeShared(facts: SharedFacts): SharedSummary {
  const { settings, startedAt, job, backend, classes, features, pipeline, columns, rowWeights, result } = facts;
  const { head, signal, neighbours } = result;
  return {
    notes: [...rowWeights.notes, ...pipeline.notes],
    settings,
    startedAt: startedAt.toISOString(),
    seconds: job.snapshot.seconds,
    stageSeconds: job.stageSeconds,
    backend: { name: backend.name, description: backend.description },
    head: {
      kind: head.kind,
      classes: [...classes],
      features: features - Number(settings.intercept),
      parameters: head.theta.length,
      l2: head.l2,
      relativeGradientNorm: head.relativeGradientNorm,
      iterations: head.iterations,
      conditionEstimate: head.conditionEstimate,
    },
    l2Curve: result.l2Choice?.points.map(({ l2, meanLooLoss }) => ({ l2, looLoss: meanLooLoss })) ?? [],
    l2OnEdge: result.l2Choice?.onEdge ?? false,
    featureNames: pipeline.features.map(({ name }) => name),
    droppedColumns: [...pipeline.dropped.map(({ column, reason }) => ({ column, reason })), ...guessedAway(columns)],
    unlabelled: result.unlabelledRows,
    effectiveParameters: result.effectiveDof,
    maxLeverage: result.maxLeverage,
    highLeverageRows: result.highLeverageRows,
    signal: (({ gain, standardError, rows, found }) => ({ gain, standardError, rows, found }))(signal),
    expertWeights: result.experts.map(({ name, weight }) => ({ name, weight })),
    expertsLeftOut: result.expertsLeftOut.map(({ name, reason }) => ({ name, reason })),
    neighbours:
      neighbours === null ? { method: 'off', recall: null } : { method: neighbours.method, recall: neighbours.recall },
  };
}

/** Columns that no analyst has put aside: they were guessed to be of no use, and why. */
function guessedAway(columns: readonly Column[]): { column: string; reason: string }[] {
  return columns
    .filter(({ role, reason }) => role === 'ignore' && reason !== '')
    .map(({ name, reason }) => ({ column: name, reason }));
}

/** Rows of a separate validation file come after the dataset's own and are not shown: their scores are cut off. */
export function cutColumns(columns: StoredColumns, rows: number): StoredColumns {
  if (columns.rank.length === rows) return columns;
  const rank = rankAgain(columns.rank, rows);
  const cut = Object.entries(columns).map(([name, values]) => [name, (values as Float64Array).subarray(0, rows)]);
  return { ...(Object.fromEntries(cut) as unknown as StoredColumns), rank };
}

/** Ranks 1, 2, 3, … of the rows that stay, in the order they had. */
function rankAgain(rank: Int32Array, rows: number): Int32Array {
  const order = Array.from({ length: rows }, (_, row) => row)
    .filter((row) => rank[row] > 0)
    .sort((a, b) => rank[a] - rank[b]);
  const next = new Int32Array(rows);
  order.forEach((row, index) => (next[row] = index + 1));
  return next;
}
