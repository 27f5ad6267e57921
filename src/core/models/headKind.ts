/**
 * Which head is fitted. `logistic`: two classes, θ ∈ ℝᵈ is the logit of class 1. `softmax`: C classes, θ ∈ ℝ^{C·d},
 * class-major (the weights of class c are θ[c·d … c·d+d−1]).
 */
export type HeadKind = 'logistic' | 'softmax';

/** Logits a row has: 1 for the logistic head, C for softmax. p = outputs · d. */
export function outputsOf(kind: HeadKind, classes: number): number {
  return kind === 'logistic' ? 1 : classes;
}

/** The default: logistic for two classes, softmax for more. */
export function headKindFor(classes: number): HeadKind {
  return classes === 2 ? 'logistic' : 'softmax';
}
