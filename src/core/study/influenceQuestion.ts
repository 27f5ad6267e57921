import type { AttributionMethod } from '../influence/attributions/computeAttribution';
import type { EffectMethod } from '../influence/effects/removalCoefficients';
import type { IhvpMethod } from '../influence/ihvp/inverseHessian';
import type { Measurement } from '../influence/measurements/measurement';
import type { RidgeConvention } from '../influence/removal/removalTypes';

/**
 * Other attributions the literature compares with. `self` (influence of a row on its own loss) and `loo` (leverage, and
 * the row's loss under the head that has not seen it, which for ridge is that of retraining) do not depend on a
 * measurement.
 */
export const attributionNames = ['self', 'loo', 'representer', 'trak', 'bayesian'] as const satisfies readonly (
  'self' | 'loo' | AttributionMethod
)[];

export type AttributionName = (typeof attributionNames)[number];

export interface InfluenceQuestion {
  readonly measurements: readonly Measurement[];
  readonly methods: readonly EffectMethod[];
  readonly attributions: readonly AttributionName[];
  /** f(θ̂ + Δᵢ) − f(θ̂) in place of ∇fᵀΔᵢ. Accuracy is always evaluated. */
  readonly evaluated: boolean;
  readonly seed: number;
  /**
   * How H⁻¹∇f is computed, for IF and RIF; default: as the head was opened. Leverages stay those of the opened head.
   */
  readonly ihvp?: { readonly method: IhvpMethod; readonly damping?: number; readonly rank?: number } | undefined;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
}

/** One attribution of every training row. **Positive = removing the row raises the measurement.** */
export interface InfluenceColumn {
  /** `validation_loss_rif`, `self_influence_if`, … */
  readonly name: string;
  /** One number for each row of the answer. */
  readonly values: Float64Array;
}

export interface InfluenceAnswer {
  /** The training rows, ascending. */
  readonly rows: Int32Array;
  readonly columns: readonly InfluenceColumn[];
  /** Facts worth knowing about how they were made, for people. */
  readonly notes: readonly string[];
}
