import { InputError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { fillResidual, lossOfRow } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import { effectsOnSet, meanLossGradient, valueOfSet } from './effectsOnSet';
import { lossChange } from './lossChange';
import type { MeasuredSet, Measurement, PreparedMeasurement, RowMeasurement, SetMeasurement } from './measurement';
import { isRowMeasurement } from './measurement';
import type { RowSet } from './rowSet';
import { createRowSet } from './rowSet';

/** The splits of the dataset as row numbers of the features. */
export interface MeasuredSplits {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** What measuring needs of a fitted model. */
type MeasurableModel = Pick<FittedModel, 'problem' | 'logits' | 'linalg'>;

/**
 * Makes measurements ready to be used with `model`: their values and gradients at θ̂, one pass over the measured rows
 * for each mean loss. Measurements of the same set share its rows; single rows are read together. Free them all with
 * `dispose()`.
 * @throws InputError for a row that does not exist or has no label, an empty set, or accuracy of a ridge head.
 */
export function prepareMeasurements(
  model: MeasurableModel,
  measurements: readonly Measurement[],
  sets: MeasuredSplits,
  onBlock?: OnBlock,
): PreparedMeasurement[] {
  const shared = new Map<Int32Array, SharedSet>();
  const shareOf = (measured: MeasuredSet): SharedSet => {
    const rows = typeof measured === 'string' ? sets[measured] : measured.rows;
    const found = shared.get(rows);
    if (found !== undefined) return found;
    const made = new SharedSet(model, distinctLabelled(model.problem, rows, setTitle(measured)));
    shared.set(rows, made);
    return made;
  };
  const single = readSingleRows(model.problem, measurements);
  try {
    return measurements.map((measurement) => {
      if (isRowMeasurement(measurement)) {
        return prepareRow(model, measurement, single.get(measurement.row) ?? new Float64Array(0));
      }
      const prepare = measurement.kind === 'meanLoss' ? prepareMeanLoss : prepareAccuracy;
      return prepare(model, measurement, shareOf(measurement.rows), onBlock);
    });
  } catch (error) {
    for (const set of shared.values()) set.close();
    throw error;
  }
}

/** The name of a measurement in tables. */
function measurementName(measurement: Measurement): string {
  if (isRowMeasurement(measurement)) return `${measurement.kind}_${measurement.row}`;
  const what = measurement.kind === 'meanLoss' ? 'loss' : 'accuracy';
  const { rows } = measurement;
  if (typeof rows !== 'string') return `${what}_of_${rows.name}`;
  return `${rows === 'train' ? 'training' : rows}_${what}`;
}

function setTitle(measured: MeasuredSet): string {
  if (typeof measured !== 'string') return `the slice ${measured.name}`;
  return { train: 'the training rows', validation: 'the validation rows', test: 'the test rows' }[measured];
}

/** A set whose rows several measurements read; they are let go with the last of them. */
class SharedSet {
  #set: RowSet | undefined;
  #users = 0;

  constructor(
    readonly model: MeasurableModel,
    readonly rows: Int32Array,
  ) {}

  use(): void {
    this.#users++;
  }

  get set(): RowSet {
    const { problem, linalg } = this.model;
    this.#set ??= createRowSet({ features: problem.features, rows: problem.rows, linalg }, this.rows);
    return this.#set;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.close();
  }

  /** Whoever uses it. */
  close(): void {
    this.#set?.dispose();
    this.#set = undefined;
  }
}

function prepareMeanLoss(
  { problem, logits }: MeasurableModel,
  measurement: SetMeasurement,
  shared: SharedSet,
  onBlock?: OnBlock,
): PreparedMeasurement {
  const head = { problem, labels: problem.labels, logits };
  shared.use();
  const evaluateMany = (changes: Matrix, report?: OnBlock): Float64Array =>
    Float64Array.from(effectsOnSet(head, shared.set, changes, report), (change) => change.meanLoss);
  return {
    measurement,
    name: measurementName(measurement),
    value: valueOfSet(head, shared.rows).meanLoss,
    gradient: meanLossGradient(head, shared.set, onBlock),
    evaluate: (change, report) => evaluateMany(asRow(change), report)[0],
    evaluateMany,
    dispose: once(() => shared.release()),
  };
}

function prepareAccuracy(
  { problem, logits }: MeasurableModel,
  measurement: SetMeasurement,
  shared: SharedSet,
): PreparedMeasurement {
  if (problem.kind === 'ridge') {
    throw new InputError('A ridge head predicts numbers, not classes: it has no accuracy. Measure a loss or a margin.');
  }
  const head = { problem, labels: problem.labels, logits };
  shared.use();
  const evaluateMany = (changes: Matrix, report?: OnBlock): Float64Array =>
    Float64Array.from(
      effectsOnSet(head, shared.set, changes, report),
      ({ becameRight, becameWrong }) => (becameRight - becameWrong) / shared.rows.length,
    );
  return {
    measurement,
    name: measurementName(measurement),
    value: valueOfSet(head, shared.rows).accuracy,
    gradient: undefined,
    evaluate: (change, report) => evaluateMany(asRow(change), report)[0],
    evaluateMany,
    dispose: once(() => shared.release()),
  };
}

/** Margin or loss of one row with the features x. */
function prepareRow(
  { problem, logits }: MeasurableModel,
  measurement: RowMeasurement,
  x: Float64Array,
): PreparedMeasurement {
  const { row, kind } = measurement;
  const { outputs, labels, parameters: p } = problem;
  const d = x.length;
  const label = labels[row];
  const weights = new Float64Array(outputs);
  if (kind === 'loss') fillResidual(problem, logits, row, label, weights, 0);
  else fillMarginWeights(problem, label, weights);
  const gradient = new Float64Array(p);
  for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) gradient[c * d + j] = weights[c] * x[j];
  const moves = new Float64Array(outputs);
  const evaluateAt = (data: Float64Array, from: number): number => {
    moves.fill(0);
    for (let c = 0; c < outputs; c++) for (let j = 0; j < d; j++) moves[c] += data[from + c * d + j] * x[j];
    return kind === 'loss'
      ? lossChange(problem, logits, row * outputs, moves, 0, label)
      : marginOf(problem, moves, 0, label);
  };
  return {
    measurement,
    name: measurementName(measurement),
    value: kind === 'loss' ? lossOfRow(problem, logits, row) : marginOf(problem, logits, row * outputs, label),
    gradient,
    evaluate: (change) => evaluateAt(change, 0),
    evaluateMany: (changes) => Float64Array.from({ length: changes.rows }, (_, k) => evaluateAt(changes.data, k * p)),
    dispose: () => undefined,
  };
}

/** The margin of a label (see {@link Measurement}) under the K logits, or of their moves, at `logits[from]`. */
export function marginOf(
  { kind }: Pick<HeadProblem, 'kind'>,
  logits: Float64Array,
  from: number,
  label: number,
): number {
  if (kind === 'softmax') return logits[from + label];
  return kind === 'logistic' && label === 0 ? -logits[from] : logits[from];
}

/** ∂margin/∂logits: e_y − 1/C for softmax, the part of e_y that sums to zero over the classes. */
function fillMarginWeights(
  { kind, outputs }: Pick<HeadProblem, 'kind' | 'outputs'>,
  label: number,
  out: Float64Array,
): void {
  if (kind === 'softmax') {
    out.fill(-1 / outputs);
    out[label] += 1;
  } else {
    out[0] = kind === 'logistic' && label === 0 ? -1 : 1;
  }
}

/** The features of all rows that are measured by themselves. */
function readSingleRows(problem: HeadProblem, measurements: readonly Measurement[]): Map<number, Float64Array> {
  const wanted: number[] = [];
  for (const measurement of measurements) {
    if (isRowMeasurement(measurement)) wanted.push(measurement.row);
  }
  const rows = distinctLabelled(problem, Int32Array.from(new Set(wanted)), 'the measured rows', true);
  const { data, columns } = gatherRows(problem.features, rows);
  return new Map(Array.from(rows, (row, at) => [row, data.subarray(at * columns, (at + 1) * columns)]));
}

/** Ascending; the same array where it is so already. */
function distinctLabelled(problem: HeadProblem, rows: Int32Array, title: string, mayBeEmpty = false): Int32Array {
  const n = problem.features.rows;
  if (rows.length === 0 && !mayBeEmpty) {
    throw new InputError(`Nothing can be measured on ${title}: there are none.`);
  }
  let ascending = true;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (!(row >= 0 && row < n)) {
      throw new InputError(`There is no row ${row}, which ${title} name; the rows are 0 to ${n - 1}.`, {
        details: { row },
      });
    }
    const label = problem.labels[row];
    const labelled = problem.kind === 'ridge' ? Number.isFinite(label) : label >= 0 && label < problem.classes;
    if (!labelled) {
      throw new InputError(`Row ${row} has no label, so nothing can be measured on it. Leave it out of ${title}.`, {
        details: { row },
      });
    }
    if (at > 0 && row <= rows[at - 1]) ascending = false;
  }
  if (ascending) return rows;
  const sorted = rows.slice().sort();
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at] === sorted[at - 1]) {
      throw new InputError(`Row ${sorted[at]} occurs more than once in ${title}.`, { details: { row: sorted[at] } });
    }
  }
  return sorted;
}

function asRow(change: Float64Array): Matrix {
  return { rows: 1, columns: change.length, data: change };
}

function once(release: () => void): () => void {
  let done = false;
  return () => {
    if (!done) release();
    done = true;
  };
}
