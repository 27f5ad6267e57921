import type { Matrix } from '../../base/matrix';
import { dot } from '../../base/vectors';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { ValidationLabels } from './validationLabels';

/** Rows whose mean is measured: a split of the dataset, or a named slice of it. */
export type MeasuredSet = 'train' | 'validation' | 'test' | { readonly name: string; readonly rows: Int32Array };

/**
 * A number f(θ) that depends on the head (docs/mathematics.md, "What is measured"). Rows are numbers of the features'
 * rows and need a label.
 *
 * - `margin`: the true-class logit of a row. Logistic: z for class 1, −z for class 0, so that larger is surer; ridge:
 *   the prediction.
 * - `loss`: the loss of a row's label (nats; ridge: half the squared error).
 * - `meanLoss`: its mean over a set, by the labels as they are taken (`validationLabels.ts`).
 * - `accuracy`: share of a set whose most probable class is its label, 0 … 1, by the labels as they are taken; not for
 *   ridge. It has no gradient: evaluated only.
 */
export type Measurement = RowMeasurement | SetMeasurement;

export interface RowMeasurement {
  readonly kind: 'margin' | 'loss';
  readonly row: number;
}

export interface SetMeasurement {
  readonly kind: 'meanLoss' | 'accuracy';
  readonly rows: MeasuredSet;
  /** How it takes the labels of its rows; default as `MeasuredSplits` says. */
  readonly labels?: ValidationLabels;
}

export function isRowMeasurement(measurement: Measurement): measurement is RowMeasurement {
  return 'row' in measurement;
}

/**
 * A measurement at θ̂, ready to be asked what parameter changes do to it. **Positive change = the edit raises the
 * measurement.**
 */
export interface PreparedMeasurement {
  readonly measurement: Measurement;
  /**
   * For tables: `validation_loss`, `training_loss`, `validation_accuracy`, `margin_12`, `loss_12`, `loss_of_NAME`; a
   * mean that is asked to take labels in one way says so, whatever the others do: `validation_loss_given`.
   */
  readonly name: string;
  /** f(θ̂). */
  readonly value: number;
  /**
   * ∇f(θ̂), p numbers, for a softmax head within the parameters that sum to zero over the classes (where all changes of
   * a fit lie); undefined for accuracy.
   */
  readonly gradient: Float64Array | undefined;
  /** Evaluated: f(θ̂ + Δ) − f(θ̂), summed row by row without cancellation. O(m·d·K) for m measured rows. */
  evaluate(change: Float64Array, onBlock?: OnBlock): number;
  /** The same for each row Δ of a t×p matrix, in one pass over the measured rows. O(t·m·d·K). */
  evaluateMany(changes: Matrix, onBlock?: OnBlock): Float64Array;
  dispose(): void;
}

/** Linear: ∇f(θ̂)ᵀΔ; NaN for a measurement without a gradient. */
export function linearEffect({ gradient }: PreparedMeasurement, change: Float64Array): number {
  return gradient === undefined ? Number.NaN : dot(gradient, change);
}
