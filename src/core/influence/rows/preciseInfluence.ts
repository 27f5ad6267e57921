import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import { createFittedModel } from '../fittedModel';
import { isPrecisionEnough } from '../precision';
import type { RowInfluence } from './rowInfluence';
import { computeRowInfluence } from './rowInfluence';

interface PreciseInfluence {
  readonly influence: RowInfluence;
  /** The model given, or the same head with H in float64. */
  readonly model: FittedModel;
}

/**
 * Row influence, in float64 where rows amplify the error of a single-precision model too much: the leverages tell only
 * once they are known. `onFloat64` is told before it is done again. O(n·d²·K²/2), twice at worst.
 */
export function computePreciseInfluence(
  model: FittedModel,
  onBlock?: OnBlock,
  onFloat64?: (reason: string) => void,
): PreciseInfluence {
  const influence = computeRowInfluence(model, onBlock);
  const { largestAmplification, unstableRows } = influence;
  const amplification = unstableRows > 0 ? Number.POSITIVE_INFINITY : largestAmplification;
  if (isPrecisionEnough(model.precision, amplification)) return { influence, model };
  onFloat64?.(`rows amplify errors up to ${amplification.toExponential(1)} times: float64 for their influence`);
  const { problem, theta, logits, linalg } = model;
  const exact = createFittedModel(problem, theta, linalg.inFloat64, onBlock, { logits });
  return { influence: computeRowInfluence(exact, onBlock), model: exact };
}
