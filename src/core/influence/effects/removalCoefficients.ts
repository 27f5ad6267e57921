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
  /** cᵢ, K numbers a row: rᵢ for IF, sᵢ for RIF. */
  readonly coefficients: Float64Array;
  /** H⁻¹λθ̂ (p) in the `mean` convention; undefined in the `fixed` one. */
  readonly pulled: Float64Array | undefined;
  /** One number a row; undefined: 1. */
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
  if (options.method === 'if') return { coefficients: ifCoefficients(model), pulled, stretch: undefined };
  if (pulled !== undefined && exactlyRescaled(model, options)) {
    return { coefficients: pulledCoefficients(model, pulled, onBlock), pulled, stretch: undefined };
  }
  const { rifCoefficients, leverage } = options.influence ?? computeRowInfluence(model, onBlock);
  return { coefficients: rifCoefficients, pulled, stretch: pulled && leverage.map(stretchOf) };
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
  const pulled = options.ridgeConvention === 'mean' ? solveHessian(model, ridgePull(model), onBlock) : undefined;
  const coefficients = new Float64Array(rows.length * outputs);
  if (options.method === 'if') {
    rows.forEach((row, s) => fillResidual(problem, logits, row, labels[row], coefficients, s * outputs));
    return { coefficients, pulled, stretch: undefined };
  }
  const exact = pulled !== undefined && exactlyRescaled(model, options);
  if (influence !== undefined && !exact) {
    rows.forEach((row, s) => {
      coefficients.set(influence.rifCoefficients.subarray(row * outputs, (row + 1) * outputs), s * outputs);
    });
    const stretch = pulled && Float64Array.from(rows, (row) => stretchOf(influence.leverage[row]));
    return { coefficients, pulled, stretch };
  }
  const blocks = linalg.loadRows(gatherRows(problem.features, rows));
  try {
    const pull = exact
      ? linalg.multiply(blocks, parametersAsColumns(pulled, problem.features.columns)).data
      : undefined;
    const rescaler = createRescaler(problem, model.forms, pull !== undefined);
    const forms = (rescaler.leftOut ? model.forms.computeLeftOut : undefined) ?? model.forms.compute;
    const values = forms(blocks, onBlock);
    const stretch = pulled === undefined || exact ? undefined : new Float64Array(rows.length);
    rows.forEach((row, s) => {
      const { coefficients: found, leverage } = rescaler.solve(logits, row, labels[row], values, s, pull, s);
      coefficients.set(found, s * outputs);
      if (stretch !== undefined) stretch[s] = stretchOf(leverage);
    });
    return { coefficients, pulled, stretch };
  } finally {
    blocks.dispose();
  }
}

/** The IF coefficients rᵢ (n×K); 0 for rows that are not training rows. */
export function ifCoefficients({ problem, logits }: Pick<FittedModel, 'problem' | 'logits'>): Float64Array {
  const n = problem.features.rows;
  const out = new Float64Array(n * problem.outputs);
  for (let i = 0; i < n; i++) {
    if (problem.weights[i] !== 0) fillResidual(problem, logits, i, problem.labels[i], out, i * problem.outputs);
  }
  return out;
}

function stretchOf(leverage: number): number {
  return 1 / Math.max(smallestRest, 1 - leverage);
}

function exactlyRescaled({ problem }: FittedModel, { meanRescaling }: RemovalCoefficientOptions): boolean {
  return problem.kind === 'softmax' || meanRescaling === 'exact';
}

/** (I − AᵢGᵢ)⁻¹(rᵢ + Aᵢ·xᵢᵀH⁻¹λθ̂) of all training rows. */
function pulledCoefficients(model: FittedModel, pulled: Float64Array, onBlock?: OnBlock): Float64Array {
  const { problem, logits, linalg } = model;
  const { outputs, weights, labels, rows } = problem;
  const columns = parametersAsColumns(pulled, problem.features.columns);
  const pull = linalg.multiply(rows, columns, onBlock).data;
  const out = new Float64Array(rows.rows * outputs);
  const rescaler = createRescaler(problem, model.forms, true);
  visitLeverageForms(
    rows,
    outputs,
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
