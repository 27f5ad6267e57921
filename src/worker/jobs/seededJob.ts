import type { AuditSummary } from '../../contract/audit';
import { type SeededAudit, seededAuditSchema, type SeededMethod, type SeededRequest } from '../../contract/seeded';
import { InputError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import { createRandom } from '../../core/base/random';
import { splitCodes } from '../../core/base/splitCodes';
import { auditStages, type Progress } from '../../core/job/jobContext';
import { isLabelled } from '../../core/models/headKind';
import { measurePlantedRecall } from '../../core/validation/seeded/plantedRecall';
import { plantClassErrors, type PlantedErrors, plantNumberErrors } from '../../core/validation/seeded/plantErrors';
import { largestMatrixBytes } from '../compute/featureSource';
import { readSessionFacts, type SessionFacts } from '../review/sessionFacts';
import type { ProjectStore } from '../store/projectStore';
import type { JobTools } from './blockEncoders';
import type { Job, PlannedStage } from './job';
import { prepareCopies, twinsOf } from './seededCopies';

const metaKey = 'seeded';
/** Seeded audits kept in a project; the oldest go. */
const keptCount = 10;
const plantedShare = 0.05;
const fewestPlanted = 20;
/** Of the trusted rows, so that a copy stays like the data. */
const mostPlanted = 0.3;
/** Points of a curve, up to three times the share of planted rows. */
const curveSteps = 60;

/** First guesses of the stages' seconds, by how long the audit took. */
export function planSeeded({ stageSeconds }: Pick<AuditSummary, 'stageSeconds'>, seeds: number): PlannedStage[] {
  const seconds = shareStages(stageSeconds).reduce((sum, { weight }) => sum + weight, 0);
  return [
    { name: 'features', expectedSeconds: 0.5 },
    ...Array.from({ length: seeds }, (_, k) => ({ name: stageOf(k), expectedSeconds: seconds })),
  ];
}

/**
 * Plants errors in copies of the labels, audits each copy as the data were audited, and sees how many of them are found
 * by which ranking. What was found is kept in the project; a cancelled or failed one leaves nothing. Labels, scores and
 * decisions stay as they are.
 * @throws InputError before the first audit, or where too few labels can be trusted.
 */
export async function runSeeded(
  store: ProjectStore,
  tools: JobTools,
  { share, seeds, threshold }: SeededRequest,
  job: Job,
  matrixBytes = largestMatrixBytes,
): Promise<SeededAudit> {
  const audit = store.audits.requireLatest();
  const startedAt = new Date().toISOString();
  job.progress({ stage: 'features', done: 0, total: 1 });
  const facts = await readSessionFacts(store);
  const trusted = findTrusted(facts, store, threshold);
  const count = Math.min(
    Math.floor(mostPlanted * trusted.length),
    share === undefined
      ? Math.max(fewestPlanted, Math.round(plantedShare * trusted.length))
      : Math.max(1, Math.round(share * trusted.length)),
  );
  if (trusted.length < 2 * fewestPlanted) {
    throw new InputError(
      `Only ${formatCount(trusted.length)} training rows have a label that can be trusted, too few to plant errors among them. ` +
        'Suspects count once they are kept: decide more rows, or raise the threshold.',
    );
  }
  const plant = await choosePlanting(store, facts, trusted, count, audit.summary);
  const ask = await prepareCopies(store, tools, facts, audit.summary.settings, matrixBytes, job);
  const shares = Array.from(
    { length: curveSteps + 1 },
    (_, k) => (k / curveSteps) * Math.min(1, (3 * count) / trusted.length),
  );
  const copies: SeededAudit['copies'] = [];
  const recalls = new Map<SeededMethod, ReturnType<typeof measurePlantedRecall>[]>();
  for (let k = 0; k < seeds; k++) {
    const { rows, labels } = plant.errors(k + 1);
    const tell = progressOf(audit.summary.stageSeconds, stageOf(k), job.progress);
    const { suspicion, scores } = await ask(labels, tell);
    job.signal.throwIfCancelled();
    const planted = new Set(rows);
    copies.push({ seed: k + 1, planted: planted.size, ...countListed(suspicion, trusted, planted) });
    for (const [name, values] of Object.entries(scores) as [SeededMethod, ArrayLike<number>][]) {
      recalls.set(name, [...(recalls.get(name) ?? []), measurePlantedRecall(values, trusted, planted, shares)]);
    }
  }
  const seeded: SeededAudit = {
    id: job.id,
    startedAt,
    seconds: job.snapshot.seconds,
    auditStartedAt: audit.summary.startedAt,
    threshold,
    rows: facts.split.reduce((sum, _, row) => sum + (trains(facts, row) ? 1 : 0), 0),
    trusted: trusted.length,
    errors: plant.kind,
    copies,
    shares,
    methods: [...recalls].map(([name, runs]) => ({
      name,
      found: shares.map((_, k) => meanOf(runs.map(({ found }) => found[k]))),
      averagePrecision: spreadOf(runs.map(({ averagePrecision }) => averagePrecision)),
    })),
  };
  await store.meta.write(metaKey, [seeded, ...(await readSeeded(store))].slice(0, keptCount));
  return seeded;
}

/** What the project has, latest first. What another version left in another form is passed over. */
export async function readSeeded(store: ProjectStore): Promise<SeededAudit[]> {
  const kept = await store.meta.read(metaKey);
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one: unknown) => {
    const parsed = seededAuditSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

function trains({ labels, split, rowWeights }: SessionFacts, row: number): boolean {
  return split[row] === splitCodes.train && isLabelled(labels, row) && rowWeights?.[row] !== 0;
}

/** Labelled training rows that were kept, or are no suspects and were not found wrong. */
function findTrusted(facts: SessionFacts, store: ProjectStore, threshold: number): Int32Array {
  const { beliefs } = facts;
  if (beliefs === undefined) {
    throw new InputError(
      'The audit of this project is of an earlier version, which did not keep suspicions. Audit again.',
    );
  }
  const { rows: reviews } = store.decisions.state;
  const trusted: number[] = [];
  for (let row = 0; row < facts.split.length; row++) {
    if (!trains(facts, row)) continue;
    const kind = reviews.get(row)?.decision?.kind;
    if (kind === 'keep' || (kind === undefined && beliefs.suspicion[row] < threshold)) trusted.push(row);
  }
  return Int32Array.from(trusted);
}

interface Planting {
  readonly kind: SeededAudit['errors'];
  readonly errors: (seed: number) => PlantedErrors<Int32Array> | PlantedErrors<Float64Array>;
}

async function choosePlanting(
  store: ProjectStore,
  { labels, classes }: SessionFacts,
  trusted: Int32Array,
  count: number,
  { transitionMatrix }: AuditSummary,
): Promise<Planting> {
  if (labels instanceof Float64Array) {
    const { values: low } = await store.review.readValues('suggested_low');
    const { values: high } = await store.review.readValues('suggested_high');
    return {
      kind: 'numbers',
      errors: (seed) => plantNumberErrors({ labels, trusted, count, low, high }, createRandom(seed)),
    };
  }
  const confusions = transitionMatrix.length === classes.length ? transitionMatrix : undefined;
  const twins = twinsOf(store, classes);
  return {
    kind: confusions === undefined ? 'uniform' : 'confusions',
    errors: (seed) =>
      plantClassErrors({ labels, classes: classes.length, trusted, count, confusions, twins }, createRandom(seed)),
  };
}

/** Rows by the hundredths of their suspicion. */
function countListed(
  suspicion: Float64Array,
  trusted: Int32Array,
  planted: ReadonlySet<number>,
): { found: number[]; listed: number[] } {
  const found = new Array<number>(101).fill(0);
  const listed = new Array<number>(101).fill(0);
  for (const row of trusted) {
    for (let k = 0; k <= 100 * suspicion[row]; k++) {
      listed[k] += 1;
      if (planted.has(row)) found[k] += 1;
    }
  }
  return { found, listed };
}

function stageOf(copy: number): string {
  return `copy ${copy + 1}`;
}

/** The stages of an audit of a copy, each with the seconds it may take. */
function shareStages(stageSeconds: Readonly<Record<string, number>>): { name: string; weight: number }[] {
  return auditStages
    .filter((name) => name !== 'features' && name !== 'saving')
    .map((name) => ({ name, weight: (stageSeconds[name] ?? 0) + 0.05 }));
}

/** Tells the stages of one audit as one stage of the job; what is done never becomes less. */
function progressOf(
  stageSeconds: Readonly<Record<string, number>>,
  stage: string,
  tell: (progress: Progress) => void,
): (progress: Progress) => void {
  const stages = shareStages(stageSeconds);
  const total = stages.reduce((sum, { weight }) => sum + weight, 0);
  let furthest = 0;
  return ({ stage: name, done, total: units }) => {
    const at = stages.findIndex((one) => one.name === name);
    if (at < 0) return;
    const before = stages.slice(0, at).reduce((sum, { weight }) => sum + weight, 0);
    furthest = Math.max(furthest, before + (units > 0 ? Math.min(1, done / units) * stages[at].weight : 0));
    tell({ stage, done: furthest, total, detail: name });
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spreadOf(values: readonly number[]): { mean: number; deviation: number | null } {
  const mean = meanOf(values);
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
