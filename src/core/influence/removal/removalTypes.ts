import type { ValidationLabels } from '../measurements/validationLabels';

/** How the parameter change of a removal is estimated (docs/mathematics.md, "Removing rows"). */
export type RemovalMethod = 'if' | 'rif' | 'newton';

/** `fixed`: the ridge term stays nλ; `mean`: it becomes (n − |S|)λ, as in the RIF authors' code. */
export const ridgeConventions = ['fixed', 'mean'] as const;

export type RidgeConvention = (typeof ridgeConventions)[number];

/**
 * The effect of an edit on the validation rows, their labels taken in one way. Positive change = the edit *raises* the
 * measurement.
 */
export interface LabelledEffect {
  readonly rows: number;
  readonly lossBefore: number;
  /** Mean validation loss at θ̂ + Δ. */
  readonly lossAfter: number;
  /** lossAfter − lossBefore, computed without cancellation. */
  readonly lossChange: number;
  /** ∇f(θ̂)ᵀΔ for the mean validation loss. */
  readonly lossChangeLinear: number;
  readonly accuracyBefore: number;
  readonly accuracyAfter: number;
  /** Validation rows whose predicted class changes. */
  readonly changedPredictions: number;
  /** Towards and away from the label that each row is taken to have. */
  readonly becameRight: number;
  readonly becameWrong: number;
}

/** The effect by the labels as verdicts take them. */
export interface ValidationEffect extends LabelledEffect {
  readonly labels: ValidationLabels;
  /** The same by the given labels; null where those are taken. */
  readonly given: LabelledEffect | null;
}
