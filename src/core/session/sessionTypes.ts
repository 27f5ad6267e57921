import type { ExplainPredictionRequest, FlipRequest, SubsetRequest } from '../head/headQuestions';
import type { HeadInput } from '../head/openHead';
import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import type { PulledRows } from '../influence/measurements/pulledRows';
import type { SetShift } from '../influence/measurements/shiftOnSet';
import type { RemovalMethod, RidgeConvention, ValidationEffect } from '../influence/removal/removalTypes';
import type { PredictionExplanation } from '../influence/subsets/explainPrediction';
import type { InfluentialSubset } from '../influence/subsets/influentialSubset';
import type { SmallestFlip } from '../influence/subsets/smallestFlip';
import type { TrustReport } from '../influence/trust/trustTypes';
import type { Unlearned } from '../influence/unlearning/unlearn';
import type { RowLabels } from '../models/headKind';

/** What a session is opened with: the arrays and the fitted head of a finished audit. */
export interface AuditSessionInput extends HeadInput {
  readonly theta: Float64Array;
  readonly l2: number;
}

/** What an edit of the training rows would do. */
export interface EditEffect {
  readonly method: RemovalMethod | 'relabel' | 'retrain';
  /** Training rows the edit concerns. */
  readonly trainRows: number;
  /** Rows asked for that are not labelled training rows (they do not touch the fit). */
  readonly otherRows: number;
  /**
   * Δ: estimated change of θ, in the coordinates of the rows where they are fewer than the features
   * (models/rowSpace.ts); p numbers otherwise.
   */
  readonly parameterChange: Float64Array;
  readonly parameterChangeNorm: number;
  /** null: there are no validation rows; `validationMissing` says so in words. */
  readonly validation: ValidationEffect | null;
  readonly validationMissing?: string;
  /** Largest leverage among the edited rows; near 1 the IF estimate is not to be trusted. NaN for an empty set. */
  readonly maxLeverage: number;
  /** ‖∇L_edited(θ̂ + Δ)‖ / max(1, ‖∇L(0)‖) where it was computed (relabel, retrain). */
  readonly relativeGradientNorm?: number;
  /** How far the estimate can be trusted; missing where it was not asked for. */
  readonly trust?: TrustReport;
}

export interface NearestRow {
  readonly row: number;
  /** Class number, or the number that is the label. */
  readonly label: number;
  /** Euclidean distance in the standardised feature space. */
  readonly distance: number;
}

/** The evidence for one row. */
export interface RowEvidence {
  readonly row: number;
  /** −1 = unlabelled; of numeric labels the number, NaN = unlabelled. */
  readonly givenLabel: number;
  /** C fitted probabilities; none for numeric labels, like those of the head that has not seen the row. */
  readonly probabilities: Float64Array;
  /** C probabilities by the RIF leave-one-out head; the fitted ones for rows outside the training set. */
  readonly looProbabilities: Float64Array;
  readonly outOfSample: 'leave-one-out' | 'held out';
  /**
   * Linear effect on the mean validation loss of removing the row; null without validation rows or off the training
   * set.
   */
  readonly valLossIf: number | null;
  readonly valLossRif: number | null;
  readonly leverage: number | null;
  /**
   * Nearest rows with the given label, the row itself left out, nearest first; of numeric labels those with
   * any.
   */
  readonly nearestGiven: readonly NearestRow[];
  /** Nearest rows with the suggested label; none for numeric labels. */
  readonly nearestSuggested: readonly NearestRow[];
}

/** Effect of removing `rows` (any order, duplicates ignored). */
export interface RemovalRequest {
  readonly rows: Int32Array;
  readonly method: RemovalMethod;
  readonly ridgeConvention?: RidgeConvention;
  /**
   * Default true: IF and RIF are computed beside the method asked for, and the residual is measured where that is quick
   * or the solver not exact.
   */
  readonly trust?: boolean;
}

/** `rows[j]` gets the label `labels[j]`: a class number, or for the ridge head a number. */
export interface RelabelRequest {
  readonly rows: Int32Array;
  readonly labels: RowLabels;
}

/** An edit to be told in full: by class, and by validation row, the first `limit` of those that change. */
export interface EditShiftRequest {
  readonly edit:
    | { readonly kind: 'remove'; readonly rows: Int32Array; readonly method: RemovalMethod }
    | ({ readonly kind: 'relabel' } & RelabelRequest);
  readonly limit: number;
}

/** What an edit would do, in all and in detail. */
export interface EditShift extends EditEffect {
  /** null: there are no validation rows. */
  readonly shift: SetShift | null;
}

/** A training row, and how many validation rows are named of either kind. */
export interface PullRequest {
  readonly row: number;
  readonly limit: number;
}

export interface RetrainRequest {
  readonly rows: Int32Array;
  readonly ridgeConvention?: RidgeConvention;
}

/** Rows to forget, and rows to learn other labels for. */
export interface UnlearnRequest {
  readonly removed?: Int32Array;
  readonly relabelled?: RelabelRequest;
  readonly tolerance?: number;
  readonly largestStepCount?: number;
  readonly curvatureBound?: boolean;
}

/** An unlearned head, and what it does on the validation rows. */
export interface UnlearnEffect extends Unlearned {
  /** Training rows removed and relabelled. */
  readonly removedRows: number;
  readonly relabelledRows: number;
  /** Rows asked for that are not labelled training rows. */
  readonly otherRows: number;
  readonly validation: ValidationEffect | null;
}

/** The evidence for one row. `suggestedLabel` as the audit gave it; not read for numeric labels. */
interface ExplainRowRequest {
  readonly row: number;
  readonly suggestedLabel: number;
  /** Nearest rows of either label; default 5. */
  readonly neighbours?: number;
}

/**
 * What can be asked about a finished audit, without fitting it again. Every answer can be cancelled. These names and
 * types are those of the questions to the compute thread, too (worker/compute/thread/messages). A *change* is one of θ,
 * an *effect* what it does to a measurement.
 */
export interface SessionQuestions {
  /**
   * O(|S|·C²d² + p² + n_val·d·C) for `if` and `rif`; for `newton` see `createRemovedHessian`. The estimates of the last
   * set are kept: asking for it by another method computes only what is missing.
   * @throws NumericalError when the Newton step does not exist (a class would lose its last row, H − H_S singular).
   */
  estimateRemovalEffect(request: RemovalRequest): EditEffect;
  /** One Newton step on the edited objective, refined once. */
  estimateRelabelEffect(request: RelabelRequest): EditEffect;
  /**
   * The effect of an edit by class and by row: two products more than the estimate itself, of which the last removal's
   * are kept. @throws NumericalError as `estimateRemovalEffect`.
   */
  estimateEditShift(request: EditShiftRequest): EditShift;
  /**
   * The validation rows whose loss rises most, and falls most, when a row is removed, by RIF; null without validation
   * rows, or for a row that does not train. One pass over the validation rows beside the estimate.
   */
  findPulledRows(request: PullRequest): PulledRows | null;
  /** The truth: fits again without `rows`, warm-started from the estimate. */
  retrainWithout(request: RetrainRequest): EditEffect;
  /** @throws InputError for a size that cannot be had, or a measurement without a gradient. */
  findInfluentialSubset(request: SubsetRequest): InfluentialSubset;
  /** @throws InputError for a row that does not exist. */
  findSmallestFlip(request: FlipRequest): SmallestFlip;
  /** @throws InputError for a row or a class that does not exist. */
  explainPrediction(request: ExplainPredictionRequest): PredictionExplanation;
  /** @throws InputError when nothing would be left to train on. */
  unlearn(request: UnlearnRequest): UnlearnEffect;
  /**
   * Measures by these beliefs from now on: a person has looked at labels. A pass over the validation rows and a solve;
   * estimates that were kept are computed again.
   */
  believe(beliefs: LabelBeliefs): null;
  /**
   * How far estimates from this head can be trusted at all. The leverages of all rows, O(n·d²K²/2), where they are not
   * known.
   */
  reportTrust(): TrustReport;
  /** O(n·d) for the neighbours, O(C²d²) for the rest. @throws InputError for a row that does not exist. */
  explainRow(request: ExplainRowRequest): RowEvidence;
}

/** The head of a finished audit, ready to be asked. Free it with `dispose()`. */
export interface AuditSession extends SessionQuestions {
  readonly parameters: number;
  dispose(): void;
}
