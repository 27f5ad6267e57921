import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { tryNewton } from './setEstimates';
import { findSmallestPrefix } from './smallestPrefix';

interface ChangingSetOptions {
  /** Rows in the order in which they are to go. */
  readonly ranking: Int32Array;
  /** Whether a parameter change does what is wanted. */
  readonly holds: (change: Float64Array) => boolean;
  /** A first guess of the size. */
  readonly guess: number;
  /** Sets of more rows are not tried. */
  readonly limit: number;
  readonly onBlock?: OnBlock | undefined;
  /** Told before each fit: its number and the size of the set. */
  readonly onFit?: ((fit: number, size: number) => void) | undefined;
}

/** The smallest leading part of a ranking whose removal does what is wanted, by retraining. */
export interface ChangingSet {
  /** null: no set up to `tried` rows does. */
  readonly rows: Int32Array | null;
  /** The smallest size that does by the Newton step; null: none, or there are no Newton steps. */
  readonly byNewton: number | null;
  /** Δ of retraining without `rows`, or without the largest set tried. */
  readonly change: Float64Array;
  readonly tried: number;
  /** Heads fitted. */
  readonly fits: number;
}

/**
 * Looks for the size by Newton steps first, which cost no fit, then verifies by retraining and moves from there: the
 * size returned holds by retraining, and one row less does not. Fits start from the estimate; about 2 where the Newton
 * step is right, each further one halves the doubt.
 */
export function findChangingSet(model: FittedModel, options: ChangingSetOptions): ChangingSet {
  const { ranking, holds, onBlock, onFit } = options;
  const limit = Math.min(options.limit, ranking.length);
  let guess = Math.min(options.guess, Math.max(1, limit));
  let byNewton: number | null = null;
  if (model.exact !== undefined) {
    const predicts = (size: number): boolean => {
      const { change } = tryNewton(model, ranking.subarray(0, size), onBlock);
      // No Newton step without these rows: the head hangs on them, which only a fit can judge.
      return change === undefined || holds(change.change);
    };
    byNewton = findSmallestPrefix(predicts, guess, limit).size;
    guess = byNewton ?? limit;
  }
  let fits = 0;
  let best: Float64Array = new Float64Array(model.problem.parameters);
  const retrained = (size: number): boolean => {
    const removed = ranking.slice(0, size);
    fits++;
    onFit?.(fits, size);
    const estimate =
      tryNewton(model, removed, onBlock).change ?? estimateRemovalChange(model, removed, { method: 'rif', onBlock });
    const { change } = retrain(model, {
      removed,
      start: model.theta.map((value, at) => value + estimate.change[at]),
      ...(onBlock === undefined ? {} : { onBlock }),
    });
    const done = holds(change);
    changes.set(size, change);
    return done;
  };
  const changes = new Map<number, Float64Array>();
  const { size, tried } = findSmallestPrefix(retrained, guess, limit);
  best = changes.get(size ?? tried) ?? best;
  return { rows: size === null ? null : ranking.slice(0, size), byNewton, change: best, tried: size ?? tried, fits };
}
