import type { FeatureRows, StoredRows } from '../../base/featureRows';
import { createFloat32Rows, isStored } from '../../base/featureRows';
import { gatherRows } from '../../base/gatherRows';
import type { Random } from '../../base/random';
import { sumOf } from '../../base/vectors';
import type { LinearAlgebra, OnBlock } from '../../linalg/linearAlgebra';
import { gatherLabels } from '../headKind';
import type { HeadProblem } from '../headProblem';
import { createHeadProblem } from '../headProblem';

/** Rows of a class that a sample has at least, where the class has as many. */
const leastOfClass = 4;
/** Bytes that are read along rather than skipped: a read of its own takes as long as these. */
const skippedBytes = 2 ** 16;
/** Bytes of one read. */
const readBytes = 2 ** 20;

/** What the ridge of a sample is: the whole's nλ, or the share of it that the sample has of the rows. */
type SampleRidge = 'total' | 'share';

/**
 * The same head over a random sample of about `size` training rows, stratified by class. With the `total` ridge (the
 * sample's `ridgeRows` stays n) its leave-one-out losses choose the same λ as the whole's; with its `share` its
 * objective is an estimate of the whole's, and so are its optimum and its H, times n/size. Its rows are a copy in
 * memory, in the precision in which they are stored, to be disposed of. O(size·d), and at most one reading of the rows.
 */
export function sampleProblem(
  problem: HeadProblem,
  size: number,
  random: Random,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
  ridge: SampleRidge = 'total',
): HeadProblem {
  const rows = sampleRows(problem, size, random);
  const features = copyRows(problem.features, rows, onBlock);
  const weights = Float64Array.from(rows, (row) => problem.weights[row]);
  const share = ridge === 'total' ? 1 : sumOf(weights) / problem.totalWeight;
  const blocks = linalg.loadRows(features);
  const options = {
    kind: problem.kind,
    classes: problem.classes,
    features,
    rows: blocks,
    labels: gatherLabels(problem.labels, rows),
    weights,
    l2: problem.l2,
    ridgeRows: problem.ridgeRows * share,
    unpenalised: problem.unpenalised,
  };
  try {
    return createHeadProblem(options, linalg, onBlock);
  } catch (error) {
    blocks.dispose();
    throw error;
  }
}

/** The rows with the given ascending numbers. */
function copyRows(features: FeatureRows, rows: Int32Array, onBlock?: OnBlock): FeatureRows {
  if (!isStored(features) || features.element !== 'float32') return gatherRows(features, rows);
  const { columns } = features;
  const data = new Float32Array(rows.length * columns);
  const most = Math.max(1, Math.floor(readBytes / (4 * columns)));
  const buffer = new Float32Array(most * columns);
  for (let first = 0; first < rows.length;) {
    first = copyRun(features, rows, first, most, buffer, data);
    onBlock?.(first, rows.length);
  }
  return createFloat32Rows(data, rows.length, columns);
}

/** Reads rows[first] and those that follow closely; the place of the first row that is left. */
function copyRun(
  features: StoredRows,
  rows: Int32Array,
  first: number,
  most: number,
  buffer: Float32Array,
  data: Float32Array,
): number {
  const { columns } = features;
  const top = rows[first];
  let end = first + 1;
  while (end < rows.length && rows[end] < top + most && 4 * columns * (rows[end] - rows[end - 1]) <= skippedBytes)
    end++;
  features.read(top, rows[end - 1] + 1 - top, buffer);
  for (let place = first; place < end; place++) {
    const at = (rows[place] - top) * columns;
    data.set(buffer.subarray(at, at + columns), place * columns);
  }
  return end;
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
