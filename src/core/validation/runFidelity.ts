import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import type { DatamodelingScore } from './linearDatamodelingScore';
import { computeDatamodelingScore } from './linearDatamodelingScore';
import type { FidelityRow, FidelitySummary, RemovalRequest } from './measureRemovals';
import { measureRemovals, planRemovals, requireValidation, summarizeFidelity } from './measureRemovals';
import type { RemovalStrategy } from './removalStrategies';
import { chooseRandom, removalStrategies } from './removalStrategies';

export interface FidelityRequest extends RemovalRequest {
  /** Subsets for the linear datamodeling score; 0 = leave it out. Default 0. */
  readonly datamodelSubsets?: number | undefined;
}

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

const largestDatamodelTestCount = 50;
const datamodelAlpha = 0.5;

/**
 * How far predictions can be trusted on a dataset, by the RIF paper's protocol: removal sets by every strategy, size
 * and repetition; for each what IF, RIF and the Newton step predict for several measurements, and what retraining
 * gives. Reports the stage `fidelity`. Cost: that of `compareSets` on strategies · sizes · repetitions sets.
 * @throws InputError without validation rows; NumericalError when a fit does not converge; CancelledError.
 */
export function runFidelity(
  model: FittedModel,
  sets: MeasuredSplits,
  request: FidelityRequest,
  context: Pick<JobContext, 'signal' | 'progress'>,
): FidelityResult {
  const { features = model.problem.features, strategies = removalStrategies, ridgeConvention, seed } = request;
  requireValidation(sets);
  const subsets = request.datamodelSubsets ?? 0;
  const progress = new StageProgress(studyStages.fidelity, context, 'removal sets');
  const onBlock = (): void => context.signal.throwIfCancelled();
  const removals = planRemovals(model, sets, request, onBlock);
  const setShare = subsets === 0 ? 1 : removals.length / (removals.length + 3 * subsets);
  progress.begin(0, setShare);
  const calls = { onBlock, onShare: progress.onShare };
  const { rows, retrainError } = measureRemovals(model, sets, removals, request, calls);
  let datamodeling: DatamodelingScore | null = null;
  if (subsets > 0) {
    const testRows = Math.min(largestDatamodelTestCount, sets.validation.length);
    progress.begin(setShare, 1);
    datamodeling = computeDatamodelingScore(model, sets, {
      subsets,
      alpha: datamodelAlpha,
      testRows: chooseRandom(sets.validation, testRows, createRandom(seed)),
      seed,
      ridgeConvention,
      onBlock,
      onShare: (share, detail) => progress.onShare(share, `subsets: ${detail}`),
    });
  }
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
    retrainError,
  };
}
