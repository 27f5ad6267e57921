import type { OnBlock } from '../../linalg/linearAlgebra';
import type { RowLabels } from '../../models/headKind';
import type { FittedModel } from '../fittedModel';
import { takeEditSteps } from './editSteps';
import { editProblem } from './trainingEdit';

interface RelabelChange {
  /** Δ, p numbers. */
  readonly change: Float64Array;
  /** ‖∇L_edited(θ̂ + Δ)‖ / max(1, ‖∇L_edited(0)‖). */
  readonly relativeGradientNorm: number;
}

/** The first-order step and one refinement with the same Hessian. */
const steps = 2;

/**
 * Estimated change of θ̂ when `rows[j]` (distinct training rows) gets `labels[j]`: the Newton step on the edited
 * objective, −H⁻¹Σ(gᵢ′ − gᵢ) (labels do not change H at θ̂), refined once with the same H; exact for the ridge head.
 * O(p² + n·d·K). See docs/mathematics.md, "Relabelling and unlearning".
 */
export function estimateRelabelChange(
  model: FittedModel,
  rows: Int32Array,
  labels: RowLabels,
  onBlock?: OnBlock,
): RelabelChange {
  const edited = editProblem(model.problem, { relabelled: { rows, labels } }, model.linalg, onBlock);
  const { state } = takeEditSteps(model, edited, {
    removed: new Int32Array(0),
    tolerance: 0,
    largestStepCount: steps,
    refactor: false,
    onBlock,
  });
  return {
    change: state.theta.map((value, at) => value - model.theta[at]),
    relativeGradientNorm: state.gradientNorm / edited.gradientScale,
  };
}
