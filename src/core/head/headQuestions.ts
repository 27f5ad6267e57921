import { InputError } from '../base/errors';
import type { Measurement } from '../influence/measurements/measurement';
import { isRowMeasurement } from '../influence/measurements/measurement';
import { usualWay } from '../influence/measurements/prepareMeasurements';
import { requireRow, selectTrainingRows } from '../influence/removal/removedRows';
import type { ExplainPredictionOptions, PredictionExplanation } from '../influence/subsets/explainPrediction';
import { explainPrediction } from '../influence/subsets/explainPrediction';
import type { InfluentialSubset, SubsetMethod, SubsetOptions } from '../influence/subsets/influentialSubset';
import { findInfluentialSubset } from '../influence/subsets/influentialSubset';
import type { SetTarget } from '../influence/subsets/setTarget';
import { measurementTarget } from '../influence/subsets/setTarget';
import type { FlipOptions, FlipRanking, SmallestFlip } from '../influence/subsets/smallestFlip';
import { findSmallestFlip } from '../influence/subsets/smallestFlip';
import type { OnBlock } from '../linalg/linearAlgebra';
import type { OpenHead } from './openHead';

/** The set of `size` training rows whose removal raises or lowers a measurement most. */
export interface SubsetRequest extends Pick<SubsetOptions, 'size' | 'direction' | 'verify' | 'ridgeConvention'> {
  /** Default: the mean loss over the validation rows. */
  readonly measurement?: Measurement | undefined;
  /** Default `adaptive`, for heads too large to form H `rif`. */
  readonly method?: SubsetMethod | undefined;
  /** Rows that may be chosen, as far as they train; default all. */
  readonly candidates?: Int32Array | undefined;
}

/** The smallest set of training rows whose removal changes the predicted class of `row`. */
export interface FlipRequest extends Pick<FlipOptions, 'row' | 'limit'> {
  /** Default `adaptive`, for heads too large to form H `rif`. */
  readonly ranking?: FlipRanking | undefined;
}

/** The training rows behind the prediction for `row`. */
export type ExplainPredictionRequest = Omit<ExplainPredictionOptions, 'rifCoefficients' | 'trust' | 'onBlock'>;

/** Told while an answer is found; `StageProgress` is one. */
interface AnswerProgress {
  readonly onBlock: OnBlock;
  readonly onShare?: (share: number) => void;
  readonly say?: (detail: string) => void;
}

/**
 * @throws InputError for a size that cannot be had, a measurement without a gradient, or one of validation rows where
 * there are none.
 */
export function answerSubset(head: OpenHead, request: SubsetRequest, progress: AnswerProgress): InfluentialSubset {
  const { model, splits } = head;
  const { onBlock, onShare } = progress;
  const { measurement = { kind: 'meanLoss', rows: 'validation' }, candidates, method } = request;
  if (request.measurement === undefined && splits.validation.length === 0) {
    throw new InputError(
      'There are no validation rows to measure on. Name another measurement, such as the loss of a row.',
    );
  }
  const target = measurementTarget(model, measurement, splits, onBlock);
  let beside: SetTarget | undefined;
  try {
    const isMean = !isRowMeasurement(measurement);
    if (isMean && (measurement.labels ?? usualWay(measurement.rows, splits)) !== 'given') {
      beside = measurementTarget(model, { ...measurement, labels: 'given' }, splits, onBlock);
    }
    const { rifCoefficients } = head.rowInfluence(onBlock);
    return findInfluentialSubset(model, target, {
      ...request,
      beside,
      method: method ?? defaultRanking(head),
      candidates: candidates && selectTrainingRows(model.problem, candidates).train,
      rifCoefficients,
      trust: head.trust(),
      onBlock,
      onRows: (found, size) => onShare?.((0.9 * found) / size),
    });
  } finally {
    beside?.dispose();
    target.dispose();
  }
}

/** @throws InputError for a row that does not exist, or a ridge head. */
export function answerFlip(head: OpenHead, request: FlipRequest, progress: AnswerProgress): SmallestFlip {
  const { onBlock } = progress;
  requireRow(head.model.problem, request.row);
  const { rifCoefficients } = head.rowInfluence(onBlock);
  return findSmallestFlip(head.model, {
    ...request,
    ranking: request.ranking ?? defaultRanking(head),
    rifCoefficients,
    trust: head.trust(),
    onBlock,
    onFit: (fit, size) => progress.say?.(`retraining ${fit}: without ${size} rows`),
  });
}

/** @throws InputError for a row or a class that does not exist, or a ridge head. */
export function answerExplanation(
  head: OpenHead,
  request: ExplainPredictionRequest,
  { onBlock }: AnswerProgress,
): PredictionExplanation {
  requireRow(head.model.problem, request.row);
  const { rifCoefficients } = head.rowInfluence(onBlock);
  return explainPrediction(head.model, { ...request, rifCoefficients, trust: head.trust(), onBlock });
}

/** Adaptive choices need H itself. */
function defaultRanking({ model }: OpenHead): FlipRanking {
  return model.exact === undefined ? 'rif' : 'adaptive';
}
