import type { Annotations } from './annotations';
import { countLabels } from './annotations';
import type { DawidSkene } from './dawidSkene';

/** Which rows are worth another label first. */
interface RelabelOrder {
  /** Row numbers, the most worthwhile first. */
  readonly order: Int32Array;
  /** n: bits that one more label is expected to tell about the row's true class, ≥ 0. */
  readonly gain: Float64Array;
}

/**
 * The mutual information between the true class and the next label, by an annotator as good as the labels are on
 * average (one error rate s): H(s·q + (1 − s)(1 − q)/(C − 1)) − H(s, (1 − s)/(C − 1), …) for the posterior q. For the
 * order it is divided by the root of one more than the labels the row has: a row that is still open after many labels
 * is hard rather than unlucky, and another one tells less than the model believes. Equal rows: the first. O(n·C + n log
 * n).
 */
export function orderForRelabelling(annotations: Annotations, { posterior }: DawidSkene): RelabelOrder {
  const { rows, classes } = annotations;
  const accuracy = meanAccuracy(annotations, posterior);
  const spread = (1 - accuracy) / (classes - 1);
  const ofLabel = entropyTerm(accuracy) + (classes - 1) * entropyTerm(spread);
  const gain = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let entropy = 0;
    for (let c = 0; c < classes; c++) {
      const q = posterior[i * classes + c];
      entropy += entropyTerm(accuracy * q + spread * (1 - q));
    }
    gain[i] = Math.max(0, entropy - ofLabel);
  }
  const labels = countLabels(annotations);
  const worth = gain.map((bits, i) => bits / Math.sqrt(1 + labels[i]));
  const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => worth[b] - worth[a] || a - b);
  return { order, gain };
}

/** Mean probability of a label to be right, kept off 0 and 1. */
function meanAccuracy({ rows, classes, starts, label }: Annotations, posterior: Float64Array): number {
  let right = 0;
  for (let i = 0; i < rows; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) right += posterior[i * classes + label[at]];
  }
  return Math.min(0.99, Math.max(0.01, right / label.length));
}

function entropyTerm(p: number): number {
  return p > 0 ? -p * Math.log2(p) : 0;
}
