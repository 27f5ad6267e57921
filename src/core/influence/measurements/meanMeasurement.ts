import { InputError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import type { SetEffect } from './effectsOnSet';
import { effectsOnSet, meanLossGradient, valueOfSet } from './effectsOnSet';
import type { MeasuredLabels } from './measuredLabels';
import type { PreparedMeasurement, SetMeasurement } from './measurement';
import type { RowSet } from './rowSet';
import { createRowSet } from './rowSet';

/** What measuring needs of a fitted model. */
export type MeasurableModel = Pick<FittedModel, 'problem' | 'logits' | 'linalg'>;

/** The rows of a set, which several measurements read; they are let go with the last of them. */
export class MeasuredRows {
  #set: RowSet | undefined;
  #users = 0;

  /** `rows` ascending and distinct, at least one; all have labels. */
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

  /** See `effectsOnSet`. */
  effects(ways: readonly MeasuredLabels[], changes: Matrix, onBlock?: OnBlock): SetEffect[][] {
    return effectsOnSet(this.model, ways, this.set, changes, onBlock);
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

interface Mean {
  readonly measurement: SetMeasurement;
  readonly name: string;
  readonly labels: MeasuredLabels;
}

/** A mean over a set, see `PreparedMeasurement`. */
export class PreparedMean implements PreparedMeasurement {
  readonly measurement: SetMeasurement;
  readonly name: string;
  readonly labels: MeasuredLabels;
  readonly value: number;
  readonly gradient: Float64Array | undefined;
  #disposed = false;

  /** One pass over the rows for a mean loss. @throws InputError for the accuracy of a ridge head */
  constructor(
    readonly source: MeasuredRows,
    { measurement, name, labels }: Mean,
    onBlock?: OnBlock,
  ) {
    const { model, rows } = source;
    const { kind } = measurement;
    if (kind === 'accuracy' && model.problem.kind === 'ridge') {
      throw new InputError(
        'A ridge head predicts numbers, not classes: it has no accuracy. Measure a loss or a margin.',
      );
    }
    this.measurement = measurement;
    this.name = name;
    this.labels = labels;
    source.use();
    this.value = valueOfSet(model, labels, rows)[kind];
    this.gradient = kind === 'meanLoss' ? meanLossGradient(model, labels, source.set, onBlock) : undefined;
  }

  evaluate(change: Float64Array, onBlock?: OnBlock): number {
    return this.evaluateMany({ rows: 1, columns: change.length, data: change }, onBlock)[0];
  }

  evaluateMany(changes: Matrix, onBlock?: OnBlock): Float64Array {
    return this.changesIn(this.source.effects([this.labels], changes, onBlock)[0]);
  }

  /** Its own changes among those of its set. */
  changesIn(effects: readonly SetEffect[]): Float64Array {
    const { kind } = this.measurement;
    return Float64Array.from(effects, (effect) => effect[kind]);
  }

  dispose(): void {
    if (!this.#disposed) this.source.release();
    this.#disposed = true;
  }
}

/**
 * `evaluateMany` of several measurements: means over one set, whatever their kind and labels, are evaluated in one pass
 * over its rows.
 */
export function evaluateTogether(
  measurements: readonly PreparedMeasurement[],
  changes: Matrix,
  onBlock?: OnBlock,
): Float64Array[] {
  const means = measurements.filter((one): one is PreparedMean => one instanceof PreparedMean);
  const found = new Map<PreparedMean, Float64Array>();
  for (const source of new Set(means.map((mean) => mean.source))) {
    const own = means.filter((mean) => mean.source === source);
    const ways = [...new Set(own.map(({ labels }) => labels))];
    const effects = source.effects(ways, changes, onBlock);
    for (const mean of own) found.set(mean, mean.changesIn(effects[ways.indexOf(mean.labels)]));
  }
  return measurements.map((one) => {
    const known = one instanceof PreparedMean ? found.get(one) : undefined;
    return known ?? one.evaluateMany(changes, onBlock);
  });
}
