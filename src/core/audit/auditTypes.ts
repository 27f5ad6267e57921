import type { FeatureRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import type { L2Choice } from '../l2/l2Types';
import type { HeadKind } from '../models/headKind';
import type { ForestGrowth } from '../ranking/forest/forestGrowth';
import type { NeighbourSearch } from '../ranking/neighbours/neighbours';
import type { ExpertChoice } from '../ranking/suspicion/expertNames';
import type { ExpertLeftOut, ExpertStrength, RoundCount } from '../ranking/suspicion/judgeInRounds';
import type { LabelSignal } from '../ranking/suspicion/labelSignal';

/** What an audit is made of. Rows are numbered 0 … n−1 everywhere; no array is changed. */
export interface AuditInput {
  /** n×d, centred and scaled by the labelled rows; with an intercept its last column is the constant 1. */
  readonly features: FeatureRows;
  /** n labels in [0, classes), −1 = unlabelled. */
  readonly labels: Int32Array;
  /** C ≥ 2. */
  readonly classes: number;
  /**
   * n values of splitCodes (core/base). The head whose influence is measured is fitted to the labelled training rows
   * only; suspicions come from all labelled rows and do not depend on it.
   */
  readonly split: Uint8Array;
  /** Indices of constant features that the ridge term leaves alone (usually the intercept, or nothing). */
  readonly unpenalised: readonly number[];
  /** λ > 0, or `auto`: chosen by the mean RIF leave-one-out loss over all labelled rows. */
  readonly l2: 'auto' | number;
  /** Default: `logistic` for two classes, `softmax` for more. */
  readonly head?: HeadKind;
  /** Finds neighbours for two of the experts, the outliers and the duplicates. */
  readonly neighbours: NeighbourSearch;
  /** How forests are grown. Default: one tree after the other. */
  readonly forests?: ForestGrowth | undefined;
  /**
   * For each class the first of those that may be the same (a and A): no row is suspected, or another of them
   * suggested, for which of them it has. Default: every class is its own.
   */
  readonly twins?: Int32Array;
  /**
   * n: 1 for labelled rows whose label a person vouches for. Others are judged by them, never set aside; they are not
   * judged themselves (no suspicion, no rank), and measured by their given label. Default: none.
   */
  readonly vouched?: Uint8Array | undefined;
  /**
   * n weights ≥ 0 of the rows in the fit and in all means. A labelled row of weight 0 trains no head and is measured on
   * by none; its label is judged. Experts other than the head count every row once. Default: 1 each.
   */
  readonly rowWeights?: Float64Array | undefined;
  /**
   * n×C row-major, rows sum to 1: what another model that has not seen the row's label says; 1/C throughout where it
   * says nothing. The expert `predictions`. Default: none.
   */
  readonly predictions?: Float32Array | undefined;
  readonly options?: AuditOptions;
}

/** Every part of the suspicion ranking can be switched off; what was used is named in the result. */
interface AuditOptions {
  /**
   * Whose probabilities are pooled, in any order: the head's by RIF leave-one-out, neighbours' label shares (without
   * them there is no neighbour search), forests' shares out of bag, given predictions. Default `auto`: all there are
   * for a table, else the discriminant in the place of the forests (`chooseExperts`).
   */
  readonly experts?: ExpertChoice;
  /**
   * 2: the rows that are suspicious by a first round are set aside, and everybody is asked again without them. Default
   * 2.
   */
  readonly rounds?: RoundCount;
  /** The noise-aware posterior with the label transition matrix; off: suspicion = 1 − P(given). Default true. */
  readonly noiseModel?: boolean;
  /** How means over validation and test rows take labels. Default `defaultValidationLabels`. */
  readonly validationLabels?: ValidationLabels;
  /**
   * The head in the coordinates of the rows where there are fewer rows than features (models/rowSpace.ts): the same
   * numbers for less. Default true.
   */
  readonly rowSpace?: boolean;
  /** Bounds of the λ grid for `auto`. Default 1e-6 … 1. */
  readonly l2Range?: readonly [number, number];
}

/**
 * What the fitted head says of each row. NaN = an empty cell: losses and probabilities exist for labelled rows, all
 * that leaves a row out for labelled training rows. Effects: **positive = removing the row raises the measurement**.
 */
export interface HeadColumns {
  /** Loss of the given label under the fitted head, ≥ 0 (nats). */
  readonly loss: Float64Array;
  /** Probability of the given label under the fitted head. */
  readonly probability: Float64Array;
  /** Probability of the given label by the RIF leave-one-out head. */
  readonly looProbability: Float64Array;
  readonly looLoss: Float64Array;
  /** hᵢ = tr(AᵢGᵢ): [0, 1) logistic, [0, C−1) softmax. */
  readonly leverage: Float64Array;
  /** gᵢᵀ IFᵢ ≥ 0: rise of the row's own loss when it is removed, by IF. */
  readonly selfInfluenceIf: Float64Array;
  /** gᵢᵀ RIFᵢ ≥ 0, the same by RIF. */
  readonly selfInfluenceRif: Float64Array;
  /**
   * Linear effect of removing the row on the *mean* validation loss by IF, by the labels as `validationLabels` takes
   * them; negative = the row is harmful. NaN without validation rows.
   */
  readonly valLossIf: Float64Array;
  /** The same by RIF. */
  readonly valLossRif: Float64Array;
}

/** Where each row stands among the labelled ones. */
export interface RankingColumns {
  /**
   * Posterior probability that the given label is wrong, 0 … 1. Larger = more suspicious. NaN = unlabelled, or vouched
   * for.
   */
  readonly suspicion: Float64Array;
  /** Log-odds of suspicion: keeps an order where suspicion rounds to 1. */
  readonly suspicionLogOdds: Float64Array;
  /** 1 = most suspicious of all labelled rows; 0 = not ranked (unlabelled, or vouched for). */
  readonly rank: Int32Array;
  /** The most probable true class, for every row, unlabelled ones included. */
  readonly suggestedLabel: Int32Array;
  /** Bit flags of ranking/reasons.ts. */
  readonly reasons: Uint32Array;
  /** Euclidean distance to the nearest labelled row; NaN without neighbours. */
  readonly nearestDistance: Float64Array;
}

/** One entry per row. What is shown of them is listed in contract/scoreColumns. */
export interface AuditColumns extends HeadColumns, RankingColumns {}

/** The fitted head, enough to open an audit session later without fitting again. */
export interface FittedHead {
  readonly kind: HeadKind;
  /** p numbers, see {@link HeadKind}. */
  readonly theta: Float64Array;
  readonly l2: number;
  /** ‖∇L(θ̂)‖₂. */
  readonly gradientNorm: number;
  /** ‖∇L(θ̂)‖₂ / max(1, ‖∇L(0)‖₂); at most 1e-8. */
  readonly relativeGradientNorm: number;
  /** Passes over all rows of a fit from a sample or by gradients alone; of other fits the Hessians factorised. */
  readonly iterations: number;
  /** Estimate of cond₂(H). */
  readonly conditionEstimate: number;
  /** What the Hessian and the leverages were computed in. */
  readonly precision: 'float64' | 'float32';
  /** How leverages, and so everything left out by RIF, were made. */
  readonly rescaling: Rescaling;
}

/** How rows were rescaled. */
export interface Rescaling {
  /** `exact`: from H itself; `ekfac`: from Kronecker factors of H, for heads too large to form it. */
  readonly method: 'exact' | 'ekfac';
  /** For people. */
  readonly description: string;
  /** How H⁻¹v was computed, for people: effects are exact up to the residual named there. */
  readonly solver: string;
  /** Relative error of estimated leverages on a sample of rows; missing where they are exact. */
  readonly error?: { readonly rows: number; readonly median: number; readonly worst: number };
}

/** Loss and accuracy of a head on a set of labelled rows. */
interface SplitSummary {
  readonly rows: number;
  readonly meanLoss: number;
  /** 0 … 1. */
  readonly accuracy: number;
  /** The same by the given labels, where they are taken otherwise. */
  readonly given?: Omit<SplitSummary, 'rows' | 'given'>;
}

export interface AuditResult {
  readonly columns: AuditColumns;
  /** What is thought of the labels, for measurements on their rows. */
  readonly beliefs: LabelBeliefs;
  /** How means over validation and test rows took them. */
  readonly validationLabels: ValidationLabels;
  /** n×C row-major: the experts' pool, out of sample for every row. */
  readonly classProbabilities: Float32Array;
  readonly head: FittedHead;
  /** null when λ was given. */
  readonly l2Choice: L2Choice | null;
  /** C×C, true → given, rows sum to 1; null when the noise model is off or there is no signal. */
  readonly transitions: Matrix | null;
  /** Whether the features tell anything about the labels; where not, no row is suspicious and `transitions` is null. */
  readonly signal: LabelSignal;
  /**
   * Share of wrong labels the noise model asked for where that was too many to be believed; `transitions` is null then.
   * Else null.
   */
  readonly excessErrors: number | null;
  /** Strengths in the pool of the last round. */
  readonly experts: readonly ExpertStrength[];
  /** Experts that were asked for and could not be had, each with the reason in words. */
  readonly expertsLeftOut: readonly ExpertLeftOut[];
  /** How often the experts were asked; 1 also where nobody was set aside for a second round. */
  readonly rounds: RoundCount;
  /** Labelled rows that no expert learnt from in the second round. */
  readonly rowsSetAside: number;
  /** How each forest was grown; null where none judged. */
  readonly forests: { readonly trees: number; readonly seed: number } | null;
  readonly neighbours: {
    readonly description: string;
    readonly k: number;
    readonly method: 'exact' | 'approximate';
    readonly recall: number;
    /** n: share of the labelled neighbours found that have another label, 0 … 1; missing for numeric labels. */
    readonly disagreement?: Float64Array;
  } | null;
  /** Σ leverage over the training rows. */
  readonly effectiveDof: number;
  readonly maxLeverage: number;
  /**
   * Labelled training rows with leverage above `highLeverageThreshold` (0.5): those with the reason `highLeverage` of
   * ranking/reasons.ts.
   */
  readonly highLeverageRows: number;
  readonly train: SplitSummary;
  /** Mean loss and accuracy of the RIF leave-one-out probabilities over the training rows. */
  readonly leaveOneOut: SplitSummary;
  /** By the labels as `validationLabels` takes them; null = no labelled rows in that split. */
  readonly validation: SplitSummary | null;
  readonly test: SplitSummary | null;
  readonly unlabelledRows: number;
  /** Sentences for people. */
  readonly warnings: readonly string[];
}
