import { auditFeatures } from '../../src/core/audit/auditFeatures';
import type { AuditColumns, AuditResult } from '../../src/core/audit/auditTypes';
import { gatherRows } from '../../src/core/base/gatherRows';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import type { OpenHead } from '../../src/core/head/openHead';
import { openHead } from '../../src/core/head/openHead';
import type { JobContext } from '../../src/core/job/jobContext';
import type { LinearAlgebra } from '../../src/core/linalg/linearAlgebra';
import { createExactNeighbourSearch } from '../../src/core/ranking/neighbours/exactNeighbours';
import { chooseRandom } from '../../src/core/validation/removalStrategies';
import type { Noise } from '../suspicion/plantedErrors';
import { defaultAuditInput, plantErrors } from '../suspicion/plantedErrors';
import type { Edit, EditKind } from './chooseEdits';
import { chooseEdits } from './chooseEdits';
import type { LabelScores, Statistic } from './labelChange';
import { scoreLabels, statistics, weightedChange } from './labelChange';
import type { LabelReading, MeasuredLabels } from './labelWeights';
import { allReadings, fillLabelWeights } from './labelWeights';
import { scoreRelabelling, scoreRemovals, scoreRetrained } from './scoreEdits';

/** `unseen`: rows with right labels that took no part in the audit, nor in the fit. */
export type MeasureName = LabelReading | 'unseen';

/** Change of one statistic under one measure, by an edit. Positive = the edit raises it. */
export interface EditChange {
  readonly retrained: number;
  /** Evaluated at θ̂ + Δ; NaN where there is no such estimate (RIF does not relabel). */
  readonly rif: number;
  readonly newton: number;
  /** Standard deviation (n − 1) of the retrained changes of 20 random removals of as many training rows. */
  readonly randomDeviation: number;
}

export interface Verdict {
  readonly kind: EditKind;
  /** Rows removed or relabelled. */
  readonly size: number;
  readonly changes: Readonly<Record<Statistic, Readonly<Record<MeasureName, EditChange>>>>;
}

export interface PlantedTable {
  readonly features: Matrix;
  /** n: those of the file, taken to be right; errors are planted in copies of them. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly noise: Noise;
  /** Of all labels, 0 … 1. */
  readonly share: number;
  /** Of the errors, the splits and the sets. */
  readonly seed: number;
}

const unseenShare = 0.25;
const randomRemovals = 20;
/** Each draw of a run has random numbers of its own: the rows kept aside must not be those that get errors. */
const streams = { errors: 0, unseen: 1, validation: 2, edits: 3, count: 4 };

/**
 * Audits a table with errors planted among all its labels, a quarter of its rows kept aside, and says of each edit of
 * the training rows (chooseEdits.ts) what it does to validation loss and accuracy, by every way to take the labels.
 */
export function measureVerdicts(table: PlantedTable, linalg: LinearAlgebra): readonly Verdict[] {
  const { features, labels: truth, classes, noise, share, seed } = table;
  const seedOf = (stream: number): number => seed * streams.count + stream;
  const planted = plantErrors(truth, classes, noise, share, seedOf(streams.errors));
  const unseen = drawUnseen(truth.length, seedOf(streams.unseen));
  for (const row of unseen) planted.labels[row] = -1;
  const input = defaultAuditInput(features, planted.labels, classes, seedOf(streams.validation));
  const context: JobContext = {
    signal: { cancelled: false, throwIfCancelled: () => undefined },
    progress: () => undefined,
    random: createRandom(7),
    linalg,
    log: () => undefined,
  };
  const audit = auditFeatures({ ...input, neighbours: createExactNeighbourSearch() }, context);
  const { kind, l2, theta } = audit.head;
  const head = openHead({ ...input, kind, l2, theta }, context);
  try {
    const { suspicion, suspicionLogOdds: logOdds } = audit.columns;
    const random = createRandom(seedOf(streams.edits));
    const { train } = head.splits;
    const edits = chooseEdits(train, { suspicion, logOdds, wrong: planted.wrong }, random);
    const measures = openMeasures(head, audit, { truth, given: planted.labels, classes, unseen });
    return judgeEdits(head, edits, audit.columns, measures, (size) => chooseRandom(train, size, random));
  } finally {
    head.dispose();
  }
}

function drawUnseen(rows: number, seed: number): Int32Array {
  return chooseRandom(
    Int32Array.from({ length: rows }, (_, row) => row),
    Math.round(unseenShare * rows),
    createRandom(seed),
  );
}

/** The measured rows, validation first, then unseen; the weights of each measure are on all of them. */
interface Measures {
  readonly weights: Readonly<Record<MeasureName, Matrix>>;
  readonly score: (theta: Float64Array) => LabelScores;
}

interface KnownLabels {
  readonly truth: Int32Array;
  readonly given: Int32Array;
  readonly classes: number;
  readonly unseen: Int32Array;
}

function openMeasures(
  { model, splits }: OpenHead,
  { columns, classProbabilities, transitions }: AuditResult,
  { truth, given, classes, unseen }: KnownLabels,
): Measures {
  const { validation } = splits;
  const rows = Int32Array.of(...validation, ...unseen);
  const labels: MeasuredLabels = {
    classes,
    given: validation.map((row) => given[row]),
    truth: validation.map((row) => truth[row]),
    suspicion: Float64Array.from(validation, (row) => columns.suspicion[row]),
    suggested: validation.map((row) => columns.suggestedLabel[row]),
    pool: Float32Array.from(
      Array.from(validation).flatMap((row) => [...classProbabilities.subarray(row * classes, (row + 1) * classes)]),
    ),
    transitions: transitions !== null && transitions.rows === classes ? transitions : null,
  };
  const onValidation = allReadings.map((reading) => [
    reading,
    padded(fillLabelWeights(labels, reading), 0, rows.length),
  ]);
  const right = { ...labels, truth: unseen.map((row) => truth[row]), given: unseen };
  const onUnseen = padded(fillLabelWeights(right, 'clean'), validation.length, rows.length);
  const measured = gatherRows(model.problem.features, rows);
  return {
    weights: Object.fromEntries([...onValidation, ['unseen', onUnseen]]) as Record<MeasureName, Matrix>,
    score: (theta) => scoreLabels(model.problem, classes, measured, theta),
  };
}

/** The rows of `weights` from row `from` on of `rows`, the others 0. */
function padded({ columns, data }: Matrix, from: number, rows: number): Matrix {
  const out = new Float64Array(rows * columns);
  out.set(data, from * columns);
  return { rows, columns, data: out };
}

function judgeEdits(
  { model }: OpenHead,
  edits: readonly Edit[],
  columns: AuditColumns,
  { weights, score }: Measures,
  drawRandom: (size: number) => Int32Array,
): readonly Verdict[] {
  const scoreChange = (change: Float64Array): LabelScores => score(model.theta.map((value, at) => value + change[at]));
  const sizes = [...new Set(edits.map(({ rows }) => rows.length))];
  const drawn = sizes.flatMap((size) => Array.from({ length: randomRemovals }, () => drawRandom(size)));
  const randomScores = scoreRetrained(model, drawn, scoreChange);
  const removals = edits.filter(({ kind }) => kind !== 'relabelled');
  const removed = scoreRemovals(
    model,
    removals.map(({ rows }) => rows),
    scoreChange,
  );
  const before = score(model.theta);
  return edits.map((edit) => {
    const size = edit.rows.length;
    const from = sizes.indexOf(size) * randomRemovals;
    const beside = randomScores.slice(from, from + randomRemovals);
    const scores =
      edit.kind === 'relabelled'
        ? scoreRelabelling(model, edit.rows, columns.suggestedLabel, scoreChange)
        : removed[removals.indexOf(edit)];
    const changeOf = (statistic: Statistic, measure: Matrix): EditChange => {
      const by = (after: LabelScores | null): number =>
        after === null ? Number.NaN : weightedChange(measure, before[statistic], after[statistic]);
      const random = beside.map(by);
      const mean = random.reduce((sum, value) => sum + value, 0) / random.length;
      const squares = random.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return {
        retrained: by(scores.retrained),
        rif: by(scores.rif),
        newton: by(scores.newton),
        randomDeviation: Math.sqrt(squares / (random.length - 1)),
      };
    };
    const underAll = (statistic: Statistic): Record<MeasureName, EditChange> =>
      Object.fromEntries(
        Object.entries(weights).map(([name, measure]) => [name, changeOf(statistic, measure)]),
      ) as Record<MeasureName, EditChange>;
    return {
      kind: edit.kind,
      size,
      changes: Object.fromEntries(statistics.map((name) => [name, underAll(name)])) as Verdict['changes'],
    };
  });
}
