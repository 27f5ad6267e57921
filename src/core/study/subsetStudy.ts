import type { FittedModel } from '../influence/fittedModel';
import type { Measurement } from '../influence/measurements/measurement';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import type { RidgeConvention } from '../influence/removal/removalTypes';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import type { InfluentialSubset, SubsetMethod } from '../influence/subsets/influentialSubset';
import { findInfluentialSubset } from '../influence/subsets/influentialSubset';
import type { SetDirection } from '../influence/subsets/rankRowsByEffect';
import { measurementTarget } from '../influence/subsets/setTarget';
import type { FlipRanking, SmallestFlip } from '../influence/subsets/smallestFlip';
import { findSmallestFlip } from '../influence/subsets/smallestFlip';
import { modelTrust } from '../influence/trust/trustReport';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';

/** Which set is looked for: the most influential of a size, or the smallest that flips a prediction. */
export type SubsetQuestion =
  | {
      readonly kind: 'influential';
      readonly measurement: Measurement;
      readonly size: number;
      readonly direction: SetDirection;
      readonly method: SubsetMethod;
      /** Retrain without the set as well. */
      readonly verify: boolean;
      /** Default `fixed`; see `SubsetOptions`. */
      readonly ridgeConvention?: RidgeConvention | undefined;
    }
  | {
      readonly kind: 'flip';
      readonly row: number;
      readonly ranking: FlipRanking;
      /** Largest set to try; default as `findSmallestFlip`. */
      readonly limit?: number | undefined;
    };

export type SubsetAnswer =
  | { readonly kind: 'influential'; readonly subset: InfluentialSubset }
  | { readonly kind: 'flip'; readonly flip: SmallestFlip };

export const subsetStage = 'subset';

/** Finds the set and says how far it can be trusted. Reports the stage `subset`. */
export function answerSubset(
  model: FittedModel,
  splits: MeasuredSplits,
  question: SubsetQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): SubsetAnswer {
  const progress = new StageProgress(subsetStage, context);
  const { onBlock } = progress;
  progress.begin(0, 0.3, 'leverage');
  const { rifCoefficients, leverage } = computePreciseInfluence(model, onBlock).influence;
  const trust = modelTrust(model, leverage);
  progress.begin(0.3, 1, 'choosing rows');
  if (question.kind === 'flip') {
    const flip = findSmallestFlip(model, {
      ...question,
      rifCoefficients,
      trust,
      onBlock,
      onFit: (fit, size) => progress.begin(0.3, 1, `retraining ${fit}: without ${size} rows`),
    });
    progress.finish();
    return { kind: 'flip', flip };
  }
  const target = measurementTarget(model, question.measurement, splits, onBlock);
  try {
    const subset = findInfluentialSubset(model, target, {
      ...question,
      rifCoefficients,
      trust,
      onBlock: () => context.signal.throwIfCancelled(),
      onRows: (found, size) => progress.onShare((0.9 * found) / size),
    });
    progress.finish();
    return { kind: 'influential', subset };
  } finally {
    target.dispose();
  }
}
