import { NumericalError } from '../../base/errors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import { AdaptiveState } from './adaptiveState';
import type { SetDirection } from './rankRowsByEffect';
import { effectsOnGradient, topPlaces } from './rankRowsByEffect';
import type { SetTarget, TargetState } from './setTarget';

/** Rows are taken out in at most about this many batches … */
const largestBatchCount = 128;
/** … and H is computed anew about this often. */
const largestRefreshCount = 16;
/** Multiply-adds that keeping the pool's forms may cost; a smaller pool is taken where all rows would cost more. */
const poolBudget = 5e10;
/** Numbers of the pool's features: 128 MiB. */
const largestPoolNumbers = 2 ** 24;
/** Numbers of the pool's leverage forms: 512 MiB. */
const largestFormNumbers = 2 ** 26;
const rowsOfPoolPerRow = 8;
const smallestPool = 2048;

interface AdaptiveOptions {
  readonly size: number;
  readonly direction: SetDirection;
  /** n×K RIF coefficients at θ̂: the pool is made of the rows with the largest effects by them. */
  readonly rifCoefficients: Float64Array;
  readonly eligible?: ((row: number) => boolean) | undefined;
  /** Rows taken out between two looks at all effects. Default 1, for more than 128 rows size/128. */
  readonly batch?: number | undefined;
  /** Rows taken out between two refits by a Newton step. Default size/16, at least 1. */
  readonly refitEvery?: number | undefined;
  /**
   * Rows that may be chosen. Default: all, or as many as can be kept up to date in reasonable time, at least 8·size.
   */
  readonly poolSize?: number | undefined;
  /**
   * Asked after each batch of rows; true ends the selection before `size` rows are found. Where it is given, rows that
   * leave the head undetermined end the selection too, without them.
   */
  readonly enough?: ((state: TargetState) => boolean) | undefined;
  readonly onBlock?: OnBlock | undefined;
  /** `found` of `size` rows. */
  readonly onRows?: ((found: number, size: number) => void) | undefined;
}

interface AdaptiveSubset {
  /** In the order they were chosen. */
  readonly rows: Int32Array;
  /** The effect each row had on the target when it was chosen. */
  readonly effects: Float64Array;
  /** Rows that could be chosen. */
  readonly poolSize: number;
  readonly batch: number;
  readonly refits: number;
}

/**
 * Adaptive greedy selection: after each batch of rows the head moves by the Newton step without them, and the effects
 * (RIF) of all others are computed anew, so that rows that stand in for one another are seen. H⁻¹ and the leverages
 * follow by low-rank changes, refitted by a Newton step with a new Hessian every so often. A batch costs O(n·d·K) and,
 * for a pool of m rows, O(m·d·K²·batch); a refit what a step of the fit costs. Source: Hu et al., NeurIPS 2024, arXiv
 * 2409.18153 (greedy sums fail, adaptive greedy).
 * @throws NumericalError when the rows chosen leave the head undetermined, and `enough` is not given; InputError for
 * heads too large to form H.
 */
export function findAdaptiveSubset(model: FittedModel, target: SetTarget, options: AdaptiveOptions): AdaptiveSubset {
  const { size, direction, eligible = () => true, onBlock, onRows } = options;
  const batch = options.batch ?? Math.max(1, Math.ceil(size / largestBatchCount));
  const refitEvery = options.refitEvery ?? Math.max(1, Math.ceil(size / largestRefreshCount));
  const pool = choosePool(model, target, options);
  const state = new AdaptiveState(model, pool, onBlock);
  const rows: number[] = [];
  const effects: number[] = [];
  let sinceRefit = 0;
  let refits = 0;
  try {
    while (rows.length < Math.min(size, pool.length)) {
      const scores = state.effects(target.gradientAt(rows.length === 0 ? model : state, onBlock));
      const places = topPlaces(scores, Math.min(batch, size - rows.length), direction, (at) => eligible(pool[at]));
      const chosen = Int32Array.from(places, (at) => pool[at]);
      if (chosen.length === 0) break;
      if (removeRows(state, chosen)) {
        refits++;
        sinceRefit = 0;
      }
      chosen.forEach((row, at) => {
        rows.push(row);
        effects.push(scores[places[at]]);
      });
      sinceRefit += chosen.length;
      onRows?.(rows.length, size);
      if (options.enough?.(state) === true) break;
      if (sinceRefit >= refitEvery && rows.length < size) {
        state.refresh();
        refits++;
        sinceRefit = 0;
      }
    }
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    if (options.enough === undefined) throw undetermined(model, rows.length, error);
  } finally {
    state.dispose();
  }
  const poolSize = pool.filter((row) => model.problem.weights[row] !== 0 && eligible(row)).length;
  return { rows: Int32Array.from(rows), effects: Float64Array.from(effects), poolSize, batch, refits };
}

function undetermined(
  { problem: { l2 }, conditionEstimate }: FittedModel,
  rows: number,
  cause: unknown,
): NumericalError {
  return new NumericalError(
    `After ${rows} rows the most influential ones leave the head undetermined (a class or a feature hangs on them) at λ = ` +
      `${l2.toPrecision(3)}, condition estimate of the full fit ${conditionEstimate.toExponential(1)}. ` +
      'Ask for a smaller set, or choose a larger λ.',
    { details: { l2, rows, conditionEstimate }, cause },
  );
}

/**
 * Takes rows out; true: H had to be computed anew for it. Where the head has moved far since H was, the curvature that
 * rows have by now may be more than that H has.
 */
function removeRows(state: AdaptiveState, rows: Int32Array): boolean {
  try {
    state.remove(rows);
    return false;
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    state.refresh();
    state.remove(rows);
    return true;
  }
}

/**
 * Rows whose effects are followed, ascending: all rows of the features (then nothing is copied), or the eligible ones
 * with the largest effects by RIF at θ̂.
 */
function choosePool(model: FittedModel, target: SetTarget, options: AdaptiveOptions): Int32Array {
  const { problem } = model;
  const { size, direction, eligible, onBlock } = options;
  const { outputs, weights } = problem;
  const n = problem.features.rows;
  const d = problem.features.columns;
  const affordable = Math.min(
    poolBudget / (size * d * outputs ** 2),
    largestFormNumbers / ((outputs * (outputs + 1)) / 2),
  );
  if (options.poolSize === undefined && affordable >= n) return Int32Array.from({ length: n }, (_, row) => row);
  const wanted = options.poolSize ?? Math.max(smallestPool, rowsOfPoolPerRow * size, Math.floor(affordable));
  const limit = Math.max(size, Math.min(wanted, Math.floor(largestPoolNumbers / d)));
  const effects = effectsOnGradient(model, target.gradientAt(model, onBlock), options.rifCoefficients, onBlock);
  const may = (row: number): boolean => weights[row] !== 0 && (eligible === undefined || eligible(row));
  return topPlaces(effects, limit, direction, may).sort();
}
