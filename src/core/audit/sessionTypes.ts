import type { FeatureRows } from '../base/featureRows';
import type { HeadKind } from '../models/headKind';

/** What a session is opened with: the arrays and the fitted head of a finished audit. */
export interface AuditSessionInput {
  readonly features: FeatureRows;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly split: Uint8Array;
  readonly unpenalised: readonly number[];
  readonly kind: HeadKind;
  readonly theta: Float64Array;
  readonly l2: number;
}

/** How the parameter change of a removal is estimated (science.md, "Parameter change when row i is removed"). */
export type RemovalMethod = 'if' | 'rif' | 'newton';

/** `fixed`: the ridge term stays nλ; `mean`: it becomes (n − |S|)λ, as in the RIF authors' code. */
export type RidgeConvention = 'fixed' | 'mean';

/** The effect of an edit on the validation rows. Positive change = the edit *raises* the measurement. */
export interface ValidationEffect {
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
  readonly becameRight: number;
  readonly becameWrong: number;
}

/** What an edit of the training rows would do. */
export interface EditEffect {
  readonly method: RemovalMethod | 'relabel' | 'retrain';
  /** Training rows the edit concerns. */
  readonly trainRows: number;
  /** Rows asked for that are not labelled training rows (they do not touch the fit). */
  readonly otherRows: number;
  /** Δ, p numbers: estimated change of θ. */
  readonly parameterChange: Float64Array;
  readonly parameterChangeNorm: number;
  /** null: there are no validation rows; `validationMissing` says so in words. */
  readonly validation: ValidationEffect | null;
  readonly validationMissing?: string;
  /** Largest leverage among the edited rows; near 1 the IF estimate is not to be trusted. NaN for an empty set. */
  readonly maxLeverage: number;
  /** ‖∇L_edited(θ̂ + Δ)‖ / max(1, ‖∇L(0)‖) where it was computed (relabel, retrain). */
  readonly relativeGradientNorm?: number;
}

export interface NearestRow {
  readonly row: number;
  readonly label: number;
  /** Euclidean distance in the standardised feature space. */
  readonly distance: number;
}

/** The evidence for one row. */
export interface RowEvidence {
  readonly row: number;
  /** −1 = unlabelled. */
  readonly givenLabel: number;
  /** C fitted probabilities. */
  readonly probabilities: Float64Array;
  /** C probabilities by the RIF leave-one-out head; the fitted ones for rows outside the training set. */
  readonly looProbabilities: Float64Array;
  readonly outOfSample: 'leave-one-out' | 'held out';
  /** Linear effect on the mean validation loss of removing the row; null without validation rows or off the training set. */
  readonly valLossIf: number | null;
  readonly valLossRif: number | null;
  readonly leverage: number | null;
  /** Nearest training rows with the given label, the row itself left out, nearest first. */
  readonly nearestGiven: readonly NearestRow[];
  /** Nearest training rows with the suggested label. */
  readonly nearestSuggested: readonly NearestRow[];
}

/** Answers questions about a finished audit without fitting again. Free it with `dispose()`. */
export interface AuditSession {
  readonly parameters: number;
  /**
   * Effect of removing `rows` (any order, duplicates ignored). O(|S|·C²d² + p² + n_val·d·C) for `if` and `rif`; `newton` adds one
   * Cholesky of order min(p, |S|·C).
   * @throws NumericalError when the Newton step does not exist (a class would lose its last row, H − H_S singular).
   */
  estimateRemovalEffect(request: {
    readonly rows: Int32Array;
    readonly method: RemovalMethod;
    readonly ridgeConvention?: RidgeConvention;
  }): EditEffect;
  /** Effect of giving `rows[j]` the label `labels[j]`: one Newton step on the edited objective, refined once. */
  estimateRelabelEffect(request: { readonly rows: Int32Array; readonly labels: Int32Array }): EditEffect;
  /** The truth: fits again without `rows`, warm-started from the estimate. */
  retrainWithout(request: { readonly rows: Int32Array; readonly ridgeConvention?: RidgeConvention }): EditEffect;
  /** O(n·d) for the neighbours, O(C²d²) for the rest. `suggestedLabel` as the audit gave it. */
  explainRow(request: {
    readonly row: number;
    readonly suggestedLabel: number;
    readonly neighbours?: number;
  }): RowEvidence;
  dispose(): void;
}
