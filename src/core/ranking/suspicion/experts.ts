import { fillClassProbabilities } from '../../influence/rows/rowSolver';
import type { HeadProblem } from '../../models/headProblem';
import type { Neighbours } from '../neighbours/neighbours';
import type { ExpertName } from './expertNames';

/** Out-of-sample class probabilities of all rows from one source. */
export interface Expert {
  readonly name: ExpertName;
  /** n×C, rows sum to 1. Float32: they are mixed and compared, never subtracted from 1. */
  readonly probabilities: Float32Array;
}

/** The neighbour experts and their k, ascending; the search is asked for the largest. */
export const neighbourCounts = { neighbours10: 10, neighbours30: 30 } as const;
type NeighbourName = keyof typeof neighbourCounts;

export function isNeighbours(name: ExpertName): name is NeighbourName {
  return name in neighbourCounts;
}

/**
 * The head's probabilities from n×K out-of-sample logits. Probabilities below 1e-37 are held there: float32's smallest.
 */
export function headExpert(problem: Pick<HeadProblem, 'kind' | 'outputs' | 'classes'>, logits: Float64Array): Expert {
  const { classes, outputs } = problem;
  const n = logits.length / outputs;
  const probabilities = new Float32Array(n * classes);
  const row = new Float64Array(classes);
  for (let i = 0; i < n; i++) {
    fillClassProbabilities(problem, logits, i * outputs, row, 0);
    copyAtLeast(row, 1e-37, probabilities, i * classes);
  }
  return { name: 'head', probabilities };
}

function copyAtLeast(row: Float64Array, least: number, to: Float32Array, at: number): void {
  for (let c = 0; c < row.length; c++) to[at + c] = row[c] > least ? row[c] : least;
}

/**
 * Label shares of the k nearest labelled rows: (count + 1/C) / (k + 1). Rows with fewer than k neighbours count those
 * there are. Entry i of `neighbours` belongs to row i.
 *
 * @param kept n: 0 for rows that do not count; then those of the k nearest of the others that were found
 */
export function neighbourExpert(
  neighbours: Neighbours,
  labels: Int32Array,
  classes: number,
  name: NeighbourName,
  kept: Float64Array,
): Expert {
  const n = neighbours.rows.length / neighbours.k;
  const probabilities = new Float32Array(n * classes);
  fillShares(
    neighbours.rows,
    neighbours.k,
    Math.min(neighbourCounts[name], neighbours.k),
    labels,
    kept,
    classes,
    probabilities,
  );
  return { name, probabilities };
}

function fillShares(
  rows: Int32Array,
  stride: number,
  k: number,
  labels: Int32Array,
  kept: Float64Array,
  classes: number,
  probabilities: Float32Array,
): void {
  const counts = new Int32Array(classes);
  for (let first = 0, to = 0; first < rows.length; first += stride, to += classes) {
    counts.fill(0);
    let found = 0;
    for (let at = first; at < first + stride && found < k && rows[at] >= 0; at++) {
      const row = rows[at];
      if (kept[row] === 0) continue;
      counts[labels[row]]++;
      found++;
    }
    const share = 1 / (found + 1);
    for (let c = 0; c < classes; c++) probabilities[to + c] = (counts[c] + 1 / classes) * share;
  }
}
