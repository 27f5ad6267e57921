import type { Annotations } from './annotations';
import type { DawidSkene } from './dawidSkene';

/** What one annotator's labels are worth. NaN where there is nothing to compare them with. */
export interface AnnotatorQuality {
  /** Rows labelled. */
  readonly labels: number;
  /** Of them those that something else than his own label tells about: another label, or the experts. */
  readonly judged: number;
  /** Mean probability of his label by the consensus of everybody else (and the experts) over the judged rows, 0 … 1. */
  readonly accuracy: number;
  /** The same with his own labels in the consensus, over all his rows: what the model expects. */
  readonly expectedAccuracy: number;
  /** Share of the others' labels of the same rows that are the same as his. */
  readonly agreement: number;
}

/**
 * Quality of each annotator, in order. A label is taken out of a row's posterior by dividing by its likelihood; the
 * confusions, and the experts, were learnt with it. O(L·C + Σᵢ lᵢ²).
 */
export function rateAnnotators(annotations: Annotations, consensus: DawidSkene): AnnotatorQuality[] {
  const { rows, classes, annotators, starts, annotator, label } = annotations;
  const [labels, judged, right, expected, others, same] = Array.from({ length: 6 }, () => new Float64Array(annotators));
  for (let i = 0; i < rows; i++) {
    const count = starts[i + 1] - starts[i];
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      const a = annotator[at];
      labels[a]++;
      expected[a] += consensus.posterior[i * classes + label[at]];
      if (count > 1 || consensus.strength !== null) {
        judged[a]++;
        right[a] += probabilityWithout(consensus, i, (a * classes + label[at]) * classes, label[at], classes);
      }
      others[a] += count - 1;
      for (let b = starts[i]; b < starts[i + 1]; b++) if (b !== at && label[b] === label[at]) same[a]++;
    }
  }
  return Array.from({ length: annotators }, (_, a) => ({
    labels: labels[a],
    judged: judged[a],
    accuracy: right[a] / judged[a],
    expectedAccuracy: expected[a] / labels[a],
    agreement: same[a] / others[a],
  }));
}

/** P(true = given) of row i without the label whose likelihoods begin at `from`. */
function probabilityWithout(
  { posterior, confusions }: DawidSkene,
  i: number,
  from: number,
  given: number,
  classes: number,
): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += posterior[i * classes + c] / confusions[from + c];
  return posterior[i * classes + given] / confusions[from + given] / sum;
}
