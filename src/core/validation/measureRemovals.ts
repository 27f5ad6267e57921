import { InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import type { Measurement } from '../influence/measurements/measurement';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import type { RemovalMethod, RidgeConvention } from '../influence/removal/removalTypes';
import type { OnBlock } from '../linalg/linearAlgebra';
import { lossOfRow } from '../models/evaluateHead';
import type { PredictedAndActual } from './compareSets';
import { compareSets, predictionMethods } from './compareSets';
import type { Agreement } from './correlation';
import { measureAgreement } from './correlation';
import type { RemovalStrategy } from './removalStrategies';
import {
  chooseRandom,
  chooseRemovalSet,
  defaultRemovalShares,
  removalSizes,
  removalStrategies,
} from './removalStrategies';

/** Which sets are removed, and what of them is measured. */
export interface RemovalRequest {
  readonly seed: number;
  /** Default: all. */
  readonly strategies?: readonly RemovalStrategy[] | undefined;
  /** Shares of the training rows to remove. Default: 0.1 % to 5 %. */
  readonly shares?: readonly number[] | undefined;
  /** Sets for each strategy and size. Default 5. */
  readonly repetitions?: number | undefined;
  /** Validation rows, drawn by the seed, whose margins are measured. Default 5. */
  readonly margins?: number | undefined;
  readonly ridgeConvention?: RidgeConvention | undefined;
  /**
   * The features that sets are chosen by, where the model's are other coordinates of the same rows. Default: the
   * model's.
   */
  readonly features?: FeatureRows;
}

/** `margin` stands for those of several rows. */
export const fidelityMeasurements = ['validation_loss', 'validation_accuracy', 'training_loss', 'margin'] as const;
export type FidelityMeasurement = (typeof fidelityMeasurements)[number];

/** One prediction against the truth. Positive change = removal raises the measurement. */
export interface FidelityRow {
  readonly strategy: RemovalStrategy;
  /** Rows removed. */
  readonly size: number;
  readonly measurement: FidelityMeasurement;
  readonly method: RemovalMethod;
  readonly predicted: number;
  readonly actual: number;
  /** From 0. */
  readonly repetition: number;
  /** size / training rows. */
  readonly share: number;
  /** The validation row of a margin; null for means. */
  readonly row: number | null;
}

export type FidelitySummary = Readonly<
  Record<RemovalMethod, Readonly<Partial<Record<FidelityMeasurement, Agreement>>>>
>;

interface PlannedRemoval {
  readonly strategy: RemovalStrategy;
  readonly size: number;
  readonly repetition: number;
  readonly rows: Int32Array;
}

/** The removal sets by strategy, size and repetition, in this order. */
export function planRemovals(
  { problem, logits }: FittedModel,
  { train }: MeasuredSplits,
  request: RemovalRequest,
  onBlock: () => void,
): PlannedRemoval[] {
  const { features = problem.features, strategies = removalStrategies, repetitions = 5 } = request;
  const sizes = removalSizes(train.length, request.shares ?? defaultRemovalShares);
  const losses = Float64Array.from(train, (row) => lossOfRow(problem, logits, row));
  const pool = { features, train, losses };
  const random = createRandom(request.seed);
  return strategies.flatMap((strategy) =>
    sizes.flatMap((size) =>
      Array.from({ length: repetitions }, (_, repetition) => {
        onBlock();
        return { strategy, size, repetition, rows: chooseRemovalSet(strategy, pool, size, random, repetition) };
      }),
    ),
  );
}

interface MeasuredRemovals {
  readonly rows: readonly FidelityRow[];
  /** Largest estimated relative error of a retrained parameter change. */
  readonly retrainError: number;
}

/**
 * What each method predicts of the removals for every measurement, and what retraining gives. Cost: that of
 * `compareSets`.
 * @throws NumericalError when a fit does not converge; CancelledError.
 */
export function measureRemovals(
  model: FittedModel,
  sets: MeasuredSplits,
  removals: readonly PlannedRemoval[],
  request: RemovalRequest,
  { onBlock, onShare }: MeasuringCalls,
): MeasuredRemovals {
  const measured = measurementsOf(model, sets, request);
  const measurements = measured.map(({ measurement }) => measurement);
  const prepared = prepareMeasurements(model, measurements, sets, onBlock);
  try {
    const { ridgeConvention } = request;
    const chosen = removals.map(({ rows }) => rows);
    const compared = compareSets(model, chosen, prepared, { ridgeConvention, onBlock, onShare });
    return {
      rows: removals.flatMap((removal, t) => rowsOf(removal, measured, compared.sets[t], sets.train.length)),
      retrainError: compared.worstRelativeError,
    };
  } finally {
    for (const measurement of prepared) measurement.dispose();
  }
}

/** @throws InputError without validation rows. */
export function requireValidation({ validation }: MeasuredSplits): void {
  if (validation.length > 0) return;
  throw new InputError('Fidelity is measured on validation rows, and there are none. Choose a validation split.');
}

interface MeasuringCalls {
  readonly onBlock: OnBlock;
  /** Share of the work done, 0 … 1. */
  readonly onShare: (share: number, detail: string) => void;
}

/** What each method predicted of a removal for each measurement, beside what came. */
function rowsOf(
  { strategy, size, repetition }: PlannedRemoval,
  measured: readonly Measured[],
  changes: readonly PredictedAndActual[],
  trainRows: number,
): FidelityRow[] {
  return measured.flatMap(({ name, row }, index) =>
    predictionMethods.map((method) => ({
      strategy,
      size,
      measurement: name,
      method,
      predicted: changes[index].predicted[method],
      actual: changes[index].actual,
      repetition,
      share: size / trainRows,
      row,
    })),
  );
}

interface Measured {
  readonly name: FidelityMeasurement;
  readonly row: number | null;
  readonly measurement: Measurement;
}

function measurementsOf({ problem }: FittedModel, sets: MeasuredSplits, request: RemovalRequest): Measured[] {
  const margins = Math.min(request.margins ?? 5, sets.validation.length);
  const shown = chooseRandom(sets.validation, margins, createRandom(request.seed));
  return [
    { name: 'validation_loss', row: null, measurement: { kind: 'meanLoss', rows: 'validation' } },
    ...(problem.kind === 'ridge'
      ? []
      : [{ name: 'validation_accuracy', row: null, measurement: { kind: 'accuracy', rows: 'validation' } } as const]),
    { name: 'training_loss', row: null, measurement: { kind: 'meanLoss', rows: 'train' } },
    ...Array.from(shown, (row): Measured => ({ name: 'margin', row, measurement: { kind: 'margin', row } })),
  ];
}

/** Agreement by method and measurement over the given rows; measurements without rows are left out. */
export function summarizeFidelity(rows: readonly FidelityRow[]): FidelitySummary {
  const summaryOf = (method: RemovalMethod): Partial<Record<FidelityMeasurement, Agreement>> =>
    Object.fromEntries(
      fidelityMeasurements.flatMap((measurement) => {
        const own = rows.filter((row) => row.method === method && row.measurement === measurement);
        if (own.length === 0) return [];
        const agreement = measureAgreement(
          own.map(({ predicted }) => predicted),
          own.map(({ actual }) => actual),
        );
        return [[measurement, agreement]];
      }),
    );
  return { if: summaryOf('if'), rif: summaryOf('rif'), newton: summaryOf('newton') };
}
