import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { visitEffects } from '../effects/computeEffects';
import type { ProductPrecision } from '../effects/directionProducts';
import type { FittedModel } from '../fittedModel';
import type { PreparedMeasurement } from '../measurements/measurement';

/** Attributions of a rectangle of rows × measurements, row-major; the array is valid during the call only. */
export interface AttributionBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstMeasurement: number;
  readonly measurements: number;
  readonly effects: Float64Array;
}

export interface AttributionOptions {
  readonly precision?: ProductPrecision | undefined;
  readonly onBlock?: OnBlock | undefined;
  /** Takes the numbers block by block in place of one n×M matrix. */
  readonly visit?: ((block: AttributionBlock) => void) | undefined;
}

/**
 * (xᵢᵀu_t)·cᵢ of all training rows: what every attribution comes to whose directions u_t (M×p) estimate H⁻¹∇f_t.
 * `coefficients` are n×K. Returns n×M numbers, or undefined where they went to `visit`. O(n·d·K·M).
 */
export function attributeAlong(
  model: Pick<FittedModel, 'problem' | 'linalg'>,
  measurements: readonly PreparedMeasurement[],
  directions: Matrix,
  coefficients: Float64Array,
  { visit, precision, onBlock }: AttributionOptions,
): Matrix | undefined {
  const term = { coefficients, pulled: undefined, stretch: undefined };
  const [effects] = visitEffects(model, measurements, directions, [term, undefined], {
    precision,
    onBlock,
    visit:
      visit &&
      ((block): void => {
        if (block.byIf !== undefined) visit({ ...block, effects: block.byIf });
      }),
  });
  return effects;
}
