import { InputError } from '../../base/errors';
import { formatPlural } from '../../base/format';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { ifCoefficients } from '../effects/removalCoefficients';
import type { FittedModel } from '../fittedModel';
import type { RidgeConvention } from '../removal/removalTypes';
import { retrain } from '../removal/retrain';
import { reportTrust, setTrust } from '../trust/trustReport';
import type { MethodEffects, ModelTrust, TrustReport } from '../trust/trustTypes';
import { findAdaptiveSubset } from './adaptiveSubset';
import { findFractionalSubset } from './fractionalSubset';
import type { SetDirection } from './rankRowsByEffect';
import { effectsOnGradient, topPlaces } from './rankRowsByEffect';
import { estimateSet, startOf } from './setEstimates';
import type { SetTarget } from './setTarget';

/**
 * How the set is chosen. `if`, `rif`: the rows with the largest single effects (greedy sums). `adaptive`: one after the
 * other, with Newton updates. `fractional`: the best of all sets for the linear-fractional effect, see
 * `findFractionalSubset` for what it is exact for.
 */
export const subsetMethods = ['if', 'rif', 'adaptive', 'fractional'] as const;
export type SubsetMethod = (typeof subsetMethods)[number];

export interface SubsetOptions {
  /** k ≥ 1. */
  readonly size: number;
  readonly direction: SetDirection;
  readonly method: SubsetMethod;
  /** n×K, of `computeRowInfluence`. */
  readonly rifCoefficients: Float64Array;
  /** Facts about the head for the trust report. */
  readonly trust: ModelTrust;
  /** Rows that may be chosen; default all training rows. */
  readonly candidates?: Int32Array | undefined;
  /** Of the adaptive method: see there. */
  readonly batch?: number | undefined;
  readonly refitEvery?: number | undefined;
  readonly poolSize?: number | undefined;
  /** What is measured beside the target: the same by the given labels. */
  readonly beside?: SetTarget | undefined;
  /** Fit without the set as well. */
  readonly verify?: boolean | undefined;
  /**
   * Of the estimates and the retraining; default `fixed`. Rows are chosen as under `fixed` always: to first order the
   * `mean` convention adds the same change, |S|·H⁻¹λθ̂, for all sets of one size.
   */
  readonly ridgeConvention?: RidgeConvention | undefined;
  readonly onBlock?: OnBlock | undefined;
  readonly onRows?: ((found: number, size: number) => void) | undefined;
}

/** What removing the set does to a measurement. Positive = removing the set raises the measurement. */
export interface SubsetEffect {
  readonly measurement: string;
  /** f(θ̂). */
  readonly value: number;
  /** Evaluated change of the measurement by each method. */
  readonly predicted: MethodEffects;
  /** The change that retraining without the set shows; null where not asked for. */
  readonly actual: number | null;
}

/** The most influential set of a size for a measurement. */
export interface InfluentialSubset extends SubsetEffect {
  readonly method: SubsetMethod;
  /** In the order they were chosen, the most influential first. */
  readonly rows: Int32Array;
  /** Why there is no Newton step. */
  readonly newtonMissing: string | null;
  /** By the given labels, where the measurement takes them otherwise; else null. */
  readonly given: SubsetEffect | null;
  /** What the method maximised, in words. */
  readonly optimality: string;
  readonly trust: TrustReport;
}

/**
 * Finds the set and says what its removal does by IF, RIF and the Newton step, and on request by retraining. Greedy and
 * fractional: O(n·d·K + n log n); adaptive: see `findAdaptiveSubset`. Source: Hu et al. 2024 (arXiv 2409.18153); Konrad
 * & Kuschnig 2026 (arXiv 2606.05919).
 * @throws InputError for a size that cannot be had.
 */
export function findInfluentialSubset(
  model: FittedModel,
  target: SetTarget,
  options: SubsetOptions,
): InfluentialSubset {
  const { method, verify, ridgeConvention, onBlock } = options;
  const eligible = eligibleRows(model, options);
  const { rows, optimality } = choose(model, target, options, eligible);
  const estimates = estimateSet(model, rows, onBlock, ridgeConvention);
  const retrained =
    verify === true
      ? retrain(model, {
          removed: rows,
          start: startOf(model, estimates),
          ridgeConvention,
          ...(onBlock === undefined ? {} : { onBlock }),
        }).change
      : null;
  const effectOn = (on: SetTarget): SubsetEffect => ({
    measurement: on.name,
    value: on.value,
    predicted: {
      if: on.evaluate(estimates.if.change, onBlock),
      rif: on.evaluate(estimates.rif.change, onBlock),
      newton: estimates.newton === undefined ? null : on.evaluate(estimates.newton.change, onBlock),
    },
    actual: retrained && on.evaluate(retrained, onBlock),
  });
  const effect = effectOn(target);
  const measured = { name: target.name, value: target.value, effects: effect.predicted };
  return {
    ...effect,
    method,
    rows,
    newtonMissing: estimates.newtonMissing ?? null,
    given: options.beside === undefined ? null : effectOn(options.beside),
    optimality: ridgeConvention === 'mean' ? `${optimality} (with the ridge term left as it was)` : optimality,
    trust: reportTrust(options.trust, setTrust(model, { rows, changes: estimates, measured, onBlock })),
  };
}

function eligibleRows({ problem }: FittedModel, { candidates, size }: SubsetOptions): (row: number) => boolean {
  const { weights } = problem;
  const allowed = new Uint8Array(weights.length);
  if (candidates === undefined) allowed.fill(1);
  else for (const row of candidates) allowed[row] = 1;
  let count = 0;
  let train = 0;
  weights.forEach((weight, row) => {
    if (weight === 0) return;
    train++;
    count += allowed[row];
  });
  if (!Number.isInteger(size) || size < 1)
    throw new InputError(`The size of a set must be a whole number of at least 1, not ${size}.`);
  if (size > count || size >= train) {
    throw new InputError(
      `A set of ${formatPlural(size, 'row')} cannot be chosen from ${formatPlural(count, 'training row')}` +
        (size >= train ? ': at least one must be left to train on.' : '.'),
    );
  }
  return (row) => weights[row] !== 0 && allowed[row] === 1;
}

function choose(
  model: FittedModel,
  target: SetTarget,
  options: SubsetOptions,
  eligible: (row: number) => boolean,
): { readonly rows: Int32Array; readonly optimality: string } {
  const { method, size, direction, rifCoefficients, onBlock } = options;
  if (method === 'adaptive') {
    const found = findAdaptiveSubset(model, target, { ...options, eligible });
    return {
      rows: found.rows,
      optimality:
        `chosen ${found.batch === 1 ? 'one by one' : `${found.batch} at a time`}, each after a Newton step without those before it, among ` +
        formatPlural(found.poolSize, 'row'),
    };
  }
  const gradient = target.gradientAt(model, onBlock);
  if (method === 'fractional') {
    const found = findFractionalSubset(model, gradient, { size, direction, eligible, onBlock });
    return {
      rows: found.rows,
      optimality: found.exactForRetraining
        ? 'the best of all sets of this size: their effect is a ratio of sums, and it is that of retraining'
        : 'the best of all sets of this size for the Newton step along the direction H⁻¹∇f, whose effect is a ratio of sums',
    };
  }
  const coefficients = method === 'if' ? ifCoefficients(model) : rifCoefficients;
  const effects = effectsOnGradient(model, gradient, coefficients, onBlock);
  return {
    rows: topPlaces(effects, size, direction, eligible),
    optimality: `the best of all sets of this size by the sum of ${method === 'if' ? 'IF' : 'RIF'} effects`,
  };
}
