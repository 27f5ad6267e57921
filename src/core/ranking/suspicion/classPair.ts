import type { Matrix } from '../../base/matrix';
import { computeSuspicions, type Suspicions } from './labelNoise';
import { fitTwoClassNoise, suspectTwoClasses, type TwoClassNoise } from './twoClassNoise';

/** Labels of two classes, as `fitTwoClassNoise` takes them. */
interface ClassPair {
  /** n×2, out of sample; rows sum to 1. */
  readonly mixture: Float32Array;
  /** n: 0, 1; −1 = unlabelled, or of a class of one row. */
  readonly labels: Int32Array;
  /** n: 0 for rows of other classes. */
  readonly weights: Float64Array;
  /** The two, ascending. */
  readonly classes: readonly [number, number];
}

interface PairSuspicions extends Suspicions {
  readonly model: TwoClassNoise;
  /** C×C: that of the model, and a class of one row is what it is called. */
  readonly transitions: Matrix;
}

/**
 * Suspicions by the model of twoClassNoise.ts, where all rows of weight but single ones are of two classes: nothing can
 * be learnt of a class from one row, and such a row must not change how the labels of all others are judged. Its own
 * suspicion is that of the mixture alone. null where there are more classes than that, or fewer. O(n·C).
 *
 * @param begin called before the fit; what it returns is called at each of its steps
 */
export function suspectClassPair(
  mixture: Float32Array,
  labels: Int32Array,
  weights: Float64Array,
  classes: number,
  begin: () => () => void,
): PairSuspicions | null {
  const pair = pairOf(mixture, labels, weights, classes);
  if (pair === null) return null;
  const model = fitTwoClassNoise(pair.mixture, pair.labels, pair.weights, begin());
  const found = suspectTwoClasses(pair.mixture, pair.labels, model);
  if (classes === 2) return { ...found, model, transitions: model.transitions };
  const { suspicion, logOdds, suggested } = computeSuspicions(mixture, labels, classes, null);
  for (let i = 0; i < labels.length; i++) {
    if (pair.labels[i] < 0) continue;
    suspicion[i] = found.suspicion[i];
    logOdds[i] = found.logOdds[i];
    suggested[i] = pair.classes[found.suggested[i]];
  }
  return { suspicion, logOdds, suggested, model, transitions: widen(model.transitions, pair.classes, classes) };
}

function pairOf(mixture: Float32Array, labels: Int32Array, weights: Float64Array, classes: number): ClassPair | null {
  if (classes === 2) return { mixture, labels, weights, classes: [0, 1] };
  const sizes = new Int32Array(classes);
  for (let i = 0; i < labels.length; i++) if (weights[i] !== 0) sizes[labels[i]]++;
  const [first, second, third] = Array.from(sizes.keys()).filter((code) => sizes[code] > 1);
  if (second === undefined || third !== undefined) return null;
  const two = new Float32Array(2 * labels.length);
  for (let i = 0; i < labels.length; i++) {
    const [a, b] = [mixture[i * classes + first], mixture[i * classes + second]];
    two[2 * i] = a + b > 0 ? a / (a + b) : 0.5;
    two[2 * i + 1] = a + b > 0 ? b / (a + b) : 0.5;
  }
  const codes = labels.map((label) => (label === first ? 0 : label === second ? 1 : -1));
  const taking = weights.map((weight, i) => (codes[i] < 0 ? 0 : weight));
  return { mixture: two, labels: codes, weights: taking, classes: [first, second] };
}

function widen({ data }: Matrix, [first, second]: ClassPair['classes'], classes: number): Matrix {
  const wide = new Float64Array(classes * classes);
  for (let c = 0; c < classes; c++) wide[c * classes + c] = 1;
  [first, second].forEach((row, r) => [first, second].forEach((c, at) => (wide[row * classes + c] = data[2 * r + at])));
  return { rows: classes, columns: classes, data: wide };
}
