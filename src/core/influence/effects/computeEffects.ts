import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { FittedModel } from '../fittedModel';
import type { PreparedMeasurement } from '../measurements/measurement';
import { linearEffect } from '../measurements/measurement';
import type { RidgeConvention } from '../removal/removalTypes';
import type { RowInfluence } from '../rows/rowInfluence';
import type { ProductBlock, ProductPrecision } from './directionProducts';
import { visitDirectionProducts } from './directionProducts';
import type { EffectMethod, RemovalCoefficients } from './removalCoefficients';
import { computeRemovalCoefficients } from './removalCoefficients';

/** Effects of a rectangle of rows × measurements, row-major; arrays are valid during the call only. */
export interface EffectsBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstMeasurement: number;
  readonly measurements: number;
  /** rows × measurements; undefined where the method was not asked for. */
  readonly byIf: Float64Array | undefined;
  readonly byRif: Float64Array | undefined;
}

export interface EffectsOptions {
  readonly methods: readonly EffectMethod[];
  /** What `computeRowInfluence` found for this model; without it `rif` costs another leverage pass. */
  readonly influence?: Pick<RowInfluence, 'leverage' | 'rifCoefficients'> | undefined;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  readonly meanRescaling?: 'released' | 'exact' | undefined;
  /** Default `auto`: float64 up to 16 columns (measurements × K), beyond them as fast as the backend can. */
  readonly precision?: ProductPrecision | undefined;
  /** Measure ‖Hu − ∇f‖/‖∇f‖ of the solves also where the method is exact; default: as the method does by itself. */
  readonly residuals?: boolean | undefined;
  readonly onBlock?: OnBlock | undefined;
  /**
   * Takes the effects block by block (all rows of one group of measurements before the next) in place of n×M matrices:
   * a million rows by a hundred measurements need not be in memory.
   */
  readonly visit?: ((block: EffectsBlock) => void) | undefined;
}

/** Linear effects ∇f(θ̂)ᵀΔᵢ of removing each training row alone. **Positive = removal raises the measurement.** */
export interface Effects {
  /** M names of the measurements. */
  readonly names: readonly string[];
  /**
   * n×M, undefined where it was not asked for or went to `visit`. NaN for rows that are not training rows, and for
   * measurements without a gradient (accuracy).
   */
  readonly byIf: Matrix | undefined;
  readonly byRif: Matrix | undefined;
  /** M: relative residuals of the solves H⁻¹∇f, where they were measured. */
  readonly residuals: Float64Array | undefined;
}

/**
 * The linear effect of removing every training row on every measurement, by IF and RIF, in one pass: U = H⁻¹[∇f₁ …
 * ∇f_M], then (xᵢᵀU)·wᵢrᵢ and (xᵢᵀU)·wᵢsᵢ. O(M·p²) with a factor of H and O(n·d·K·M); memory beyond the results p·M
 * numbers and 32 MiB.
 */
export function computeEffects(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  options: EffectsOptions,
): Effects {
  const { onBlock } = options;
  const gradients = measurements.map(({ gradient }) => gradient);
  const { directions, residuals } = solveGradients(model, gradients, options);
  const terms = options.methods.map((method) => ({
    method,
    ...computeRemovalCoefficients(model, { ...options, method, onBlock }),
  }));
  const ifTerm = terms.find(({ method }) => method === 'if');
  const rifTerm = terms.find(({ method }) => method === 'rif');
  const effects = visitEffects(model, measurements, directions, [ifTerm, rifTerm], options);
  return { names: measurements.map(({ name }) => name), byIf: effects[0], byRif: effects[1], residuals };
}

/** U (M×p) with 0 where there is no gradient. */
function solveGradients(
  model: FittedModel,
  gradients: readonly (Float64Array | undefined)[],
  { residuals, onBlock }: EffectsOptions,
): { readonly directions: Matrix; readonly residuals: Float64Array | undefined } {
  const p = model.problem.parameters;
  const data = new Float64Array(gradients.length * p);
  gradients.forEach((gradient, t) => gradient && data.set(gradient, t * p));
  const right = { rows: gradients.length, columns: p, data };
  const solution = model.inverse.solve(right, { ...(residuals === undefined ? {} : { residuals }), onBlock });
  return { directions: solution.vectors, residuals: solution.residuals };
}

/**
 * (xᵢᵀu_t)·cᵢ (+ stretchᵢ·∇f_tᵀpulled) for all rows, directions and terms; to `visit` where there is one. The
 * directions may come from any estimate of H⁻¹∇f, or from another attribution altogether.
 */
export function visitEffects(
  model: Pick<FittedModel, 'problem' | 'linalg'>,
  measurements: readonly PreparedMeasurement[],
  directions: Matrix,
  terms: readonly [RemovalCoefficients | undefined, RemovalCoefficients | undefined],
  { visit, precision = 'auto', onBlock }: Pick<EffectsOptions, 'visit' | 'precision' | 'onBlock'>,
): readonly [Matrix | undefined, Matrix | undefined] {
  const { problem } = model;
  const n = problem.features.rows;
  const m = measurements.length;
  const without = Int32Array.from(measurements.keys()).filter((t) => measurements[t].gradient === undefined);
  const shifts = terms.map((term) => {
    const pulled = term?.pulled;
    return pulled && Float64Array.from(measurements, (measurement) => linearEffect(measurement, pulled));
  });
  const wanted = terms.map((term) => term !== undefined && visit === undefined);
  const last = wanted.lastIndexOf(true);
  const results: (Matrix | undefined)[] = [undefined, undefined];
  const buffers = new BlockBuffers();
  visitDirectionProducts(
    model,
    directions,
    (block) => {
      const whole = problem.outputs === 1 && block.rows === n && block.count === m;
      const targets = terms.map((term, index) => {
        if (term === undefined) return undefined;
        if (!wanted[index]) return { out: buffers.take(index, block.rows * block.count), to: 0, stride: block.count };
        // Where one block is everything, the last result takes the place of the products: fresh memory costs more than
        // the arithmetic.
        const result = (results[index] ??= {
          rows: n,
          columns: m,
          data: whole && index === last ? block.products : new Float64Array(n * m),
        });
        return { out: result.data, to: block.firstRow * m + block.first, stride: m };
      });
      targets.forEach((target, index) => {
        const term = terms[index];
        if (target === undefined || term === undefined) return;
        contract(problem, block, term, shifts[index], target);
        blank(block, without, target);
      });
      const filled = targets.map((target) => target?.out);
      visit?.({
        firstRow: block.firstRow,
        rows: block.rows,
        firstMeasurement: block.first,
        measurements: block.count,
        byIf: filled[0],
        byRif: filled[1],
      });
    },
    { precision, onBlock },
  );
  return [results[0], results[1]];
}

/** Arrays for blocks, made once for blocks of one size. */
class BlockBuffers {
  readonly #buffers: (Float64Array | undefined)[] = [];

  take(index: number, length: number): Float64Array {
    const found = this.#buffers[index];
    if (found !== undefined && found.length >= length) return found.subarray(0, length);
    const made = new Float64Array(length);
    this.#buffers[index] = made;
    return made;
  }
}

interface Target {
  readonly out: Float64Array;
  readonly to: number;
  readonly stride: number;
}

function contract(
  { weights, outputs }: FittedModel['problem'],
  { firstRow, rows, first, count, products }: ProductBlock,
  { coefficients, stretch }: RemovalCoefficients,
  shifts: Float64Array | undefined,
  { out, to, stride }: Target,
): void {
  for (let at = 0; at < rows; at++) {
    const row = firstRow + at;
    const begin = to + at * stride;
    const end = begin + count;
    if (weights[row] === 0) {
      out.fill(Number.NaN, begin, end);
      continue;
    }
    let from = at * count * outputs;
    if (outputs === 1) {
      const coefficient = coefficients[row];
      for (let place = begin; place < end; place++, from++) out[place] = products[from] * coefficient;
    } else {
      const own = row * outputs;
      for (let place = begin; place < end; place++) {
        let sum = 0;
        for (let c = own; c < own + outputs; c++, from++) sum += products[from] * coefficients[c];
        out[place] = sum;
      }
    }
    if (shifts !== undefined) {
      const factor = stretch === undefined ? 1 : stretch[row];
      for (let t = 0; t < count; t++) out[begin + t] += factor * shifts[first + t];
    }
  }
}

/** NaN for the measurements that have no gradient. */
function blank({ rows, first, count }: ProductBlock, without: Int32Array, { out, to, stride }: Target): void {
  for (const t of without) {
    if (t < first || t >= first + count) continue;
    for (let at = 0; at < rows; at++) out[to + at * stride + t - first] = Number.NaN;
  }
}
