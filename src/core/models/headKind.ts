/**
 * Which head is fitted. `logistic`: two classes, θ ∈ ℝᵈ is the logit of class 1. `softmax`: C classes, θ ∈ ℝ^{C·d},
 * class-major (the weights of class c are θ[c·d … c·d+d−1]). `ridge`: real-valued responses, θ ∈ ℝᵈ, loss ½(xᵀθ − y)².
 */
export type HeadKind = 'logistic' | 'softmax' | 'ridge';

/**
 * A label of each row: class numbers in an Int32Array; for the ridge head responses, any finite numbers, in a
 * Float64Array.
 */
export type RowLabels = Int32Array | Float64Array;

/** Whether a row has a label: a class number that is not −1, or a number that is not NaN. */
export function isLabelled(labels: RowLabels, row: number): boolean {
  return labels instanceof Int32Array ? labels[row] >= 0 : !Number.isNaN(labels[row]);
}

/** The labels of the rows with the given numbers, in that order. */
export function gatherLabels(labels: RowLabels, rows: Int32Array): RowLabels {
  return labels instanceof Int32Array ? rows.map((row) => labels[row]) : Float64Array.from(rows, (row) => labels[row]);
}

/** Logits a row has: 1 for the logistic and the ridge head (there: the prediction), C for softmax. p = outputs · d. */
export function outputsOf(kind: HeadKind, classes: number): number {
  return kind === 'softmax' ? classes : 1;
}

/** The default: logistic for two classes, softmax for more. */
export function headKindFor(classes: number): HeadKind {
  return classes === 2 ? 'logistic' : 'softmax';
}
