import type { Suspicions } from './labelNoise';

/** Rows and classes as the suspicions see them. */
export interface JoinedClasses {
  /** n×G. */
  readonly mixture: Float32Array;
  readonly labels: Int32Array;
  /** G ≤ C. */
  readonly classes: number;
  /** The joined class of each class. */
  readonly groupOf: Int32Array;
}

/**
 * Classes that may be the same become one, their probabilities added: which of them a row is called then says nothing
 * about it. The arrays themselves where there are none. O(n·C).
 *
 * @param twins for each class the first of its twins, itself where it has none
 */
export function joinTwins(
  mixture: Float32Array,
  labels: Int32Array,
  classes: number,
  twins: Int32Array | undefined,
): JoinedClasses {
  const groupOf = Int32Array.from({ length: classes }, (_, c) => c);
  let groups = classes;
  if (twins !== undefined) {
    groups = 0;
    for (let c = 0; c < classes; c++) groupOf[c] = twins[c] === c ? groups++ : groupOf[twins[c]];
  }
  // All the same to each other, there would be nothing to tell apart.
  if (groups === classes || groups < 2) return { mixture, labels, classes, groupOf: groupOf.map((_, c) => c) };
  const joined = new Float32Array(labels.length * groups);
  for (let i = 0; i < labels.length; i++) {
    for (let c = 0; c < classes; c++) joined[i * groups + groupOf[c]] += mixture[i * classes + c];
  }
  return {
    mixture: joined,
    labels: labels.map((label) => (label < 0 ? label : groupOf[label])),
    classes: groups,
    groupOf,
  };
}

/**
 * Suspicions of joined classes for the classes there are: the likeliest of those joined is suggested, and no
 * transitions are told. O(n·C).
 */
export function partTwins(
  found: Suspicions,
  { groupOf }: JoinedClasses,
  mixture: Float32Array,
  labels: Int32Array,
  classes: number,
): Suspicions & { readonly transitions: null } {
  const suggested = found.suggested.map((group, i) => {
    if (labels[i] >= 0 && groupOf[labels[i]] === group) return labels[i];
    let best = -1;
    for (let c = 0; c < classes; c++) {
      if (groupOf[c] === group && (best < 0 || mixture[i * classes + c] > mixture[i * classes + best])) best = c;
    }
    return best;
  });
  return { ...found, suggested, transitions: null };
}
