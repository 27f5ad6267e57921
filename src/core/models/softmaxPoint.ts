import type { SoftmaxPoint } from '../linalg/linearAlgebra';
import type { HeadProblem } from './headProblem';
import { fillSoftmax } from './rowMath';

/** Where the rows of a softmax head stand at the n×C logits; rows without weight stand nowhere. O(n·C). */
export function softmaxPointOf(problem: HeadProblem, logits: Float64Array): SoftmaxPoint {
  const { outputs: classes, weights, labels } = problem;
  const probabilities = new Float32Array(logits.length);
  const row = new Float64Array(classes);
  for (let i = 0, at = 0; i < weights.length; i++, at += classes) {
    if (weights[i] === 0) continue;
    fillSoftmax(logits, at, classes, row, 0);
    for (let c = 0; c < classes; c++) probabilities[at + c] = row[c];
  }
  return { classes, probabilities, labels, weights };
}
