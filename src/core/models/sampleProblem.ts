import { gatherRows } from '../base/gatherRows';
import type { Random } from '../base/random';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { gatherLabels } from './headKind';
import type { HeadProblem } from './headProblem';
import { createHeadProblem } from './headProblem';

/** Rows of a class that a sample has at least, where the class has as many. */
const leastOfClass = 4;

/**
 * The same head over a random sample of about `size` training rows, stratified by class, with the ridge total nλ of the whole (the
 * sample's `ridgeRows` stays n). Its rows are a copy in memory, to be disposed of. O(size·d).
 */
export function sampleProblem(
  problem: HeadProblem,
  size: number,
  random: Random,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HeadProblem {
  const rows = sampleRows(problem, size, random);
  const features = gatherRows(problem.features, rows);
  return createHeadProblem(
    {
      kind: problem.kind,
      classes: problem.classes,
      features,
      rows: linalg.loadRows(features),
      labels: gatherLabels(problem.labels, rows),
      weights: Float64Array.from(rows, (row) => problem.weights[row]),
      l2: problem.l2,
      ridgeRows: problem.ridgeRows,
      unpenalised: problem.unpenalised,
    },
    linalg,
    onBlock,
  );
}

/** Ascending row numbers: of each class its share of `size`, rounded up, and a few at least. */
function sampleRows(problem: HeadProblem, size: number, random: Random): Int32Array {
  const { labels, weights, kind } = problem;
  const groups = new Map<number, number[]>();
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    const group = kind === 'ridge' ? 0 : labels[i];
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [i]);
    else members.push(i);
    total++;
  }
  const chosen: number[] = [];
  for (const group of [...groups.keys()].sort((a, b) => a - b)) {
    const members = Int32Array.from(groups.get(group) ?? []);
    random.shuffle(members);
    const count = Math.max(leastOfClass, Math.ceil((size * members.length) / total));
    chosen.push(...members.subarray(0, count));
  }
  return Int32Array.from(chosen).sort();
}
