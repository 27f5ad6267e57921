import { BugError } from '../base/errors';

/** Labels that annotators gave to rows: each annotator one label a row at most, and not to every row. */
export interface Annotations {
  /** n. */
  readonly rows: number;
  /** C. */
  readonly classes: number;
  /** m. */
  readonly annotators: number;
  /** n + 1: the labels of row i stand from starts[i] to before starts[i + 1], in the order of the annotators. */
  readonly starts: Int32Array;
  /** Who gave each label, 0 … m − 1. */
  readonly annotator: Int32Array;
  /** What it says, 0 … C − 1. */
  readonly label: Int32Array;
}

/** One label in no particular order. */
interface GivenLabels {
  readonly row: ArrayLike<number>;
  readonly annotator: ArrayLike<number>;
  readonly label: ArrayLike<number>;
}

interface GatheredAnnotations {
  readonly annotations: Annotations;
  /** Labels left out because the same annotator gave the row a later one that differs. */
  readonly superseded: number;
}

/**
 * Orders labels by row and annotator. Where an annotator labelled a row more than once, the last one counts. O(n + m +
 * L) for L labels.
 */
export function gatherAnnotations(
  size: Pick<Annotations, 'rows' | 'classes' | 'annotators'>,
  { row, annotator, label }: GivenLabels,
): GatheredAnnotations {
  const { rows, classes, annotators } = size;
  const order = orderBy(
    orderBy(
      Int32Array.from({ length: row.length }, (_, at) => at),
      annotator,
      annotators,
    ),
    row,
    rows,
  );
  const starts = new Int32Array(rows + 1);
  const who = new Int32Array(order.length);
  const what = new Int32Array(order.length);
  let kept = 0;
  let superseded = 0;
  let before = -1;
  for (const at of order) {
    if (!(label[at] >= 0 && label[at] < classes)) throw new BugError(`Annotation ${at} has no label.`);
    if (before >= 0 && row[before] === row[at] && annotator[before] === annotator[at]) {
      if (what[kept - 1] !== label[at]) superseded++;
      what[kept - 1] = label[at];
      before = at;
      continue;
    }
    who[kept] = annotator[at];
    what[kept] = label[at];
    kept++;
    starts[row[at] + 1] = kept;
    before = at;
  }
  for (let i = 0; i < rows; i++) if (starts[i + 1] < starts[i]) starts[i + 1] = starts[i];
  return { annotations: { ...size, starts, annotator: who.slice(0, kept), label: what.slice(0, kept) }, superseded };
}

/** Those places in the order of their keys; equal keys stay as they are. A counting sort. */
function orderBy(places: Int32Array, key: ArrayLike<number>, count: number): Int32Array {
  const next = new Int32Array(count + 1);
  for (const at of places) {
    if (!(key[at] >= 0 && key[at] < count)) throw new BugError(`Annotation ${at} is of no row or no annotator.`);
    next[key[at] + 1]++;
  }
  for (let k = 0; k < count; k++) next[k + 1] += next[k];
  const out = new Int32Array(places.length);
  for (const at of places) out[next[key[at]]++] = at;
  return out;
}

/** n: labels that each row has. */
export function countLabels({ rows, starts }: Annotations): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => starts[i + 1] - starts[i]);
}

/** n×C: how many annotators gave each row each class. */
export function countVotes({ rows, classes, starts, label }: Annotations): Int32Array {
  const votes = new Int32Array(rows * classes);
  for (let i = 0; i < rows; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) votes[i * classes + label[at]]++;
  }
  return votes;
}
