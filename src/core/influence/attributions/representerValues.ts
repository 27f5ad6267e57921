import type { Matrix } from '../../base/matrix';
import { ifCoefficients } from '../effects/removalCoefficients';
import type { FittedModel } from '../fittedModel';
import type { PreparedMeasurement } from '../measurements/measurement';
import { linearEffect } from '../measurements/measurement';
import type { AttributionOptions } from './attribution';
import { attributeAlong } from './attribution';

/** What the training rows put into a measurement by the representer theorem. */
interface RepresenterEffects {
  readonly names: readonly string[];
  /**
   * n×M, undefined where it went to `visit`: −αᵢᵀ(∂f/∂z)(xᵢᵀx_t), the change of f when the row's term is struck out of
   * θ̂ = Σ αᵢ ⊗ xᵢ and nothing is fitted again. **Positive = removal raises the measurement.** NaN for rows that are
   * not training rows.
   */
  readonly effects: Matrix | undefined;
  /**
   * M: ∇fᵀθ̂ over the unpenalised features (the intercept), which no representer explains. For a margin f: f(θ̂)
   * = this − Σᵢ effectᵢ, up to the gradient norm at θ̂ over nλ.
   */
  readonly unexplained: Float64Array;
}

/**
 * Effects of all training rows on all measurements by their representer values αᵢ = −rᵢ/(nλ): at the optimum the
 * penalised part of θ̂ is Σᵢ αᵢ ⊗ xᵢ. That is IF with the inverse ridge in place of H⁻¹, so it knows of similar
 * features and of residuals, but not of other rows that say the same. O(n·d·K·M).
 *
 * Source: Yeh et al., "Representer Point Selection for Explaining Deep Neural Networks", NeurIPS 2018, arXiv
 * 1811.09720, theorem 3.1 (their ridge term λ‖θ‖² and mean loss give 1/(2λn); ours is (nλ/2)‖θ‖²).
 */
export function computeRepresenterEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  options: AttributionOptions = {},
): RepresenterEffects {
  const { problem, theta } = model;
  const { parameters: p, ridge } = problem;
  const d = problem.features.columns;
  const data = new Float64Array(measurements.length * p);
  measurements.forEach(({ gradient }, t) => {
    if (gradient === undefined) return;
    for (let at = 0; at < p; at++) data[t * p + at] = ridge[at % d] === 0 ? 0 : gradient[at] / ridge[at % d];
  });
  const coefficients = ifCoefficients(model);
  const directions = { rows: measurements.length, columns: p, data };
  const free = theta.map((value, at) => (ridge[at % d] === 0 ? value : 0));
  return {
    names: measurements.map(({ name }) => name),
    effects: attributeAlong(model, measurements, directions, coefficients, options),
    unexplained: Float64Array.from(measurements, (measurement) => linearEffect(measurement, free)),
  };
}
