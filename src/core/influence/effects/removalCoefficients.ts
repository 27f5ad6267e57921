import { gatherRows } from '../../base/gatherRows';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { fillResidual, parametersAsColumns } from '../../models/evaluateHead';
import type { FittedModel } from '../fittedModel';
import { solveHessian } from '../fittedModel';
import { visitLeverageForms } from '../leverage/leverageForms';
import type { RidgeConvention } from '../removal/removalTypes';
import { ridgePull } from '../removal/removedRows';
import type { RowInfluence } from '../rows/rowInfluence';
import { computeRowInfluence } from '../rows/rowInfluence';
import { createRescaler } from './rescaler';

/** The additive estimates of what removing one row does to θ̂ (docs/mathematics.md, "Removing rows"). */
export type EffectMethod = 'if' | 'rif';

interface RemovalCoefficientOptions {
  readonly method: EffectMethod;
  /** What `computeRowInfluence` found, if it was asked; otherwise `rif` costs another leverage pass. */
  readonly influence?: Pick<RowInfluence, 'leverage' | 'rifCoefficients'> | undefined;
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /**
   * How RIF treats the λθ̂ that the `mean` convention adds to a row's gradient. `released` (default for heads of one
   * output): H⁻¹(gᵢ + λθ̂)/(1 − hᵢ), as the RIF authors' code; `exact` (always for softmax): (H − Hᵢ)⁻¹(gᵢ + λθ̂).
   */
  readonly meanRescaling?: 'released' | 'exact' | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/** Removing row i alone changes θ̂ by Δᵢ = H⁻¹(cᵢ ⊗ xᵢ) + stretchᵢ·pulled. */
export interface RemovalCoefficients {
  /** cᵢ, K numbers a row: wᵢrᵢ for IF, wᵢsᵢ for RIF. */
  readonly coefficients: Float64Array;
  /** H⁻¹λθ̂ (p) in the `mean` convention; undefined in the `fixed` one. */
  readonly pulled: Float64Array | undefined;
  /** One number a row, wᵢ or wᵢ/(1 − hᵢ); undefined where there is no pull. */
  readonly stretch: Float64Array | undefined;
}

/** The 1 − hᵢ of a row that determines its own prediction is held here, as the row solver does. */
const smallestRest = 1e-9;

/**
 * Of all n rows, by row number; 0 for rows that are not training rows. O(n·K), RIF without `influence` O(n·d²·K²/2 +
 * n·K³).
 */
export function computeRemovalCoefficients(
  model: FittedModel,
  options: RemovalCoefficientOptions,
): RemovalCoefficients {
  const { onBlock } = options;
  const pulled = options.ridgeConvention === 'mean' ? solveHessian(model, ridgePull(model), onBlock) : undefined;
  const { weights } = model.problem;
  const weighed = pulled && weights;
  if (options.method === 'if') return { coefficients: ifCoefficients(model), pulled, stretch: weighed };
  if (pulled !== undefined && exactlyRescaled(model, options)) {
    return { coefficients: pulledCoefficients(model, pulled, onBlock), pulled, stretch: weighed };
  }
  const { rifCoefficients, leverage } = options.influence ?? computeRowInfluence(model, onBlock);
  const stretch = pulled && leverage.map((value, row) => weights[row] * stretchOf(value));
  return { coefficients: rifCoefficients, pulled, stretch };
}

/** Of the training rows with the given numbers, in that order. O(|rows|·d²·K²/2) for RIF without `influence`. */
export function computeRemovalCoefficientsOf(
  model: FittedModel,
  rows: Int32Array,
  options: RemovalCoefficientOptions,
): RemovalCoefficients {
  const { problem, logits, linalg } = model;
  const { outputs, labels } = problem;
  const { influence, onBlock } = options;
  const weights = Float64Array.from(rows, (row) => problem.weights[row]);
  const pulled = options.ridgeConvention === 'mean' ? solveHessian(model, ridgePull(model), onBlock) : undefined;
  const coefficients = new Float64Array(rows.length * outputs);
  if (options.method === 'if') {
    rows.forEach((row, s) => fillResidual(problem, logits, row, labels[row], coefficients, s * outputs));
    for (let at = 0; at < coefficients.length; at++) coefficients[at] *= weights[Math.floor(at / outputs)];
    return { coefficients, pulled, stretch: pulled && weights };
  }
  const exact = pulled !== undefined && exactlyRescaled(model, options);
  if (influence !== undefined && !exact) {
    rows.forEach((row, s) => {
      coefficients.set(influence.rifCoefficients.subarray(row * outputs, (row + 1) * outputs), s * outputs);
    });
    const stretch = pulled && Float64Array.from(rows, (row, s) => weights[s] * stretchOf(influence.leverage[row]));
    return { coefficients, pulled, stretch };
  }
  const blocks = linalg.loadRows(gatherRows(problem.features, rows));
  try {
    const pull = exact
      ? linalg.multiply(blocks, parametersAsColumns(pulled, problem.features.columns)).data
      : undefined;
    const rescaler = createRescaler(problem, model.forms, pull !== undefined);
    const forms = (rescaler.leftOut ? model.forms.computeLeftOut : undefined) ?? model.forms.compute;
    const values = forms(blocks, weights, onBlock);
    const stretch = pulled && weights.slice();
    rows.forEach((row, s) => {
      const { coefficients: found, leverage } = rescaler.solve(logits, row, labels[row], values, s, pull, s);
      coefficients.set(found, s * outputs);
      if (stretch !== undefined && !exact) stretch[s] *= stretchOf(leverage);
    });
    return { coefficients, pulled, stretch };
  } finally {
    blocks.dispose();
  }
}

/** The IF coefficients wᵢrᵢ (n×K); 0 for rows that are not training rows. */
export function ifCoefficients({ problem, logits }: Pick<FittedModel, 'problem' | 'logits'>): Float64Array {
  const { outputs, weights, labels } = problem;
  const n = problem.features.rows;
  const out = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++) {
    if (weights[i] === 0) continue;
    fillResidual(problem, logits, i, labels[i], out, i * outputs);
    for (let at = i * outputs; at < (i + 1) * outputs; at++) out[at] *= weights[i];
  }
  return out;
}

function stretchOf(leverage: number): number {
  return 1 / Math.max(smallestRest, 1 - leverage);
}

function exactlyRescaled({ problem }: FittedModel, { meanRescaling }: RemovalCoefficientOptions): boolean {
  return problem.kind === 'softmax' || meanRescaling === 'exact';
}

/** wᵢ(I − wᵢAᵢGᵢ)⁻¹(rᵢ + wᵢAᵢ·xᵢᵀH⁻¹λθ̂) of all training rows. */
function pulledCoefficients(model: FittedModel, pulled: Float64Array, onBlock?: OnBlock): Float64Array {
  const { problem, logits, linalg } = model;
  const { outputs, weights, labels, rows } = problem;
  const columns = parametersAsColumns(pulled, problem.features.columns);
  const pull = linalg.multiply(rows, columns, onBlock).data;
  const out = new Float64Array(rows.rows * outputs);
  const rescaler = createRescaler(problem, model.forms, true);
  visitLeverageForms(
    problem,
    model.forms,
    (first, count, forms) => {
      for (let at = 0; at < count; at++) {
        const row = first + at;
        if (at % 1024 === 1023) onBlock?.(row, rows.rows);
        if (weights[row] === 0) continue;
        out.set(rescaler.solve(logits, row, labels[row], forms, at, pull, row).coefficients, row * outputs);
      }
    },
    onBlock,
    rescaler.leftOut,
  );
  return out;
}
