import { InputError } from '../base/errors';
import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import type { Measurement } from '../influence/measurements/measurement';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { prepareMeasurements, usualWay } from '../influence/measurements/prepareMeasurements';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import type { RemovalMethod, RidgeConvention } from '../influence/removal/removalTypes';
import { selectTrainingRows } from '../influence/removal/removedRows';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { PredictedAndActual } from './compareSets';
import { compareSets } from './compareSets';
import type { Agreement } from './correlation';
import { measureAgreement } from './correlation';
import { chooseRandom, chooseSameClassMix } from './removalStrategies';

export interface VerifyRemovalRequest {
  /** Rows to remove, in any order; those that do not train are counted and left alone. */
  readonly rows: Int32Array;
  /** R: random removals of the same size and class mix beside it. */
  readonly repeats: number;
  readonly seed: number;
  /** Default: {@link defaultMeasurements}. */
  readonly measurements?: readonly Measurement[] | undefined;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
}

/** One measurement, verified. Positive change = removal raises it. */
interface VerifiedMeasurement {
  /** `validation_loss`, … */
  readonly name: string;
  /** f(θ̂). */
  readonly before: number;
  readonly predicted: Readonly<Record<RemovalMethod, number>>;
  readonly actual: number;
  /** The random removals, in the order they were drawn. */
  readonly random: readonly PredictedAndActual[];
  /** Mean and standard deviation (n − 1) of their actual changes; NaN without enough of them. */
  readonly randomMean: number;
  readonly randomDeviation: number;
  /** Place of the chosen set among all R + 1 by actual change: 1 = lowers the measurement most, ties at their mean. */
  readonly rank: number;
  /** Share of the random removals with a smaller actual change, 0 … 1, ties counted half; NaN without any. */
  readonly percentile: number;
  /** Over the random removals: how well each method predicts removals of this size. */
  readonly agreement: Readonly<Record<RemovalMethod, Agreement>>;
}

export interface RemovalVerification {
  /** Training rows removed, ascending. */
  readonly rows: Int32Array;
  /** Rows asked for that do not train: removing them changes nothing. */
  readonly otherRows: number;
  readonly seed: number;
  readonly ridgeConvention: RidgeConvention;
  /** How means over validation rows take labels where their names do not say. */
  readonly validationLabels: ValidationLabels;
  /** In the order asked for; the first is the one to show. */
  readonly measurements: readonly VerifiedMeasurement[];
  /**
   * Largest estimated relative error of a retrained parameter change (in the norm of H), at most about
   * `changeTolerance`.
   */
  readonly retrainError: number;
}

/**
 * Mean loss and accuracy of the validation rows, by the labels as they are taken and then by the given ones; mean loss
 * of the training rows, margins of a few validation rows drawn by the seed.
 */
function defaultMeasurements(
  { problem }: Pick<FittedModel, 'problem'>,
  sets: MeasuredSplits,
  seed: number,
  margins = 3,
): Measurement[] {
  const classes = problem.kind !== 'ridge';
  const measurements: Measurement[] = [];
  if (sets.validation.length > 0) {
    const beside = usualWay('validation', sets) === 'given' ? [] : [{ labels: 'given' } as const];
    for (const labels of [{}, ...beside]) {
      measurements.push({ kind: 'meanLoss', rows: 'validation', ...labels });
      if (classes) measurements.push({ kind: 'accuracy', rows: 'validation', ...labels });
    }
  }
  measurements.push({ kind: 'meanLoss', rows: 'train' });
  const shown = chooseRandom(sets.validation, Math.min(margins, sets.validation.length), createRandom(seed));
  for (const row of shown) measurements.push({ kind: 'margin', row });
  return measurements;
}

/**
 * Proves a removal: retrains without the chosen rows and without R random sets of the same size and class mix, and puts
 * what IF, RIF and the Newton step predict beside it. All R + 1 sets are retrained together (see `retrainSets`): a few
 * passes over the rows and some solves with H, no Hessian. Reports the stage `verifying`.
 * @throws InputError when no row trains, or nothing would be left; NumericalError when a fit does not converge;
 * CancelledError.
 */
export function verifyRemoval(
  model: FittedModel,
  sets: MeasuredSplits,
  request: VerifyRemovalRequest,
  context: Pick<JobContext, 'signal' | 'progress'>,
): RemovalVerification {
  const { problem } = model;
  const { repeats, seed } = request;
  const { train: rows, others } = selectTrainingRows(problem, request.rows);
  if (rows.length === 0) {
    throw new InputError(
      others === 0
        ? 'There are no rows to remove.'
        : `None of the ${others} rows is a labelled training row: the model was fitted without them, so removing them changes nothing.`,
    );
  }
  if (rows.length >= sets.train.length) throw new InputError('Nothing would be left to train on.');
  const progress = new StageProgress(studyStages.verify, context, 'measurements');
  const onBlock = (): void => context.signal.throwIfCancelled();
  const random = createRandom(seed);
  const labels = problem.labels instanceof Int32Array && problem.kind !== 'ridge' ? problem.labels : undefined;
  const removals = [rows];
  for (let r = 0; r < repeats; r++) removals.push(chooseSameClassMix(rows, sets.train, labels, random));
  const measurements = request.measurements ?? defaultMeasurements(model, sets, seed);
  const prepared = prepareMeasurements(model, measurements, sets, onBlock);
  try {
    const compared = compareSets(model, removals, prepared, {
      ridgeConvention: request.ridgeConvention,
      onBlock,
      onShare: progress.onShare,
    });
    return {
      rows,
      otherRows: others,
      seed,
      ridgeConvention: request.ridgeConvention ?? 'fixed',
      validationLabels: usualWay('validation', sets),
      retrainError: Math.max(compared.worstRelativeError, Number.EPSILON),
      measurements: prepared.map(({ name, value }, index) => {
        const [chosen, ...beside] = compared.sets.map((changes) => changes[index]);
        return { name, before: value, ...chosen, random: beside, ...standing(chosen, beside) };
      }),
    };
  } finally {
    for (const measurement of prepared) measurement.dispose();
  }
}

function standing(
  chosen: PredictedAndActual,
  random: readonly PredictedAndActual[],
): Pick<VerifiedMeasurement, 'randomMean' | 'randomDeviation' | 'rank' | 'percentile' | 'agreement'> {
  const actual = random.map((one) => one.actual);
  const count = actual.length;
  const mean = actual.reduce((sum, value) => sum + value, 0) / count;
  const squares = actual.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const below = actual.filter((value) => value < chosen.actual).length;
  const ties = actual.filter((value) => value === chosen.actual).length;
  const agreement = (method: RemovalMethod): Agreement =>
    measureAgreement(
      random.map(({ predicted }) => predicted[method]),
      actual,
    );
  return {
    randomMean: mean,
    randomDeviation: Math.sqrt(squares / (count - 1)),
    rank: 1 + below + ties / 2,
    percentile: (below + ties / 2) / count,
    agreement: { if: agreement('if'), rif: agreement('rif'), newton: agreement('newton') },
  };
}
