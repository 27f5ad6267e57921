import { norm, subtract } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { fitHead } from '../../models/fitting/fitHead';
import type { FittedModel } from '../fittedModel';
import type { OptimumCertificate } from './certificate';
import { certifyOptimum } from './certificate';
import { takeEditSteps } from './editSteps';
import type { TrainingEdit } from './trainingEdit';
import { editProblem } from './trainingEdit';

/** Relative gradient norm to which an unlearned head is refined: that of a finished fit. */
const unlearningTolerance = 1e-8;
const defaultStepCount = 20;
/** Relative gradient norm of the full retrain that distances are measured to. */
const retrainTolerance = 1e-11;

interface UnlearnOptions {
  /** Relative gradient norm of the edited objective to reach. Default {@link unlearningTolerance}. */
  readonly tolerance?: number | undefined;
  /** 1 = the Newton step alone, without refinements. Default 20. */
  readonly largestStepCount?: number | undefined;
  /**
   * Bound the distance by the curvature too, where the ridge alone gives a bound. Default false: see `certifyOptimum`
   * for its cost.
   */
  readonly curvatureBound?: boolean | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/** A head that has forgotten rows, or learned other labels for them, and the proof of it. */
export interface Unlearned {
  readonly theta: Float64Array;
  /** θ − θ̂. */
  readonly change: Float64Array;
  /** Newton steps taken, the first one included. */
  readonly steps: number;
  /** ‖∇L_edited‖₂ at θ̂ and after each step. */
  readonly gradientNorms: readonly number[];
  /** Hessians factorised beyond the first step's. */
  readonly hessians: number;
  readonly certificate: OptimumCertificate;
  /** Whether the certificate reaches the tolerance. */
  readonly reached: boolean;
}

/**
 * Unlearning by removing rows, by repairing labels, or both: Newton steps from θ̂ on the edited objective until its
 * gradient is as small as that of a finished fit, and a certificate that does not need the retrained head. For the
 * ridge head the first step is exact. Source: Guo et al. 2020 ("Certified Data Removal", one Newton step and its
 * gradient residual); see docs/mathematics.md, "Relabelling and unlearning".
 * @throws NumericalError when the edited Hessian cannot be factorised; InputError when nothing is left to train on.
 */
export function unlearn(model: FittedModel, edit: TrainingEdit, options: UnlearnOptions = {}): Unlearned {
  const { linalg, theta } = model;
  const { tolerance = unlearningTolerance, onBlock } = options;
  const edited = editProblem(model.problem, edit, linalg, onBlock);
  const { state, gradientNorms, hessians } = takeEditSteps(model, edited, {
    removed: edit.removed ?? new Int32Array(0),
    tolerance,
    largestStepCount: options.largestStepCount ?? defaultStepCount,
    refactor: (options.largestStepCount ?? defaultStepCount) > 1,
    onBlock,
  });
  const certificate = certifyOptimum(edited, state, linalg, { curvature: options.curvatureBound, onBlock });
  return {
    theta: state.theta,
    change: subtract(state.theta, theta),
    steps: gradientNorms.length - 1,
    gradientNorms,
    hessians,
    certificate,
    reached: certificate.relativeGradientNorm <= tolerance,
  };
}

/** How far an unlearned head is from one that was fitted from scratch. */
export interface RetrainedDistance {
  /** ‖θ − θ_retrained‖₂. */
  readonly distance: number;
  /** distance / ‖θ_retrained‖₂. */
  readonly relativeDistance: number;
  /** Of the retrained head: it is not the optimum itself either. */
  readonly relativeGradientNorm: number;
}

/** The truth that a certificate does without: fits the edited objective from θ = 0. Costs a fit. */
export function measureDistance(
  { problem, linalg }: FittedModel,
  edit: TrainingEdit,
  theta: Float64Array,
  onBlock?: OnBlock,
): RetrainedDistance {
  const fit = fitHead(editProblem(problem, edit, linalg, onBlock), linalg, {
    tolerance: retrainTolerance,
    ...(onBlock === undefined ? {} : { onBlock }),
  });
  const retrained = fit.state.theta;
  const distance = norm(subtract(retrained, theta));
  return { distance, relativeDistance: distance / norm(retrained), relativeGradientNorm: fit.relativeGradientNorm };
}
