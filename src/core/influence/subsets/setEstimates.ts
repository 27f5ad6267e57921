import { NumericalError } from '../../base/errors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import type { RemovalChange } from '../removal/removalChange';
import { estimateRemovalChange } from '../removal/removalChange';
import type { RidgeConvention } from '../removal/removalTypes';

/** Parameter changes of one set by each method. */
interface SetEstimates {
  readonly if: RemovalChange;
  readonly rif: RemovalChange;
  /** undefined where it does not exist or the head is too large for it; `newtonMissing` says why. */
  readonly newton: RemovalChange | undefined;
  readonly newtonMissing: string | undefined;
}

/**
 * Δ of a set by IF, RIF and the Newton step, with the residual of the last. See `estimateRemovalChange` for the cost.
 */
export function estimateSet(
  model: FittedModel,
  rows: Int32Array,
  onBlock?: OnBlock,
  ridgeConvention?: RidgeConvention,
): SetEstimates {
  const sums = { onBlock, ridgeConvention };
  const byIf = estimateRemovalChange(model, rows, { ...sums, method: 'if' });
  const byRif = estimateRemovalChange(model, rows, { ...sums, method: 'rif' });
  const { change, reason } = tryNewton(model, rows, onBlock, ridgeConvention);
  return { if: byIf, rif: byRif, newton: change, newtonMissing: reason };
}

/** The Newton step of a set, or why there is none. */
export function tryNewton(
  model: FittedModel,
  rows: Int32Array,
  onBlock?: OnBlock,
  ridgeConvention?: RidgeConvention,
): { readonly change: RemovalChange | undefined; readonly reason: string | undefined } {
  try {
    const change = estimateRemovalChange(model, rows, { method: 'newton', residual: true, ridgeConvention, onBlock });
    return { change, reason: undefined };
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    return { change: undefined, reason: error.message };
  }
}

/** θ̂ + Δ of the best estimate there is: where retraining starts. */
export function startOf(model: FittedModel, estimates: Pick<SetEstimates, 'rif' | 'newton'>): Float64Array {
  const { change } = estimates.newton ?? estimates.rif;
  return model.theta.map((value, at) => value + change[at]);
}
