import { InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import type { Measurement } from '../influence/measurements/measurement';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import type { RemovalMethod, RidgeConvention } from '../influence/removal/removalTypes';
import type { JobContext } from '../job/jobContext';
import { lossOfRow } from '../models/evaluateHead';
import { compareSets, predictionMethods } from './compareSets';
import type { Agreement } from './correlation';
import { measureAgreement } from './correlation';
import type { DatamodelingScore } from './linearDatamodelingScore';
import { computeDatamodelingScore } from './linearDatamodelingScore';
import type { RemovalStrategy } from './removalStrategies';
import {
  chooseRandom,
  chooseRemovalSet,
  defaultRemovalShares,
  removalSizes,
  removalStrategies,
} from './removalStrategies';

export interface FidelityRequest {
  readonly seed: number;
  /** Default: all. */
  readonly strategies?: readonly RemovalStrategy[] | undefined;
  /** Shares of the training rows to remove. Default: 0.1 % to 5 %. */
  readonly shares?: readonly number[] | undefined;
  /** Sets for each strategy and size. Default 5. */
  readonly repetitions?: number | undefined;
  /** Validation rows, drawn by the seed, whose margins are measured. Default 5. */
  readonly margins?: number | undefined;
  /** Subsets for the linear datamodeling score; 0 = leave it out. Default 0. */
  readonly datamodelSubsets?: number | undefined;
  readonly ridgeConvention?: RidgeConvention | undefined;
  /** The features that sets are chosen by, where the model's are other coordinates of the same rows. Default: the model's. */
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

export interface FidelityResult {
  readonly rows: readonly FidelityRow[];
  readonly overall: FidelitySummary;
  readonly byStrategy: Readonly<Partial<Record<RemovalStrategy, FidelitySummary>>>;
  readonly datamodeling: DatamodelingScore | null;
  readonly trainRows: number;
  readonly validationRows: number;
  readonly features: number;
  /** Largest estimated relative error of a retrained parameter change. */
  readonly retrainError: number;
}

export const fidelityStage = 'fidelity';
const largestDatamodelTestCount = 50;
const datamodelAlpha = 0.5;

/**
 * How far predictions can be trusted on a dataset, by the RIF paper's protocol: removal sets by every strategy, size and
 * repetition; for each what IF, RIF and the Newton step predict for several measurements, and what retraining gives.
 * Reports the stage `fidelity`. Cost: that of `compareSets` on strategies · sizes · repetitions sets.
 * @throws InputError without validation rows; NumericalError when a fit does not converge; CancelledError.
 */
export function runFidelity(
  model: FittedModel,
  sets: MeasuredSplits,
  request: FidelityRequest,
  context: Pick<JobContext, 'signal' | 'progress'>,
): FidelityResult {
  const { problem, logits } = model;
  const { features = problem.features } = request;
  if (sets.validation.length === 0) {
    throw new InputError('Fidelity is measured on validation rows, and there are none. Choose a validation split.');
  }
  const strategies = request.strategies ?? removalStrategies;
  const repetitions = request.repetitions ?? 5;
  const sizes = removalSizes(sets.train.length, request.shares ?? defaultRemovalShares);
  const subsets = request.datamodelSubsets ?? 0;
  const report = (share: number, detail: string): void =>
    context.progress({ stage: fidelityStage, done: Math.round(1000 * share), total: 1000, detail });
  const onBlock = (): void => context.signal.throwIfCancelled();
  report(0, 'removal sets');
  const pool = {
    features,
    train: sets.train,
    losses: Float64Array.from(sets.train, (row) => lossOfRow(problem, logits, row)),
  };
  const random = createRandom(request.seed);
  const plan = strategies.flatMap((strategy) =>
    sizes.flatMap((size) =>
      Array.from({ length: repetitions }, (_, repetition) => {
        onBlock();
        return { strategy, size, repetition, rows: chooseRemovalSet(strategy, pool, size, random, repetition) };
      }),
    ),
  );
  const measured = measurementsOf(model, sets, request);
  const prepared = prepareMeasurements(
    model,
    measured.map(({ measurement }) => measurement),
    sets,
    onBlock,
  );
  const setShare = subsets === 0 ? 1 : plan.length / (plan.length + 3 * subsets);
  try {
    const compared = compareSets(
      model,
      plan.map(({ rows }) => rows),
      prepared,
      {
        ridgeConvention: request.ridgeConvention,
        onBlock,
        onShare: (share, detail) => report(setShare * share, detail),
      },
    );
    const rows = plan.flatMap(({ strategy, size, repetition }, t) =>
      measured.flatMap(({ name, row }, index) =>
        predictionMethods.map((method): FidelityRow => {
          const { predicted, actual } = compared.sets[t][index];
          const share = size / sets.train.length;
          return {
            strategy,
            size,
            measurement: name,
            method,
            predicted: predicted[method],
            actual,
            repetition,
            share,
            row,
          };
        }),
      ),
    );
    const datamodeling =
      subsets === 0
        ? null
        : computeDatamodelingScore(model, sets, {
            subsets,
            alpha: datamodelAlpha,
            testRows: chooseRandom(
              sets.validation,
              Math.min(largestDatamodelTestCount, sets.validation.length),
              createRandom(request.seed),
            ),
            seed: request.seed,
            ridgeConvention: request.ridgeConvention,
            onBlock,
            onShare: (share, detail) => report(setShare + (1 - setShare) * share, `subsets: ${detail}`),
          });
    return {
      rows,
      overall: summarizeFidelity(rows),
      byStrategy: Object.fromEntries(
        strategies.map((strategy) => [strategy, summarizeFidelity(rows.filter((row) => row.strategy === strategy))]),
      ),
      datamodeling,
      trainRows: sets.train.length,
      validationRows: sets.validation.length,
      features: features.columns,
      retrainError: compared.worstRelativeError,
    };
  } finally {
    for (const measurement of prepared) measurement.dispose();
  }
}

interface Measured {
  readonly name: FidelityMeasurement;
  readonly row: number | null;
  readonly measurement: Measurement;
}

function measurementsOf({ problem }: FittedModel, sets: MeasuredSplits, request: FidelityRequest): Measured[] {
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
